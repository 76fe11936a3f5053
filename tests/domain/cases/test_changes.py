"""An open page learns of what became of its case, and closes it over no more than was said."""

from datetime import timedelta

from domain.actors import Actor
from domain.cases.changes import mark_of, said_so_far
from domain.casework.work import resolve, snooze
from storage.kinds import CaseState, Outcome
from storage.tables.cases import Case
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre


async def seen(centre: Centre, vera: Actor, case: Case) -> tuple[str, str]:
    """What an open page compares, and what it closes the case over."""
    async with centre.database.begin(centre.organisation.id) as session:
        return await mark_of(session, vera, case.id), await said_so_far(session, case.id)


async def test_an_open_case_learns_that_it_is_put_off_no_longer_and_can_be_closed_all_the_same(
    centre: Centre,
) -> None:
    set_clock(centre.clock, MORNING)
    vera = await centre.colleague(chat=501, on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, case)
    await centre.all_arrives()
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(hours=1))
    put_off = await seen(centre, vera, case)
    centre.later(minutes=30)
    assert await seen(centre, vera, case) == put_off
    history = await centre.history(case.id)
    centre.later(minutes=31)
    await centre.tick()
    assert await centre.history(case.id) == history
    assert (await centre.fresh(case)).state is CaseState.CLAIMED

    mark, read = await seen(centre, vera, case)
    assert (mark != put_off[0], read == put_off[1]) == (True, True)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED, put_off[1])
