from typing import Any

from dialogs.texts import Texts
from dialogs.welcome.notice import NAMES, PURPOSES
from domain.consent import has_consent
from storage.kinds import Discretion
from storage.returnees import Returnee
from storage.sessions import Session


async def get_privacy(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    purposes = []
    for purpose in PURPOSES:
        mark = "✅" if await has_consent(session, returnee.id, purpose) else "▫️"
        plain, discreet, watched = NAMES[purpose]
        name = texts.form(plain, discreet=discreet, watched=watched)
        purposes.append((f"{mark} {name}", purpose))
    # A watcher must not learn from it what there is to read.
    return {"purposes": purposes, "unwatched": texts.discretion is not Discretion.WATCHED}
