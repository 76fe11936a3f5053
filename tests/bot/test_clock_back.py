"""PostgreSQL's clock was ahead and is right again: nothing waits for that time to come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from time import time as clock_of_the_wall

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from bot.app import TICKS
from bot.clock_back import bring_back
from bot.deaths import Deaths
from bot.delivery import courier as couriers
from bot.delivery import outcome
from bot.delivery.claiming import claim
from bot.delivery.courier import Courier
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.sending import Sent
from bot.delivery.taking_over import Heir
from bot.intake.freshness import Freshness
from bot.lanes import Lanes
from bot.metrics import Metrics
from bot.replica import Replica
from bot.stopping import Stopping
from bot.telegram import connect
from domain.cases.consulting import consult
from domain.cases.work import snooze, write
from domain.notices import Notice
from domain.referrals.climbing import climb
from domain.referrals.making import decide
from domain.safeguarding.complaints import hear_in_confidence
from domain.safety import VANISHES
from domain.screens import STAYS_OPEN, active
from domain.staff.sign_in import LOCKED_FOR
from locales.catalogues import Catalogues
from storage.cases import Case
from storage.check_ins import CheckIn
from storage.clock_ahead import ahead_by
from storage.inbox import heads_of_lanes, mark_failed, take_in
from storage.keys import Keyring
from storage.kinds import CaseState, Discretion, MessageKind, OutboxState, Role, Severity
from storage.outbox import TRIES_IN_ORDER, OutboxRow
from storage.returnees import Returnee, Trace
from storage.safeguarding import Complaint
from storage.service import Fact, RunningReplica, SendBudget
from storage.sessions import SERVICE, Clock, Database
from storage.staff import Staff
from storage.traces import leave_traces
from storage.wakes import Wakes
from tests.bot.outgoing import HURRIED, say
from tests.bot.replicas import new_replica
from tests.bot.test_lanes import Attentive, message
from tests.domain.centre import Centre
from tests.domain.checking_in import open_office, plan_check_in
from tests.domain.referrals.two import Two
from tests.model.time import Time
from tests.postgres import DatabaseUrls
from tests.simulator_server import running_simulator

A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
VERA = 11
# As fast as may be to all, and to each chat as usual.
QUICK = Pace(1000)


@pytest.fixture
async def time(urls: DatabaseUrls) -> AsyncIterator[Time]:
    """The database's own clock."""
    owner = create_async_engine(urls.owner_url)
    await Time.bend(owner, str(owner.url.database))
    await owner.dispose()
    yield Time(owner)
    await owner.dispose()


@pytest.fixture
async def database(
    time: Time, urls: DatabaseUrls, keys: Keyring, clock: Clock
) -> AsyncIterator[Database]:
    database = Database(urls.run_url, keys, clock, Wakes())
    yield database
    await database.close()


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    return await Centre.open(database, clock)


async def look(database: Database) -> None:
    """What the tick does."""
    async with database.begin(SERVICE) as session:
        await bring_back(session)


@asynccontextmanager
async def ahead(database: Database, time: Time, span: timedelta = A_DAY) -> AsyncIterator[None]:
    """Meanwhile the clock is ahead; then it is right again, and nobody has looked yet."""
    await look(database)
    await time.pass_by(span)
    await look(database)
    yield
    await time.pass_by(-span)


async def alerts(centre: Centre) -> int:
    return len(await centre.sent(Notice.STAFF_ALERT))


async def test_p2_an_open_emergency_is_alerted_again_within_the_usual_minutes(
    database: Database, centre: Centre, time: Time
) -> None:
    await centre.colleague(chat=VERA)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with ahead(database, time):
        await centre.tick()
    before = await alerts(centre)
    await look(database)
    await centre.tick()
    assert await alerts(centre) == before

    await time.pass_by(timedelta(minutes=11))
    await centre.tick()
    assert await alerts(centre) == before + 1


