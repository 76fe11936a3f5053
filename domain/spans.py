"""How long something is kept for a life's sake alone, and how long an answer is waited for."""

from datetime import timedelta
from typing import Final

#: After a human has heard a recording, so that they can hear it again while they help.
RECORDING_WITHOUT_CONSENT: Final = timedelta(days=1)
#: After a case was closed that the person did not agree to.
TALK_WITHOUT_CONSENT: Final = timedelta(days=30)
#: In which somebody who is asked anew can answer; then silence is a no.
TIME_TO_ANSWER: Final = timedelta(days=30)
