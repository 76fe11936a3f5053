"""However many people there are: what is hot goes by an index, and reads no more than it needs.

The statements are caught from the use cases as they run, under the application's role and the
scope that they have in production: a policy can keep an index from being used.
"""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, text

from benchmarks.hot import HOT, Hot
from benchmarks.population import Population, populate
from bot.delivery import outcome
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.packing import Packing
from bot.delivery.sending import Sent
from bot.embedded.postgres import EmbeddedPostgres
from domain.check_ins.sending import send_due
from locales.catalogues import Catalogues
from storage.inbox.arrivals import take_in
from storage.keys.keyring import Keyring
from storage.kinds import OutboxState
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.outbox import OutboxRow
from storage.wakes import Wakes
from tests.plans import blocks, plan_for_anything, plan_of, rows_of, scanned
from tests.postgres import create_database, drop_database
from tests.statements import Statement, caught

PEOPLE = 50_000
# A table of so many rows is never read from end to end.
BIG = 10_000
# PostgreSQL tries so many plans for the parameters at hand before it may keep one for any.
TRIED = 5
# Pages that look at many tables, and what ticks ask twice a second: planning them anew each time
# would cost more than what they do.
PLANNED_ONCE = (
    "check-ins due",
    "referral alerts",
    "mails",
    "queue: waiting",
    "queue: mine",
    "queue: colleagues",
    "queue: closed",
    "owed in cases",
    "on duty",
    "how things stand",
    "people",
    "case",
    "person",
)
# How much one statement may touch, however much there is: forty blocks for each row of a batch of a
# hundred, most of them its indexes.
MOST_BLOCKS = 4_000


@dataclass(frozen=True, slots=True)
class Crowd:
    database: Database
    population: Population
    big_tables: frozenset[str]


@pytest.fixture(scope="module")
async def crowd(postgres: EmbeddedPostgres, migrated_template: str) -> AsyncIterator[Crowd]:
    name = f"crowd_{uuid.uuid4().hex}"
    urls = await create_database(postgres, name, migrated_template, planned_as_in_life=True)
    database = Database(urls.run_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
    population = await populate(database, urls.owner_url, PEOPLE)
    async with database.begin(SERVICE) as session:
        await take_in(session, [_update(number) for number in range(300)])
        sizes = await session.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= :big"),
            {"big": BIG},
        )
        big_tables = frozenset(sizes.scalars())
    yield Crowd(database, population, big_tables)
    await database.close()
    await drop_database(postgres, name)


def _update(number: int) -> dict[str, Any]:
    return {"update_id": 10**9 + number, "message": {"chat": {"id": 10**9 + number % 30}}}


async def run(crowd: Crowd, hot: Hot) -> list[Statement]:
    """What it asked of the database; nothing of it is kept."""
    with caught(crowd.database) as statements:
        async with crowd.database.begin(hot.scope(crowd.population)) as session:
            statements.clear()
            await hot.work(session, crowd.population)
            await session.rollback()
    return statements


@pytest.mark.parametrize("hot", HOT, ids=lambda hot: hot.name)
async def test_what_is_hot_reads_a_bounded_part_of_any_big_table(crowd: Crowd, hot: Hot) -> None:
    statements = {statement.sql: statement for statement in await run(crowd, hot)}
    assert statements
    async with crowd.database.begin(hot.scope(crowd.population)) as session:
        for statement in statements.values():
            if not statement.sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
                continue
            async with session.begin_nested() as step:
                plan = await plan_of(session, statement)
                await step.rollback()
            assert not set(scanned(plan)) & crowd.big_tables, statement.sql
            assert blocks(plan) <= MOST_BLOCKS, statement.sql


async def test_what_may_be_planned_once_is_planned_once_from_the_first_time_on(
    crowd: Crowd,
) -> None:
    (hot,) = (hot for hot in HOT if hot.name == "check-ins due")
    # Of a connection that was asked much, what was planned before makes room, and is not counted.
    await crowd.database.engine.dispose()
    async with crowd.database.begin(SERVICE, planned_once=True) as session:
        before = await _planned_anew(session)
        for _ in range(TRIED):
            async with session.begin_nested() as step:
                await hot.work(session, crowd.population)
                await step.rollback()
        assert await _planned_anew(session) == before


async def _planned_anew(session: Session) -> int:
    """How many plans this connection made for the parameters at hand."""
    made = await session.scalar(text("SELECT sum(custom_plans) FROM pg_prepared_statements"))
    return int(made or 0)


@pytest.mark.parametrize("name", PLANNED_ONCE)
async def test_what_is_hot_is_planned_once_and_not_anew_for_each_look(
    crowd: Crowd, name: str
) -> None:
    (hot,) = (hot for hot in HOT if hot.name == name)
    for _ in range(2 * TRIED + 1):
        statements = {statement.sql for statement in await run(crowd, hot)}

    async with crowd.database.begin(hot.scope(crowd.population)) as session:
        planned = await session.execute(
            text("SELECT statement, custom_plans FROM pg_prepared_statements")
        )
        anew = {sql for sql, custom_plans in planned if custom_plans > TRIED}
    assert not statements & anew


async def test_what_asks_and_sends_reads_no_big_table_from_end_to_end_by_its_one_plan(
    crowd: Crowd,
) -> None:
    """Nobody looks at the parameters before it is planned (`planned_once`)."""
    pace = Pace(100_000)
    async with crowd.database.begin(SERVICE, planned_once=True) as session:
        with caught(crowd.database) as asking:
            await send_due(session)
        asked = select(OutboxRow).where(
            OutboxRow.check_in_id.is_not(None), OutboxRow.state == OutboxState.WAITING
        )
        rows = (await session.scalars(asked)).all()
        with caught(crowd.database) as sending:
            packing = await Packing.of(session, Catalogues.load(), rows)
            taken = [Taken(row.id, row.fence) for row in packing.rows]
            await outcome.sent(session, pace, [(each, Sent(7)) for each in taken])
        await session.rollback()
    assert packing.check_ins
    async with crowd.database.begin(SERVICE, planned_once=True) as session:
        for sql in {statement.sql for statement in (*asking, *sending)}:
            if sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
                plan = await plan_for_anything(session, sql)
                assert not set(scanned(plan)) & crowd.big_tables, sql


async def test_when_somebody_last_answered_is_read_from_their_last_answer_alone(
    crowd: Crowd,
) -> None:
    (hot,) = (hot for hot in HOT if hot.name == "what keeping words asks")
    asked = [each for each in await run(crowd, hot) if "answer" in each.sql]

    async with crowd.database.begin(hot.scope(crowd.population)) as session:
        plans = [await plan_of(session, statement) for statement in asked]
    assert sum(rows_of("answer", plan) for plan in plans) == 1