async def test_p2_an_emergency_that_began_meanwhile_has_its_deadline_from_now_on(
    database: Database, centre: Centre, time: Time
) -> None:
    await centre.colleague(chat=VERA)
    async with ahead(database, time):
        await centre.signal(await centre.person(), Severity.EMERGENCY)
    await look(database)
    counts = []
    for _ in range(2):
        await time.pass_by(timedelta(minutes=3))
        await centre.tick()
        counts.append((await alerts(centre), len(await centre.sent(Notice.NOBODY_YET))))
    assert counts == [(2, 0), (3, 1)]
    (first, *others) = await centre.sent(Notice.STAFF_ALERT)
    assert all(alert.params["minutes"] == 0 for alert in (first, *others))


async def test_p2_a_claim_that_was_made_meanwhile_falls_back_in_time(
    database: Database, centre: Centre, time: Time
) -> None:
    vera = await centre.colleague(chat=VERA)
    case = await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with ahead(database, time):
        await centre.claims(vera, case)
    await look(database)
    await time.pass_by(timedelta(minutes=6))
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p2_what_was_locked_or_written_too_late_is_brought_back_within_a_minute(
    database: Database, centre: Centre, time: Time
) -> None:
    await centre.colleague(chat=VERA)
    case = await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with ahead(database, time):
        await centre.tick()
    async with database.begin(SERVICE) as slow:
        late = await slow.get_one(Case, case.id, with_for_update=True)
        await look(database)
        late.next_alert_at = slow.now + A_DAY
    await time.pass_by(timedelta(seconds=2))
    await look(database)
    soon = (await centre.fresh(case)).next_alert_at
    assert soon is not None
    assert soon < time.now + timedelta(minutes=11)


async def test_p2_a_case_that_can_not_be_reckoned_anew_keeps_no_other_one_back(
    database: Database, centre: Centre, time: Time
) -> None:
    broken = await Centre.open(database, centre.clock, "Nowhere")
    cases = [
        await each.signal(await each.person(), Severity.EMERGENCY) for each in (broken, centre)
    ]
    async with ahead(database, time):
        await centre.tick()
    async with database.begin(SERVICE) as session:
        await session.execute(
            text(
                'UPDATE organisation SET settings = \'{"deadlines": {"emergency": "soon"}}\''
                " WHERE name = 'Nowhere'"
            )
        )
    await look(database)
    for case in cases:
        soon = (await centre.fresh(case)).next_alert_at
        assert soon is not None
        assert soon < time.now + timedelta(minutes=11)


async def test_p2_a_referral_in_danger_to_life_climbs_and_is_decided_alone_in_time(
    database: Database, centre: Centre, time: Time
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=702)
    async with ahead(database, time):
        referral = await two.refers(vital=True)
    before = len(await centre.sent(Notice.STAFF_REFERRAL))
    await look(database)
    for _ in range(2):
        await time.pass_by(timedelta(minutes=6))
        async with database.begin(SERVICE) as session:
            await climb(session)
    assert len(await centre.sent(Notice.STAFF_REFERRAL)) > before
    async with database.begin(SERVICE) as session:
        await decide(session, two.vera, referral.id)


async def test_p2_a_chat_that_was_written_to_meanwhile_gets_its_next_message(
    database: Database, time: Time
) -> None:
    for number in range(4):
        await say(database, 700, f"number {number}")
    async with ahead(database, time):
        for _ in range(3):
            async with database.begin(SERVICE) as session:
                (one,) = (await claim(session, QUICK, 10)).rows
                await outcome.sent(session, QUICK, [(Taken(one.id, one.fence), Sent(5))])
    async with database.begin(SERVICE) as session:
        assert (await claim(session, QUICK, 10)).rows == []

    await look(database)
    await time.pass_by(A_MINUTE)
    async with database.begin(SERVICE) as session:
        assert len((await claim(session, QUICK, 10)).rows) == 1


