"""Whoever is asked to help is told again, wider and wider, until they answer (P2)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain.cases.states import back_to_queue
from domain.casework.work import resolve
from domain.channels.keeping import add_channel
from domain.colleagues.leaving import disable_staff
from domain.notices import Notice
from domain.paging import MOST
from domain.referrals.climbing import climb, next_alert
from domain.referrals.making import decide
from domain.referrals.reading import given
from domain.safeguarding.conflicts import keep_apart
from storage.kinds import ConflictKind, Outcome, ReferralState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.channels import ChannelCall
from storage.tables.duty import TimeOff
from storage.tables.referrals import Referral
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


async def climbs(two: Two, **span: float) -> list[tuple[int, object]]:
    """Who heard what of it by then."""
    two.giver.clock.offset += timedelta(**span)
    while True:
        async with two.giver.database.begin(SERVICE) as session:
            if not await climb(session):
                break
    told = await two.giver.sent(Notice.STAFF_REFERRAL)
    return [(each.chat, each.params["what"]) for each in told]


@pytest.mark.parametrize("severity", list(Severity)[1:])
def test_it_is_told_at_half_at_the_end_and_then_on_and_on(severity: Severity) -> None:
    due = NOON + timedelta(hours=1)
    half = next_alert(NOON, due, NOON, severity)
    assert half == NOON + timedelta(minutes=30)
    assert next_alert(NOON, due, half, severity) == due
    late = next_alert(NOON, due, due, severity)
    assert late > due
    assert next_alert(NOON, due, late, severity) > late
    after_an_outage = NOON + timedelta(days=1)
    assert next_alert(NOON, due, after_an_outage, severity) > after_an_outage


async def test_p2_an_offer_that_nobody_answers_climbs_and_the_giver_hears_of_it_once(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered()
    offered = (801, "offered")
    assert await climbs(two, minutes=1) == [offered]
    assert await climbs(two, minutes=30) == [offered, (801, "waits")]
    assert await climbs(two, minutes=30) == [offered, *[(801, "waits")] * 2]
    assert await climbs(two, minutes=31) == [offered, *[(801, "waits")] * 3]
    await two.accepts(referral)
    assert len(await climbs(two, hours=5)) == 4
    assert (await two.fresh(referral)).alert_at is None


async def test_the_giver_hears_once_that_nobody_has_answered_in_time(centre: Centre) -> None:
    two = await Two.at_work(centre)
    await two.offered()
    giver = await centre.colleague(name="Vera", chat=701)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Case, two.case.id)).claimed_by = giver.staff_id
    told = [await climbs(two, minutes=minutes) for minutes in (31, 31, 31, 31)]
    assert [each.count((701, "unanswered")) for each in told] == [0, 1, 1, 1]


async def test_the_giver_hears_it_once_though_the_partner_declares_that_day_a_holiday_afterwards(
    centre: Centre,
) -> None:
    set_clock(centre.clock, MORNING)
    two = await Two.at_work(centre, Severity.CONCERN, vera_reads=701)
    referral = await two.offered()
    assert (await climbs(two, days=1, hours=9)).count((701, "unanswered")) == 1
    async with centre.database.begin(SERVICE) as session:
        organisation_id, day = two.partner.organisation.id, MORNING.date() + timedelta(days=1)
        session.add(TimeOff(organisation_id=organisation_id, first_day=day, last_day=day))
    told = [await climbs(two, hours=4) for _ in range(7)]

    assert (await two.fresh(referral)).state is ReferralState.OFFERED
    assert [each.count((701, "unanswered")) for each in told] == [1] * 7


@pytest.mark.parametrize("moved_on", [timedelta(), timedelta(minutes=31)])
async def test_the_giver_hears_it_once_also_after_an_outage_or_a_step_that_failed(
    centre: Centre, moved_on: timedelta
) -> None:
    """Half of the time passed meanwhile, too, or the step is tried again a minute later."""
    two = await Two.at_work(centre, vera_reads=701)
    referral = await two.offered()
    async with centre.database.begin(SERVICE) as session:
        waits = await session.get_one(Referral, referral.id)
        assert waits.alert_at is not None
        waits.alert_at += moved_on
    told = [await climbs(two, minutes=minutes) for minutes in (70, 31, 31)]
    assert [each.count((701, "unanswered")) for each in told] == [1, 1, 1]


async def test_p2_a_second_colleague_is_asked_again_while_a_life_may_depend_on_it(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita", chat=702)
    referral = await two.refers(vital=True)
    assert (await climbs(two, minutes=3)).count((702, "second")) == 2
    assert (await climbs(two, minutes=3)).count((702, "second")) == 3
    async with centre.database.begin(SERVICE) as session:
        await decide(session, chief, referral.id)
    assert (await climbs(two, minutes=3))[-1] == (801, "waits")


async def test_p2_where_nobody_else_of_the_team_could_decide_or_answer_the_lead_hears_of_it(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    await centre.colleague(Role.SAFEGUARDING, name="Arta", chat=703)
    await two.refers(vital=True)
    assert await climbs(two) == [(703, "second")]


@pytest.mark.parametrize("gone", ["kept apart", "left"])
async def test_p2_p10_where_whoever_closed_the_case_is_to_hear_nothing_of_it_now_the_team_does(
    centre: Centre, gone: str
) -> None:
    two = await Two.at_work(centre, vera_reads=701)
    referral = await two.offered(joint=7)
    lead = await centre.colleague(Role.SAFEGUARDING, name="Arta", chat=703)
    admin = await centre.colleague(Role.ADMIN, name="Drita", chat=704)
    await centre.colleague(name="Ana", chat=702)
    vera, complaint = two.vera.staff_id, ConflictKind.COMPLAINT
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        if gone == "kept apart":
            await keep_apart(session, lead, two.person.id, vera, complaint)
        else:
            await disable_staff(session, admin, vera)
    await climbs(two, minutes=61)
    await two.accepts(referral)

    heard = [(chat, what) for chat, what in await climbs(two) if chat != 801]
    assert heard == [(702, "unanswered"), (702, "accepted")]


async def test_whoever_reads_no_telegram_hears_of_it_through_their_channel(centre: Centre) -> None:
    two = await Two.at_work(centre)
    async with centre.database.begin(two.partner.organisation.id) as session:
        await add_channel(session, two.samir, "ntfys://example.org/a", shared=False)
    await two.offered()
    async with centre.database.begin(SERVICE) as session:
        calls = await session.scalars(select(ChannelCall).order_by(ChannelCall.created_at))
        assert [call.notice for call in calls] == ["staff-channel-tried", "staff-referral"]


async def calls_of_a_decision(two: Two) -> list[str]:
    """What went through the organisation's own channel."""
    chief = await two.giver.colleague(Role.SUPERVISOR, name="Drita")
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        await add_channel(session, chief, "ntfys://example.org/all", shared=True)
    await two.refers(vital=True)
    async with two.giver.database.begin(SERVICE) as session:
        calls = await session.scalars(select(ChannelCall).order_by(ChannelCall.created_at))
        return [call.notice for call in calls][1:]


