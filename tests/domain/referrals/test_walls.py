"""What was said is picked to travel: the partner reads it along, and nothing else of that case, as
the database holds it, too.
"""

from datetime import timedelta

import pytest
from sqlalchemy import Table, delete, func, select, update

from domain.casework.marking import report_missed
from domain.casework.tasks import add_task
from domain.casework.work import note
from domain.profiles.reading import list_people, read_person
from domain.safeguarding.readings import NeedsReason
from storage.kinds import Severity, Travels
from storage.sessions import Session
from storage.tables.cases import Case, CaseTask, Message
from storage.tables.every import Base
from tests.domain.referrals.two import Two

READ_ALONG = ("case", "message")
OF_A_CASE = [table for table in Base.metadata.sorted_tables if table.info["scope"] == "case"]


@pytest.fixture
async def along(two: Two) -> Two:
    """Both accompany them, and there is something of each kind in the giver's case."""
    await two.giver.hears(two.person, "He is at the door")
    async with two.giver.database.begin(two.giver.organisation.id, two.vera.staff_id) as session:
        await note(session, two.vera, two.case.id, "I fear for her")
        day = session.now.date() + timedelta(days=3)
        await add_task(session, two.vera, two.case.id, "Papers", day, two.vera.staff_id)
        await report_missed(session, two.vera, two.case.id, Severity.URGENT)
    await two.accepts(await two.offered(Travels.TALK, joint=7))
    return two


async def count(session: Session, table: Table) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("table", OF_A_CASE, ids=lambda table: table.name)
async def test_p10_beneath_the_rules_a_partner_reads_what_was_said_and_nothing_else_of_the_case(
    along: Two, table: Table
) -> None:
    """Such as notes, tasks, and how grave its signals really were."""
    partner, samir = along.partner.organisation.id, along.samir.staff_id
    async with along.giver.database.begin(along.giver.organisation.id) as session:
        assert await count(session, table) > 0
    async with along.giver.database.begin(partner, samir) as session:
        assert await count(session, table) == (1 if table.name in READ_ALONG else 0)


async def test_p10_beneath_the_rules_a_partner_changes_nothing_of_the_givers(along: Two) -> None:
    partner, samir = along.partner.organisation.id, along.samir.staff_id
    async with along.giver.database.begin(partner, samir) as session:
        await session.execute(update(Case).values(severity=Severity.CONCERN))
        await session.execute(update(Message).values(heard_at=session.now))
        await session.execute(update(CaseTask).values(done_at=session.now))
        await session.execute(delete(Message))
        await session.execute(delete(Case))
    async with along.giver.database.begin(along.giver.organisation.id) as session:
        case = await session.get_one(Case, along.case.id)
        assert case.severity is Severity.URGENT
        message = (await session.scalars(select(Message))).one()
        task = (await session.scalars(select(CaseTask))).one()
    assert (message.heard_at, task.done_at) == (None, None)


async def test_p10_the_givers_case_is_none_of_the_partners_by_which_it_could_look_at_the_person(
    along: Two,
) -> None:
    """Without one of its own it says why first, and somebody looks at that."""
    partner, samir = along.partner.organisation.id, along.samir
    async with along.giver.database.begin(partner, samir.staff_id) as session:
        [line] = (await list_people(session, samir)).lines
        assert (line.case_id, line.severity) == (None, None)
        with pytest.raises(NeedsReason):
            await read_person(session, samir, along.person.id)
