from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.campaigns.running import stop
from domain.check_ins.answering import start_answering
from domain.check_ins.asking import ask_check_in
from domain.check_ins.outcomes import PATIENCE, confirmed
from domain.check_ins.postponing import DayPassed, Later, not_now, on_day
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.consent import has_consent
from domain.errors import Refused
from domain.notices import Notice
from domain.safety.window import Window, choose_window
from storage.kinds import CampaignState, CheckInState, Purpose
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.check_ins.silent import A_DAY_LATER, tick_at
from tests.domain.checking_in import (
    Office,
    add_person,
    asked_by,
    invite_in,
    kept,
    leave,
    open_office,
    plan_check_in,
    told,
)

TIRANA = ZoneInfo("Europe/Tirane")


@pytest.fixture
async def sent(database: Database, check_in: CheckIn) -> CheckIn:
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await confirmed(session, [check_in.id], session.now)
    return check_in


async def put_off(
    database: Database, returnee: Returnee, check_in: CheckIn, later: Later
) -> datetime | None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        return await not_now(session, person, check_in.id, later, shown="1")


async def test_in_an_hour_it_is_asked_again_and_the_silence_clock_stands(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    due_at = await put_off(database, returnee, sent, Later.HOUR)
    assert due_at is not None
    assert (await kept(database, sent.id)).silent_at is None

    set_clock(clock, due_at + timedelta(seconds=1))
    async with database.begin(SERVICE) as session:
        assert await send_due(session) == 1
    assert len(await told(database, Notice.CHECK_IN_PROMPT)) == 2


async def test_tomorrow_is_the_same_time_on_the_persons_clock_across_a_clock_change(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    before_change = MORNING.replace(month=3, day=28, hour=9)
    set_clock(clock, before_change)
    due_at = await put_off(database, returnee, check_in, Later.TOMORROW)

    assert due_at is not None
    assert (due_at - before_change - timedelta(hours=23)) < timedelta(minutes=1)


WORKDAYS = Window(frozenset(range(5)), time(9), time(18))


@pytest.mark.parametrize(
    ("now", "later", "then"),
    [
        # After their hours, tomorrow is when tomorrow's begin.
        ("2026-05-05T21:30", Later.TOMORROW, "2026-05-06T09:00"),
        ("2026-05-05T16:20", Later.TOMORROW, "2026-05-06T16:20"),
        # A day on which they may not be written to is no day to miss it on.
        ("2026-05-08T16:20", Later.TOMORROW, "2026-05-11T09:00"),
        ("2026-05-08T17:30", Later.HOUR, "2026-05-11T09:00"),
        ("2026-05-08T12:00", Later.HOUR, "2026-05-08T13:00"),
        ("2026-05-05T16:20", date(2026, 5, 8), "2026-05-08T16:20"),
        ("2026-05-05T06:00", date(2026, 5, 8), "2026-05-08T09:00"),
        ("2026-05-05T16:20", date(2026, 5, 9), "2026-05-11T09:00"),
    ],
)
async def test_p3_p4_what_is_put_off_comes_within_the_safe_hours_and_is_not_missed_by_us(
    database: Database,
    clock: Clock,
    returnee: Returnee,
    sent: CheckIn,
    now: str,
    later: Later | date,
    then: str,
) -> None:
    async with database.begin(SERVICE) as session:
        await choose_window(session, returnee.id, WORKDAYS)
    set_clock(clock, datetime.fromisoformat(now).replace(tzinfo=TIRANA))
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        if isinstance(later, Later):
            due_at = await not_now(session, person, sent.id, later, shown="1")
        else:
            due_at = await on_day(session, person, sent.id, later)
    assert due_at is not None
    assert f"{due_at.astimezone(TIRANA):%Y-%m-%dT%H:%M}" == then

    set_clock(clock, due_at + timedelta(seconds=30))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    assert (await kept(database, sent.id)).state is CheckInState.SENDING


async def test_a_day_that_has_passed_or_is_far_off_is_no_choice(
    database: Database, returnee: Returnee, sent: CheckIn
) -> None:
    for day in (MORNING.date(), MORNING.date() + timedelta(days=9)):
        async with database.begin(SERVICE) as session:
            person = await session.get_one(Returnee, returnee.id)
            with pytest.raises(DayPassed):
                await on_day(session, person, sent.id, day)
    assert (await kept(database, sent.id)).state is CheckInState.SENT


async def test_p12_what_another_version_asks_instead_is_not_asked_a_second_time(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        (await session.get_one(CheckIn, check_in.id)).state = CheckInState.SUPERSEDED

    assert await put_off(database, returnee, check_in, Later.TOMORROW) is None
    assert (await kept(database, check_in.id)).state is CheckInState.SUPERSEDED


async def test_p5_never_is_one_tap_and_ends_every_check_in_that_is_under_way(
    database: Database, office: Office, returnee: Returnee, sent: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        another = await plan_check_in(session, returnee, office)
    for _ in range(2):
        assert await put_off(database, returnee, sent, Later.NEVER) is None

    # One of them was asked and said no; the other is asked no more.
    for check_in, reason in ((sent, "declined"), (another, "unwanted")):
        ended = await kept(database, check_in.id)
        assert (ended.state, ended.reason) == (CheckInState.CANCELLED, reason)
    async with database.begin(SERVICE) as session:
        assert not await has_consent(session, returnee.id, Purpose.CHECK_INS)


async def test_p3_what_is_put_off_before_we_learn_that_it_arrived_is_nobodys_silence(
    database: Database, clock: Clock, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        await send_due(session)
    await put_off(database, returnee, check_in, Later.TOMORROW)
    async with database.begin(SERVICE) as session:
        assert await confirmed(session, [check_in.id], session.now) == []
        campaign = await asked_by(session, office, check_in, CampaignState.RUNNING)
        await session.flush()
        await stop(session, office.coordinator, campaign.id)
    clock.offset += PATIENCE
    async with database.begin(SERVICE) as session:
        assert await fall_silent(session) == 0

    assert (await kept(database, check_in.id)).state is CheckInState.CANCELLED


@pytest.mark.parametrize("later", [Later.SKIP, Later.PAUSE])
async def test_p3_not_this_one_is_an_answer_and_no_silence(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn, later: Later
) -> None:
    for _ in range(2):
        assert await put_off(database, returnee, sent, later) is None
    set_clock(clock, MORNING + timedelta(days=3))
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await fall_silent(session)
        paused_until = (await session.get_one(Returnee, returnee.id)).paused_until

    ended = await kept(database, sent.id)
    assert (ended.state, ended.reason) == (CheckInState.CANCELLED, "declined")
    assert len(await told(database, Notice.CHECK_IN_PROMPT)) == 1
    assert (paused_until is not None) is (later is Later.PAUSE)


async def test_p3_an_answer_after_not_this_one_counts_all_the_same(
    database: Database, returnee: Returnee, sent: CheckIn
) -> None:
    await put_off(database, returnee, sent, Later.SKIP)
    async with database.begin(SERVICE) as session:
        following = await start_answering(session, returnee, sent.id)

    assert following.question is not None
    assert (await kept(database, sent.id)).state is CheckInState.STARTED


async def test_an_answered_check_in_is_not_asked_again(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        (await session.get_one(CheckIn, check_in.id)).state = CheckInState.ANSWERED

    assert await put_off(database, returnee, check_in, Later.HOUR) is None
    assert (await kept(database, check_in.id)).state is CheckInState.ANSWERED


@pytest.mark.parametrize("why", ["stopped", "left", "child"])
@pytest.mark.parametrize("later", [Later.HOUR, Later.TOMORROW, MORNING.date() + timedelta(days=3)])
async def test_p11_nobody_is_told_that_they_will_be_asked_again_when_that_is_over(
    database: Database,
    office: Office,
    returnee: Returnee,
    sent: CheckIn,
    why: str,
    later: Later | date,
) -> None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        if why == "stopped":
            await stopped_meanwhile(session, office, sent)
        elif why == "left":
            await leave(session, person, office.organisation)
        else:
            person.said_child_at = session.now
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        if isinstance(later, Later):
            assert await not_now(session, person, sent.id, later, shown="1") is None
        else:
            assert await on_day(session, person, sent.id, later) is None

    ended = await kept(database, sent.id)
    assert (ended.state, ended.reason) == (CheckInState.CANCELLED, "declined")
    assert ended.silent_at is None


async def stopped_meanwhile(session: Session, office: Office, check_in: CheckIn) -> None:
    """The campaign that asked it."""
    await asked_by(session, office, check_in, CampaignState.STOPPED)


async def test_nobody_puts_off_somebody_elses_check_in(
    database: Database, office: Office, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        stranger = await add_person(session, office.organisation, 700_009)
    with pytest.raises(Refused):
        await put_off(database, stranger, check_in, Later.NEVER)

    assert (await kept(database, check_in.id)).state is CheckInState.PLANNED


async def test_asking_for_a_check_in_finds_the_one_that_waits(
    database: Database, returnee: Returnee, sent: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        found = await ask_check_in(session, returnee)

    assert found is not None
    assert found.check_in_id == sent.id


async def test_p10_asking_for_a_check_in_goes_on_with_none_of_an_organisation_that_they_left(
    database: Database, office: Office, returnee: Returnee, sent: CheckIn
) -> None:
    partner = await open_office(database, "Harbour")
    async with database.begin(SERVICE) as session:
        await invite_in(session, returnee, partner.organisation)
        await leave(session, returnee, office.organisation)
    async with database.begin(SERVICE) as session:
        begun = await ask_check_in(session, returnee)

    assert begun is not None
    assert (await kept(database, begun.check_in_id)).organisation_id == partner.organisation.id
    assert (await kept(database, sent.id)).state is CheckInState.SENT


async def test_p12_what_was_put_off_is_what_waits_for_whoever_asks_for_it_earlier(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    due_at = await put_off(database, returnee, sent, Later.TOMORROW)
    async with database.begin(SERVICE) as session:
        found = await ask_check_in(session, returnee)
    assert found is not None
    assert found.check_in_id == sent.id

    assert due_at is not None
    set_clock(clock, due_at + timedelta(minutes=1))
    async with database.begin(SERVICE) as session:
        assert await send_due(session) == 0


async def test_asking_for_a_check_in_begins_one_and_asks_no_second_time(
    database: Database, clock: Clock, returnee: Returnee
) -> None:
    async with database.begin(SERVICE) as session:
        begun = await ask_check_in(session, returnee)
        again = await ask_check_in(session, returnee)

    assert begun is not None
    assert begun == again
    assert (await kept(database, begun.check_in_id)).campaign_id is None
    assert await tick_at(database, clock, A_DAY_LATER) == 1
    assert (await kept(database, begun.check_in_id)).silent_at is None
    async with database.begin(SERVICE) as session:
        assert await send_due(session) == 0
    assert await told(database, Notice.CHECK_IN_PROMPT) == []


@pytest.mark.parametrize(
    ("agrees_to", "invited", "age_band"),
    [
        ((), True, "adult"),
        ((Purpose.CHECK_INS,), False, "adult"),
        ((Purpose.CHECK_INS,), True, "15-17"),
    ],
)
async def test_p5_there_is_none_without_consent_an_invite_or_for_a_child(
    database: Database, office: Office, agrees_to: tuple[Purpose, ...], invited: bool, age_band: str
) -> None:
    async with database.begin(SERVICE) as session:
        person = await add_person(
            session,
            office.organisation,
            700_005,
            agrees_to=agrees_to,
            invited=invited,
            age_band=age_band,
        )
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, person.id)
        assert await ask_check_in(session, person) is None
