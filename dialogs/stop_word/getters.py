from typing import Any

from aiogram_dialog import DialogManager

from dialogs.texts import Texts
from dialogs.words.stop_word import greeting, signs
from domain.cases.finding import open_case_of
from domain.crisis.answering import is_somebody_there
from domain.duty.readiness import is_ready
from domain.returnees.enrolments import organisation_of
from domain.stop_word.choosing import SIGNS
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee, Safety


async def get_about(session: Session, returnee: Returnee, texts: Texts, **_: Any) -> dict[str, Any]:
    safety = await session.get_one(Safety, returnee.id)
    organisation_id = await organisation_of(session, returnee)
    case = await open_case_of(session, returnee.id)
    staffed = await is_somebody_there(session, returnee, case)
    organisation = await session.get_one(Organisation, organisation_id)
    off = not is_ready(organisation, session.now)
    plain = texts.discretion is Discretion.OPEN
    return {
        "covered": not plain,
        "off": off,
        "open": not off,
        "alone": plain and not staffed and not off,
        "has_word": texts.discretion is not Discretion.WATCHED and safety.stop_word is not None,
    }


async def get_signs(texts: Texts, **_: Any) -> dict[str, Any]:
    """Numbered, since a button is too narrow for a sentence."""
    numbered = [(str(number), name) for number, name in enumerate(SIGNS, start=1)]
    pairs = (f"<b>{number}</b>  “{'”  “'.join(signs(texts, name))}”" for number, name in numbered)
    return {"choices": numbered, "pairs": "\n".join(pairs)}


async def get_rehearsal(dialog_manager: DialogManager, texts: Texts, **_: Any) -> dict[str, Any]:
    seen, nobody_yet = signs(texts, dialog_manager.dialog_data["signs"])
    return {"greeting": greeting(texts), "seen": seen, "nobody_yet": nobody_yet}
