"""What is only to be read may lead somebody where it is not safe for them."""

from uuid import UUID

from domain.questionnaires.values import Questionnaire
from domain.returnees.wishes import speaks_of_avoided
from storage.sessions import Session


async def leads_into_danger(session: Session, returnee_id: UUID, shown: Questionnaire) -> bool:
    """Whether information speaks of a place where it is not safe for them."""
    if not shown.is_information:
        return False
    notes = shown.asked(private=True)
    words = [each for note in notes for each in (note.label, note.hint) if each]
    text = " ".join(said for each in words for said in (each.text, *each.languages.values()))
    return await speaks_of_avoided(session, returnee_id, text)