async def test_p2_a_decision_about_a_life_goes_where_an_emergency_goes(centre: Centre) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    assert await calls_of_a_decision(two) == ["staff-referral"]


@pytest.mark.parametrize("fell_back", [False, True], ids=["in their hands", "fallen back"])
async def test_p2_whoever_asks_for_a_second_one_is_none_though_the_case_fell_back_meanwhile(
    centre: Centre, fell_back: bool
) -> None:
    """They are the only caseworker there, so safeguarding is called each time."""
    two = await Two.at_work(centre, Severity.EMERGENCY, vera_reads=701)
    await centre.colleague(Role.SAFEGUARDING, name="Arta", chat=703)
    await two.refers(vital=True)
    if fell_back:
        async with centre.database.begin(SERVICE) as session:
            back_to_queue(await session.get_one(Case, two.case.id))
    told = await climbs(two, minutes=20)
    assert told.count((703, "second")) >= 2


async def test_p10_where_somebody_kept_apart_reads_along_no_decision_is_told(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    lead = await centre.colleague(Role.SAFEGUARDING, name="Arta")
    accused = await centre.colleague(name="Ilir")
    async with centre.database.begin(SERVICE) as session:
        person_id, staff_id = two.person.id, accused.staff_id
        await keep_apart(session, lead, person_id, staff_id, ConflictKind.EXCLUDED)
    assert await calls_of_a_decision(two) == []


async def test_a_long_list_comes_in_pages_those_under_way_first(centre: Centre) -> None:
    two = await Two.at_work(centre)
    first = await two.refers()
    async with centre.database.begin(SERVICE) as session:
        for number in range(MOST):
            session.add(
                Referral(
                    case_id=two.case.id,
                    returnee_id=two.person.id,
                    organisation_id=centre.organisation.id,
                    partner_id=two.partner.organisation.id,
                    state=ReferralState.REVOKED,
                    fields=[],
                    joint_days=0,
                    made_at=session.now + timedelta(minutes=number),
                )
            )
    async with centre.database.begin(SERVICE) as session:
        page = await given(session, two.vera)
        rest = await given(session, two.vera, page.lines[-1].id)
    assert (len(page.lines), page.more, page.lines[0].id) == (MOST, True, first.id)
    assert (len(rest.lines), rest.more) == (1, False)
    assert {line.id for line in rest.lines}.isdisjoint({line.id for line in page.lines})
