"""What is drawn by lot from a week's readings: of open cases too, once, and by one replica."""

import asyncio

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.closing import close
from domain.casework.reading import read_case
from domain.profiles.reading import read_person
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.readings import NeedsReason, readings_to_review, say_why
from domain.safeguarding.sampling import DRAWN, draw_readings
from storage.kinds import ConflictKind, Outcome, Role
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.safeguarding import Reading
from tests.domain.centre import Centre


async def reads_a_new_case(centre: Centre, actor: Actor, *, times: int = 1) -> None:
    case = await centre.signal(await centre.person())
    for _ in range(times):
        async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
            await read_case(session, actor, case.id)


async def draws(centre: Centre) -> int:
    async with centre.database.begin(SERVICE) as session:
        return await draw_readings(session)


async def drawn(centre: Centre) -> list[Reading]:
    async with centre.database.begin(SERVICE) as session:
        return list(await session.scalars(select(Reading)))


async def test_p10_every_week_a_few_of_all_that_was_read_lie_before_somebody_else(
    centre: Centre,
) -> None:
    vera, chief = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    assert (await draws(centre), await draws(centre)) == (1, 0)
    centre.later(days=1)
    for _ in range(DRAWN + 2):
        await reads_a_new_case(centre, vera, times=2)
    centre.later(days=5)
    assert await draws(centre) == 0
    centre.later(days=1)
    assert await draws(centre) == 1
    found = await drawn(centre)
    assert len({reading.case_id for reading in found}) == len(found) == DRAWN
    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        lines = await readings_to_review(session, chief)
    assert [line.reason for line in lines] == [None] * len(found)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        actions = await session.scalars(
            select(AuditEntry.detail)
            .where(AuditEntry.action == "readings.drawn")
            .order_by(AuditEntry.number)
        )
        assert [each["number"] for each in actions] == [0, len(found)]


async def test_p10_what_stands_there_with_its_reason_is_not_drawn_nor_shown_to_who_is_kept_apart(
    centre: Centre,
) -> None:
    vera, chief = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    lead = await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await say_why(session, vera, person.id, "An appointment")
    hidden = await centre.person()
    case = await centre.signal(hidden)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await read_case(session, vera, case.id)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, lead, hidden.id, chief.staff_id, ConflictKind.EXCLUDED)
    assert await draws(centre) == 1
    assert len(await drawn(centre)) == 2
    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        [line] = await readings_to_review(session, chief)
    assert line.reason == "An appointment"


async def test_p10_what_was_drawn_a_moment_ago_opens_nothing_once_nobody_has_to_work_on_it(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(await centre.colleague(), await centre.signal(person))
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await read_case(session, vera, case.id)
        await read_person(session, vera, person.id)
    assert (await draws(centre), len(await drawn(centre))) == (1, 2)
    async with centre.database.begin(SERVICE) as session:
        await close(session, await session.get_one(Case, case.id), Outcome.HELPED)

    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        with pytest.raises(NeedsReason):
            await read_case(session, vera, case.id)
        with pytest.raises(NeedsReason):
            await read_person(session, vera, person.id)


async def test_p10_what_was_read_while_no_draw_was_made_is_in_the_next_one(
    centre: Centre,
) -> None:
    """As where nothing ran for a few days."""
    vera = await centre.colleague()
    assert await draws(centre) == 1
    centre.later(days=2)
    await reads_a_new_case(centre, vera)
    centre.later(days=8)
    assert (await draws(centre), len(await drawn(centre))) == (1, 1)


async def test_of_two_replicas_that_draw_at_once_one_draws(centre: Centre) -> None:
    vera = await centre.colleague()
    await reads_a_new_case(centre, vera)
    assert sorted(await asyncio.gather(draws(centre), draws(centre))) == [0, 1]
    assert len(await drawn(centre)) == 1
