"""Tasks of pathways, and how the team hears of them."""

from datetime import datetime
from uuid import UUID

from domain.actors import Actor
from domain.notices import Notice
from domain.pathways.reminding import remind
from domain.pathways.tasks import take
from storage.sessions import SERVICE
from storage.tables.pathways import Task
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

Told = list[tuple[int, object, object]]


async def owes(centre: Centre, person: Returnee, due_at: datetime, by: Actor | None = None) -> UUID:
    async with centre.database.begin(SERVICE) as session:
        task = Task(
            organisation_id=centre.organisation.id,
            returnee_id=person.id,
            pathway="three-months",
            version=1,
            step="arrival.there",
            due_at=due_at,
        )
        session.add(task)
        await session.flush()
        if by is not None:
            await take(session, by, task.id)
    return task.id


async def reminded(centre: Centre) -> Told:
    """Which chats the tick tells, of how many tasks, and whether those are overdue."""
    before = len(await centre.sent(Notice.STAFF_TASKS))
    while True:
        async with centre.database.begin(SERVICE) as session:
            if not await remind(session):
                break
    sent = (await centre.sent(Notice.STAFF_TASKS))[before:]
    return sorted((each.chat, each.params["number"], each.params["late"]) for each in sent)
