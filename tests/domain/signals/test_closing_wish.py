"""Somebody says on the phone that they need nobody any more. It may not be them."""

from collections.abc import Sequence

import pytest

from domain.casework.reading import read_case
from domain.notices import Notice
from domain.signals.closing_wish import wish_closed
from storage.kinds import CaseEventKind, CaseState, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.signals.waiting import clocks


async def wishes(centre: Centre, person: Returnee) -> bool:
    async with centre.database.begin(SERVICE) as session:
        return await wish_closed(session, await session.get_one(Returnee, person.id))


@pytest.mark.parametrize("severity", [Severity.CONCERN, Severity.URGENT, Severity.EMERGENCY])
async def test_p13_a_wish_to_close_closes_lowers_and_stops_nothing(
    centre: Centre, severity: Severity
) -> None:
    vera = await centre.colleague(chat=1, on_duty=True)
    person = await centre.person()
    case = await centre.signal(person, severity)
    before = clocks(await centre.fresh(case))
    assert await wishes(centre, person)
    assert clocks(await centre.fresh(case)) == before

    await centre.claims(vera, case)
    before = clocks(await centre.fresh(case))
    centre.later(minutes=90)
    assert await wishes(centre, person)
    assert clocks(await centre.fresh(case)) == before


async def test_a_wish_to_close_brings_a_case_that_rests_back_to_its_worker(centre: Centre) -> None:
    vera = await centre.colleague(chat=1, on_duty=True)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    assert (await centre.fresh(case)).state is CaseState.WAITING
    assert await wishes(centre, person)

    fresh = await centre.fresh(case)
    assert (fresh.state, fresh.claimed_by) == (CaseState.CLAIMED, vera.staff_id)
    assert fresh.next_alert_at is not None


async def test_tapping_it_again_and_again_is_one_line_and_one_alert(centre: Centre) -> None:
    await centre.colleague(chat=1, on_duty=True)
    person = await centre.person()
    case = await centre.signal(person)
    for _ in range(3):
        await wishes(centre, person)
    centre.later(hours=2)
    await wishes(centre, person)

    history = await centre.history(case.id)
    assert history.count(CaseEventKind.CLOSING_WISHED) == 2
    assert len(await centre.sent(Notice.STAFF_ALERT)) == 1


async def test_the_case_says_so_without_hiding_why_it_is_there_until_they_cry_again(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))

    async def seen() -> tuple[bool, Sequence[str]]:
        async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
            file = await read_case(session, vera, case.id)
            return file.closing_wished_at is not None, file.why

    told, why = await seen()
    assert not told
    await wishes(centre, person)
    assert await seen() == (True, why)
    await centre.signal(person, Severity.CONCERN)
    assert not (await seen())[0]


async def test_without_an_open_case_nothing_is_kept(centre: Centre) -> None:
    assert not await wishes(centre, await centre.person())