async def test_p2_what_stepped_aside_meanwhile_is_tried_again_in_a_minute(
    database: Database, time: Time
) -> None:
    failing = await say(database, 700, "hello")
    async with ahead(database, time), database.begin(SERVICE) as session:
        await claim(session, QUICK, 10)
        await session.execute(update(OutboxRow).values(tries=TRIES_IN_ORDER))
        await outcome.postponed(session, Taken(failing.id, 1), QUICK, "away")
    await look(database)
    await time.pass_by(A_MINUTE + timedelta(seconds=5))
    async with database.begin(SERVICE) as session:
        assert len((await claim(session, QUICK, 10)).rows) == 1


async def test_p2_chats_that_telegram_closed_meanwhile_are_open_again_in_a_minute(
    database: Database, time: Time
) -> None:
    for number in range(4):
        await say(database, 700 + number, "hello")
    async with ahead(database, time):
        async with database.begin(SERVICE) as session:
            rows = (await claim(session, QUICK, 3)).rows
            assert len(rows) == 3
        for each in rows:
            async with database.begin(SERVICE) as session:
                wait = timedelta(seconds=50)
                await outcome.told_to_wait(session, Taken(each.id, each.fence), "429", wait)
    async with database.begin(SERVICE) as session:
        assert (await claim(session, QUICK, 10)).rows == ()

    await look(database)
    await time.pass_by(A_MINUTE + timedelta(seconds=5))
    async with database.begin(SERVICE) as session:
        assert len((await claim(session, QUICK, 10)).rows) == 4


async def test_p2_a_courier_that_was_told_to_wait_for_a_day_looks_again_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "_LONGEST_PAUSE", timedelta(seconds=0.05))
    async with running_simulator() as telegram:
        person = telegram.add_user()
        telegram.send_text(person, "/start")
        async with database.begin(SERVICE) as session:
            now = session.database_now
            closed_until = now + A_DAY
            session.add(
                SendBudget(name="telegram", tokens=1.0, filled_at=now, closed_until=closed_until)
            )
        await say(database, person.id, "hello")
        bot, stopping = connect(telegram.token, telegram.url), Stopping()
        courier = Courier(database, bot, Catalogues.load(), HURRIED, Metrics())
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(courier.run(stopping))
            await asyncio.sleep(0.5)
            assert not telegram.from_bot(person)
            async with database.begin(SERVICE) as opening:
                await opening.execute(update(SendBudget).values(closed_until=None))
            while True:
                await asyncio.sleep(0.05)
                if telegram.from_bot(person):
                    break
            stopping.set()
        await bot.session.close()


async def test_p1_an_update_that_was_to_be_retried_is_handled(
    database: Database, time: Time
) -> None:
    async with database.begin(SERVICE) as session:
        await take_in(session, [{"update_id": 1, "message": {"chat": {"id": 500}}}])
    async with ahead(database, time), database.begin(SERVICE) as session:
        (head,) = await heads_of_lanes(session, 10)
        assert not await mark_failed(session, head.number, "ValueError")
    async with database.begin(SERVICE) as session:
        assert await heads_of_lanes(session, 10) == ()

    await look(database)
    await time.pass_by(timedelta(seconds=11))
    async with database.begin(SERVICE) as session:
        assert len(await heads_of_lanes(session, 10)) == 1


async def test_p1_a_cry_while_the_clock_is_an_hour_ahead_is_answered_at_once(
    database: Database, time: Time
) -> None:
    """Once it was noticed. By the clock alone the cry is an hour old, and at night its answer would
    wait for the morning.
    """
    attentive, freshness, numbers = Attentive(), Freshness(), count(1)
    lanes = Lanes(database, attentive, Metrics())

    async def arrives(words: str) -> timedelta:
        nonlocal freshness
        sent = message(next(numbers), words=words)
        sent["message"]["date"] = int(datetime.now(UTC).timestamp())
        answered = freshness.answered(1)
        async with database.begin(SERVICE) as session:
            await take_in(session, [sent])
            if freshness.is_fresh:
                answered = await answered.compare(session, [sent])
        freshness = answered
        await lanes.handle_one()
        return attentive.asked_ago[-1]

    assert await arrives("hello") < A_MINUTE
    await time.pass_by(timedelta(hours=1))
    with capture_logs() as logs:
        late = [await arrives("hello") for _ in range(3)]
    assert late[0] > timedelta(minutes=59)
    assert [line["action"] for line in logs] == ["clock.ahead"]
    assert await arrives("he wants to kill me") < A_MINUTE

    # Set right, it is noticed with the next word.
    await time.pass_by(-timedelta(hours=1))
    await arrives("hello")
    async with database.begin(SERVICE) as session:
        assert await ahead_by(session) == timedelta()


