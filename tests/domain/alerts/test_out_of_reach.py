"""Whoever is on duty without any way to hear an alert: others are called at once (P2)."""

import pytest

from domain.alerts.telling import alert_claimer
from domain.staff.browsers import open_session
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.staff import Staff
from tests.domain.centre import Centre

CHIEF = 503


@pytest.mark.parametrize("severity", [Severity.EMERGENCY, Severity.URGENT])
async def test_p2_where_whoever_is_on_duty_never_joined_those_behind_hear_at_once(
    centre: Centre, severity: Severity
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    await centre.colleague(on_duty=True)
    await centre.signal(await centre.person(), severity)

    assert await centre.alerted() == [CHIEF]


@pytest.mark.parametrize("way", ["console", "channel", "shared channel"])
async def test_p2_whoever_hears_in_another_way_than_telegram_is_left_to_it(
    centre: Centre, way: str
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    vera = await centre.colleague(on_duty=True)
    if way == "console":
        async with centre.database.begin(SERVICE) as session:
            await open_session(session, await session.get_one(Staff, vera.staff_id))
    else:
        await centre.channel(vera.staff_id if way == "channel" else None)
    await centre.signal(await centre.person(), Severity.URGENT)

    assert await centre.alerted() == []


async def needed_again(centre: Centre, case: Case) -> None:
    async with centre.database.begin(SERVICE) as session:
        await alert_claimer(session, await session.get_one(Case, case.id))


async def test_p2_what_whoever_has_a_case_has_no_way_to_hear_those_behind_hear_at_once(
    centre: Centre,
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    before = await centre.alerted()
    await centre.all_arrives()
    await needed_again(centre, case)

    assert (await centre.alerted())[len(before) :] == [CHIEF]
    assert (await centre.fresh(case)).claimed_by is None


async def test_a_case_stays_with_whoever_has_it_while_nobody_else_could_hear_of_it(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await needed_again(centre, case)

    assert (await centre.fresh(case)).claimed_by == vera.staff_id


async def test_p2_whoever_has_a_case_and_the_console_before_them_keeps_it(centre: Centre) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(SERVICE) as session:
        await open_session(session, await session.get_one(Staff, vera.staff_id))
    before = await centre.alerted()
    await needed_again(centre, case)

    assert await centre.alerted() == before
    assert (await centre.fresh(case)).claimed_by == vera.staff_id
