"""What happens to an update that no handler could handle: a human is told."""

from domain.cases.opening import open_or_append
from domain.organisations import default_organisation
from domain.returnees import add_returnee, current_enrolment, returnee_of_chat
from domain.staff import staff_of_chat
from locales.catalogues import chosen_language
from storage.kinds import Severity
from storage.sessions import Session


async def hand_to_a_human(session: Session, chat_id: int) -> None:
    """Opens an urgent case for whoever sent it; not for a group or for staff."""
    if chat_id <= 0 or await staff_of_chat(session, chat_id):
        return
    organisation = await default_organisation(session)
    returnee = await returnee_of_chat(session, chat_id)
    if returnee is None:
        returnee = await add_returnee(session, chat_id, organisation, chosen_language(None))
    enrolment = await current_enrolment(session, returnee.id)
    await open_or_append(
        session,
        returnee,
        enrolment.organisation_id if enrolment else organisation.id,
        Severity.URGENT,
        ["unread.update"],
    )
