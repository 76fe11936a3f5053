"""What staff passed on waits for what the person has told safeguarding, however late that came."""

import asyncio

from domain.messages.body import Body
from domain.privacy.passing_on import Reason, pass_on
from domain.returnees.person import lock_person
from domain.safeguarding.complaints import confide, hear_in_confidence
from storage.kinds import ComplaintKind, MessageKind, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import erase
from tests.postgres import DatabaseUrls
from tests.racing import gate_before, stands_still


async def test_race_of_forgetting_what_staff_passed_on_and_something_told_in_confidence(
    urls: DatabaseUrls, database: Database, clock: Clock
) -> None:
    """The tick looked a moment before it: perhaps it is about whoever passed it on."""
    centre = await Centre.open(database, clock)
    supervisor, person = await centre.colleague(Role.SUPERVISOR), await centre.person()
    await centre.colleague(Role.SAFEGUARDING)
    async with database.begin(centre.organisation.id, supervisor.staff_id) as session:
        await pass_on(session, supervisor, person.id, Reason.ASKED_IN_PERSON)
    centre.later(days=4)

    async with gate_before(urls, "erasure") as gate, asyncio.TaskGroup() as group:
        await gate.shut()
        erasing_now = group.create_task(erase(database))
        await stands_still(database, erasing_now)
        async with database.begin(SERVICE) as session:
            await gate.pass_by(session)
            await lock_person(session, person.id)
            known = await session.get_one(Returnee, person.id)
            await confide(session, known, ComplaintKind.ABOUT_STAFF)
            said = Body(text="She hit me.", number=7)
            await hear_in_confidence(session, known, MessageKind.TEXT, said, Severity.URGENT)
        await gate.open()

    assert await how_many(database, Complaint) == 1
    assert await how_many(database, Returnee) == 1
