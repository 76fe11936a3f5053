"""An alert to somebody whose chat no key opens any more: others hear it, and hear why (P2)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.casework.work import snooze
from domain.colleagues.consulting import consult
from domain.duty.drills import start
from domain.notices import Notice
from domain.organisations import set_staff_chat
from domain.replies.unreached import never_arrived
from domain.staff import actor_of
from domain.staff.browsers import open_session
from domain.staff.telegram import takes_again
from storage.kinds import CaseState, OutboxState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.domain.centre import Centre

VERA, ANA, CHIEF, GROUP = 501, 502, 503, -100


@pytest.fixture
async def vera(centre: Centre) -> Staff:
    """On duty, at an address that no key opens; the supervisor behind her is not on duty."""
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    vera = await centre.colleague(chat=VERA, on_duty=True)
    async with centre.database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.staff_id)
        staff.telegram_chat = b"damaged"
    return staff


async def heard_that_it_fails(centre: Centre) -> list[int]:
    return [told.chat for told in await centre.sent(Notice.STAFF_CHANNEL_FAILS)]


async def has_written(centre: Centre, staff: Staff) -> tuple[Returnee, Case]:
    """Their case, which waits for the person."""
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    await centre.claims(actor_of(staff), case)
    await centre.writes(actor_of(staff), case)
    return person, case


@pytest.mark.usefixtures("vera")
async def test_p2_what_nobody_would_hear_goes_wider_at_once_and_in_no_ring(centre: Centre) -> None:
    case = await centre.signal(await centre.person(), Severity.URGENT)

    assert await centre.alerted() == [CHIEF]
    assert await heard_that_it_fails(centre) == [CHIEF]
    assert (await centre.fresh(case)).alerts_sent == 3


@pytest.mark.usefixtures("vera")
async def test_p2_what_a_colleague_hears_goes_no_wider_but_that_one_is_cut_off_is_told(
    centre: Centre,
) -> None:
    await centre.colleague(name="Ana", chat=ANA, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.URGENT)

    assert await centre.alerted() == [ANA]
    assert sorted(await heard_that_it_fails(centre)) == [ANA, CHIEF]
    assert (await centre.fresh(case)).alerts_sent == 1


async def test_p2_whoever_has_another_channel_that_works_is_reached(
    centre: Centre, vera: Staff
) -> None:
    await centre.channel(vera.id)
    await centre.signal(await centre.person(), Severity.URGENT)

    assert await centre.alerted() == []
    assert await heard_that_it_fails(centre) == [CHIEF]


@pytest.mark.usefixtures("vera")
async def test_p2_the_staff_group_counts_as_somebody_who_hears(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, organisation, GROUP)
    await centre.signal(await centre.person(), Severity.URGENT)

    assert await centre.alerted() == [GROUP]


async def test_p2_a_case_is_anybodys_at_once_where_whoever_has_it_cannot_hear_that_it_needs_them(
    centre: Centre, vera: Staff
) -> None:
    person, case = await has_written(centre, vera)
    await centre.colleague(name="Ana", chat=ANA, on_duty=True)
    before = await centre.alerted()
    await centre.signal(person, Severity.URGENT)

    case = await centre.fresh(case)
    assert (case.state, case.claimed_by) == (CaseState.OPEN, None)
    assert await centre.alerted() == [*before, ANA]


@pytest.mark.parametrize("where", ["in the console", "through a channel"])
async def test_p2_whoever_hears_elsewhere_that_their_case_needs_them_keeps_it(
    centre: Centre, vera: Staff, where: str
) -> None:
    person, case = await has_written(centre, vera)
    if where == "through a channel":
        await centre.channel(vera.id)
    else:
        async with centre.database.begin(SERVICE) as session:
            await open_session(session, vera)
    before = await centre.alerted()
    await centre.signal(person, Severity.URGENT)

    case = await centre.fresh(case)
    assert (case.state, case.claimed_by) == (CaseState.CLAIMED, vera.id)
    assert await centre.alerted() == before


async def test_p2_a_snoozed_case_that_wakes_for_somebody_who_cannot_hear_it_calls_others_once(
    centre: Centre, vera: Staff
) -> None:
    _, case = await has_written(centre, vera)
    async with centre.database.begin(SERVICE) as session:
        await snooze(session, actor_of(vera), case.id, session.now + timedelta(hours=1))
    before = await centre.alerted()
    centre.later(hours=1, minutes=1)
    await centre.tick()

    case = await centre.fresh(case)
    assert (case.state, case.claimed_by) == (CaseState.OPEN, None)
    assert await centre.alerted() == [*before, CHIEF]


@pytest.mark.parametrize("there", [True, False])
async def test_p2_words_that_never_arrive_and_whose_writer_cannot_hear_it_call_others(
    centre: Centre, vera: Staff, there: bool
) -> None:
    _, case = await has_written(centre, vera)
    await centre.all_arrives()
    before = await centre.alerted()
    async with centre.database.begin(SERVICE) as session:
        if there:
            await open_session(session, vera)
        words = await session.scalars(select(OutboxRow).where(OutboxRow.returnee_id.is_not(None)))
        [row] = words.all()
        row.state, row.finished_at = OutboxState.FAILED, session.now
        await never_arrived(session, row)

    assert (await centre.fresh(case)).claimed_by == (vera.id if there else None)
    assert await centre.alerted() == (before if there else [*before, CHIEF])


async def test_p2_it_is_told_once_until_they_are_heard_of_and_then_alerts_reach_them(
    centre: Centre, vera: Staff
) -> None:
    for _ in range(2):
        await centre.signal(await centre.person(), Severity.URGENT)
    assert await heard_that_it_fails(centre) == [CHIEF]

    async with centre.database.begin(SERVICE) as session:
        takes_again(session, await session.get_one(Staff, vera.id), VERA)
    await centre.signal(await centre.person(), Severity.URGENT)
    assert (await centre.alerted())[-1] == VERA


async def test_p2_what_a_colleague_asks_of_them_in_the_console_tells_it_too(
    centre: Centre, vera: Staff
) -> None:
    ana = await centre.colleague(name="Ana", chat=ANA)
    case = await centre.signal(await centre.person(), Severity.CONCERN)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Staff, vera.id)).telegram_fails_since = None
    await centre.claims(ana, case)
    before = len(await heard_that_it_fails(centre))
    async with centre.database.begin(SERVICE) as session:
        await consult(session, ana, case.id, vera.id, "What would you do?")

    assert len(await heard_that_it_fails(centre)) > before


async def test_p2_a_drill_that_does_not_reach_them_tells_it_too(
    centre: Centre, vera: Staff
) -> None:
    """Begun in the console, by somebody who sees their own organisation alone."""
    chief = await centre.colleague(Role.SUPERVISOR, name="Mira", chat=504)
    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        await start(session, chief)

    assert sorted(await heard_that_it_fails(centre)) == [CHIEF, 504]
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Staff, vera.id)).telegram_fails_since is not None
