"""An update that our own code can't handle, however often it tries: a human sees to it (P1)."""

from domain.cases.opening import open_or_append, organisation_of
from domain.marks import N_
from domain.notices import Notice, tell, tell_chat
from domain.returnees import returnee_of_chat
from domain.staff import staff_of_chat
from storage.kinds import Severity
from storage.sessions import Session


async def hand_to_a_human(session: Session, chat_id: int) -> None:
    """The person hears that it did not work; for somebody we know, a caseworker looks after it."""
    if chat_id <= 0:
        return
    staff = await staff_of_chat(session, chat_id)
    returnee = await returnee_of_chat(session, chat_id)
    if staff is not None:
        sentence = {"sentence": N_("That did not work. It is written down for whoever runs this.")}
        await tell_chat(session, chat_id, Notice.STAFF_REFUSED, sentence, language=staff.language)
    elif returnee is None:
        await tell_chat(session, chat_id, Notice.NOT_DONE)
    else:
        organisation_id = await organisation_of(session, returnee)
        reasons = ["update.failed"]
        await open_or_append(session, returnee, organisation_id, Severity.CONCERN, reasons)
        await tell(session, returnee, Notice.NOT_DONE)
