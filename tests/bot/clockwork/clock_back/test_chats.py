"""PostgreSQL's clock was ahead: what is to be sent or hidden goes on as soon as it is right."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.delivery import courier as couriers
from bot.delivery import outcome
from bot.delivery.claiming import claim
from bot.delivery.courier import Courier
from bot.delivery.outcome import Taken
from bot.delivery.sending import Sent
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from bot.telegram.connection import connect
from domain.casework.work import write
from domain.replies.sending import Conditions
from domain.safety.screens import STAYS_OPEN, active
from locales.catalogues import Catalogues
from storage.kinds import Discretion, Hold, OutboxState, Severity
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE, Database
from storage.tables.outbox import TRIES_IN_ORDER, OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.service import SendBudget
from storage.tables.traces import Trace
from tests.bot.clockwork.clock_back.ahead import A_DAY, A_MINUTE, QUICK, VERA, ahead, look
from tests.bot.outgoing import HURRIED, say
from tests.domain.centre import Centre
from tests.model.time import Time
from tests.simulator_server import running_simulator


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
        covers = select(OutboxRow).where(OutboxRow.held == Hold.VANISHES)
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
        hasty = await write(session, vera, case.id, "I am here.", Conditions(grace=grace))
        planned = await write(session, vera, case.id, "Good morning.", Conditions(later=later))
    await look(database)
    async with database.begin(SERVICE) as session:
        rows = {each.id: each for each in await session.scalars(select(OutboxRow))}
        assert hasty.outbox_id is not None
        assert planned.outbox_id is not None
        assert rows[hasty.outbox_id].state is OutboxState.HELD
        assert rows[hasty.outbox_id].not_before <= session.now + timedelta(seconds=10)
        assert rows[planned.outbox_id].not_before == later
