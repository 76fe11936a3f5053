from typing import Any

from dialogs.texts import Texts
from dialogs.words.consent_notice import ConsentNotice
from domain.consent import PURPOSES
from domain.consent.renewal import open_questions
from domain.marks import N_
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.returnees import Returnee

YES, NO = "yes", "no"


async def get_notice(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    notice = await ConsentNotice.of(session, returnee, texts)
    return {
        "short": notice.short,
        "simple": notice.simple,
        "full": notice.full,
        "covered": texts.discretion is not Discretion.OPEN,
    }


async def get_consent(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    """The next purpose that is open. A button names its purpose, so that a second press of it does
    not answer the next question.
    """
    asked = await open_questions(session, returnee)
    purpose = asked[0] if asked else PURPOSES[-1]
    notice = await ConsentNotice.of(session, returnee, texts)
    return {
        "question": notice.question(purpose),
        "number": PURPOSES.index(purpose) + 1,
        "all": len(PURPOSES),
        "answers": [
            (texts("✅ Yes"), f"{purpose}.{YES}"),
            (texts("❌ No"), f"{purpose}.{NO}"),
        ],
    }


async def get_journey(texts: Texts, **_: Any) -> dict[str, Any]:
    return {
        "arrived": texts.form(N_("I am back"), discreet=N_("Yes"), watched=N_("Yes")),
        "away": texts.form(
            N_("Journey still to come"), discreet=N_("Not yet"), watched=N_("Not yet")
        ),
    }
