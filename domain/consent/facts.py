"""What is true here about what is kept and who reads it. The notice says this and nothing else."""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256

from domain.retention_periods import RECORDING_WITHOUT_CONSENT, TALK_WITHOUT_CONSENT, Kind, period
from domain.returnees.enrolments import newest_of
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee

#: Goes up when the sense of the notice changes, or what a purpose means.
_SENSE = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What the settings of an organisation make of it."""

    #: The team also works in a group on Telegram.
    staff_group: bool
    #: How long what is kept stays, each after its end.
    days_of_words: int
    days_of_talks: int
    days_of_answers: int
    days_after_leaving: int
    hours_of_unwanted_recordings: int = RECORDING_WITHOUT_CONSENT // timedelta(hours=1)
    days_of_unwanted_talks: int = TALK_WITHOUT_CONSENT.days

    @classmethod
    def of(cls, organisation: Organisation) -> "Facts":
        kept = organisation.settings
        return cls(
            staff_group=organisation.staff_chat is not None,
            days_of_words=period(kept, Kind.WORDS).days,
            days_of_talks=period(kept, Kind.CASES).days,
            days_of_answers=period(kept, Kind.CHECK_INS).days,
            days_after_leaving=period(kept, Kind.ENROLMENTS).days,
        )

    @property
    def version(self) -> str:
        """Another one as soon as anything about it is different."""
        digest = sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
        return f"{_SENSE}-{digest[:8]}"


async def facts_for(session: Session, returnee: Returnee) -> Facts:
    """Of the organisation that began last, which is also the one that renewing goes by: two would
    ask in turns, whoever works there.
    """
    organisation_id = await newest_of(session, returnee)
    return Facts.of(await session.get_one(Organisation, organisation_id))