def test_what_waited_at_telegram_says_nothing_of_a_clock() -> None:
    """Nor does what comes behind it, as long as there is more of it than one answer holds."""
    answered = Freshness()
    assert not answered.is_fresh
    fresh = [(answered := answered.answered(many)).is_fresh for many in (100, 100, 7, 1)]
    assert fresh == [False, False, True, True]


@pytest.mark.parametrize("step", [61, -61, 3600])
def test_what_waited_at_telegram_while_this_machine_slept_is_not_fresh(
    monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    """Nor is anything right after its clock was set, either way: nobody can tell these apart."""
    answered, now = Freshness().answered(1), clock_of_the_wall()
    assert answered.is_fresh
    monkeypatch.setattr("bot.intake.freshness.time", lambda: now + step)
    assert not answered.is_fresh


async def test_p1_what_a_dead_replica_had_leased_is_taken_over(
    database: Database, urls: DatabaseUrls, time: Time
) -> None:
    # It has missed the other for a while each time that it looks.
    heir = Heir(new_replica(database, urls), count(step=10).__next__)
    await say(database, 700, "hello")
    async with ahead(database, time), database.begin(SERVICE) as session:
        assert len((await claim(session, HURRIED, 1, taker=7)).rows) == 1
    await time.pass_by(timedelta(seconds=6))
    for _ in range(2):
        async with database.begin(SERVICE) as session:
            assert await heir.take_over(session) == 0

    await look(database)
    await time.pass_by(timedelta(seconds=6))
    async with database.begin(SERVICE) as session:
        assert await heir.take_over(session) == 1
    async with database.begin(SERVICE) as session:
        assert len((await claim(session, HURRIED, 10)).rows) == 1


async def test_p1_the_death_of_a_replica_that_began_meanwhile_is_noticed(
    database: Database, time: Time, urls: DatabaseUrls
) -> None:
    deaths = Deaths(database, Replica(urls.run_url, database.wakes, database.keychain))
    async with ahead(database, time), database.begin(SERVICE) as session:
        await deaths.look(session)
    await look(database)
    await time.pass_by(timedelta(seconds=11))
    async with database.begin(SERVICE) as session:
        await deaths.look(session)
        assert await session.scalar(select(func.count()).select_from(RunningReplica)) == 0


async def test_p4_a_watched_phone_is_covered_and_its_hours_count_as_before(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person()
    async with ahead(database, time), database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.discretion = Discretion.WATCHED
        returnee.last_wrote_at = session.now
        await active(session, returnee)
        await leave_traces(session, [(returnee.chat_key or b"", 1)])
    await look(database)
    async with database.begin(SERVICE) as session:
        covers = select(OutboxRow).where(OutboxRow.held == VANISHES)
        (vanishes,) = (await session.scalars(covers)).all()
        wrote_at = (await session.get_one(Returnee, person.id)).last_wrote_at
        (trace,) = (await session.scalars(select(Trace))).all()
        assert vanishes.not_before <= session.now + STAYS_OPEN
        assert wrote_at is not None
        assert max(wrote_at, trace.sent_at) <= session.now


async def test_p2_a_workers_words_leave_at_once_and_planned_ones_at_their_time(
    database: Database, centre: Centre, time: Time
) -> None:
    vera = await centre.colleague(chat=VERA)
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    await centre.claims(vera, case)
    later = time.now + 3 * A_DAY
    grace = timedelta(seconds=5)
    async with ahead(database, time), database.begin(centre.organisation.id) as session:
        hasty = await write(session, vera, case.id, "I am here.", grace=grace)
        planned = await write(session, vera, case.id, "Good morning.", later=later)
    await look(database)
    async with database.begin(SERVICE) as session:
        rows = {each.id: each for each in await session.scalars(select(OutboxRow))}
        assert hasty.outbox_id is not None
        assert planned.outbox_id is not None
        assert rows[hasty.outbox_id].state is OutboxState.HELD
        assert rows[hasty.outbox_id].not_before <= session.now + timedelta(seconds=10)
        assert rows[planned.outbox_id].not_before == later


async def test_p2_a_case_rests_no_longer_than_it_should_on_what_a_supervisor_was_asked(
    database: Database, centre: Centre, time: Time
) -> None:
    vera = await centre.colleague(chat=VERA)
    sara = await centre.colleague(Role.SUPERVISOR)
    case = await centre.signal(await centre.person())
    async with ahead(database, time):
        await centre.claims(vera, case)
        async with database.begin(SERVICE) as session:
            await consult(session, vera, case.id, sara.staff_id, "What would you do?")
    await look(database)

    soon = (await centre.fresh(case)).next_alert_at
    assert soon is not None
    assert soon <= time.now + timedelta(minutes=16)


async def test_what_is_meant_for_later_stays_where_it_is(
    database: Database, centre: Centre, time: Time
) -> None:
    vera = await centre.colleague(chat=VERA)
    office = await open_office(database, "Durres")
    case = await centre.signal(await centre.person())
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    until = time.now + 3 * A_DAY
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, case.returnee_id)
        check_in = await plan_check_in(session, person, office)
        check_in.due_at = until
    async with ahead(database, time), database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, until)
    await look(database)

    snoozed = await centre.fresh(case)
    assert (snoozed.snoozed_until, snoozed.next_alert_at) == (until, until)
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(CheckIn.due_at)) == until


