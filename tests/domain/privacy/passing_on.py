"""What was known of somebody, and whether it still is there, once others take them over."""

from sqlalchemy import func, select

from domain.actors import Actor
from domain.identity.trust import Proof, confirm
from domain.privacy.asking import ask_to_be_forgotten
from domain.returnees.chats import chat_id_of
from domain.safeguarding.complaints import new_complaint
from domain.safeguarding.messages import keep_told
from storage.kinds import ComplaintKind, Discretion, MessageKind
from storage.sessions import SERVICE, Database
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint
from tests.domain.centre import Centre


async def watched(centre: Centre) -> tuple[Returnee, int]:
    """Somebody whose phone was used to ask for a deletion, and their chat."""
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, person.id)
        kept.discretion = Discretion.WATCHED
        chat = chat_id_of(session, kept)
        await ask_to_be_forgotten(session, kept)
    return person, chat


async def is_there(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(Returnee)) or 0


async def met(centre: Centre, nina: Actor, person: Returnee) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, nina, person.id, Proof.MET)


async def complained(
    centre: Centre, person: Returnee, *, past_lead: bool = False, words: bool = True
) -> Complaint:
    async with centre.database.begin(SERVICE) as session:
        complaint = await new_complaint(
            session, person.id, centre.organisation.id, ComplaintKind.ABOUT_STAFF
        )
        complaint.past_lead = past_lead
        if words:
            await keep_told(session, complaint, MessageKind.TEXT, {"text": "He wants money"})
    return complaint