async def test_p2_a_complaint_that_nobody_has_taken_is_alerted_again_in_time(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person()
    async with ahead(database, time), database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        body = {"number": 1, "text": "They shout at me."}
        await hear_in_confidence(session, returnee, MessageKind.TEXT, body, Severity.URGENT)
    await look(database)
    async with database.begin(SERVICE) as session:
        soon = await session.scalar(select(Complaint.next_alert_at))
        confides_until = (await session.get_one(Returnee, person.id)).confides_until
        assert soon is not None
        assert soon <= session.now + timedelta(minutes=30)
        assert confides_until is not None
        assert confides_until <= session.now + timedelta(hours=1)


async def test_a_lock_after_wrong_passwords_ends_on_the_databases_clock(
    database: Database, centre: Centre, time: Time
) -> None:
    """Whatever the clock of the rules says, which a demo moves."""
    vera = await centre.colleague(chat=VERA)
    centre.later(days=40)
    async with ahead(database, time), database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.staff_id)
        staff.locked_until = session.database_now + LOCKED_FOR
    await look(database)
    async with database.begin(SERVICE) as session:
        locked_until = (await session.get_one(Staff, vera.staff_id)).locked_until
        assert locked_until is not None
        assert locked_until <= session.database_now + LOCKED_FOR


async def test_two_replicas_say_once_that_the_clock_went_back_and_a_small_step_is_none(
    database: Database, time: Time
) -> None:
    with capture_logs() as lines:
        async with ahead(database, time, timedelta(seconds=3)):
            pass
        await look(database)
        assert lines == []
        async with ahead(database, time):
            pass
        await asyncio.gather(*(look(database) for _ in range(2)))
        for _ in range(3):
            await time.pass_by(timedelta(seconds=40))
            await look(database)
    (line,) = lines
    assert line["action"] == "clock.back"
    assert abs(line["number"] - A_DAY.total_seconds()) < 60
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Fact.value).where(Fact.name == "newest-time")) == {}


def test_the_tick_looks_more_often_than_alerts_are_looked_for() -> None:
    seconds = {tick.name: tick.seconds for tick in TICKS}
    assert seconds["clock"] < seconds["escalate"]
