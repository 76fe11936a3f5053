from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee, enrol
from storage.away import is_away
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Topic


async def test_every_transaction_is_the_application_role_even_on_a_used_connection(
    database: Database,
) -> None:
    for _ in range(3):
        async with database.begin(SERVICE) as session:
            assert await session.scalar(text("SELECT current_user")) == "wayhome_app"


async def test_a_scope_does_not_outlive_its_transaction(database: Database) -> None:
    async with database.begin(SERVICE):
        pass
    async with database.engine.connect() as connection:
        scope = await connection.scalar(text("SELECT current_setting('wayhome.scope', true)"))

    assert not scope


async def test_p10_after_a_commit_in_the_middle_the_role_and_the_scope_are_named_anew(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        await session.commit()
        named = text("SELECT current_user, current_setting('wayhome.scope')")
        assert tuple((await session.execute(named)).one()) == ("wayhome_app", SERVICE)


async def test_p8_what_the_database_refuses_says_nothing_of_what_it_was_given(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text("SELECT CAST(:words AS text) / 0"), {"words": "canary"})

    assert "canary" not in str(refused.value)


async def test_the_instant_is_the_databases_moved_by_the_clock(
    database: Database, clock: Clock
) -> None:
    clock.offset = timedelta(days=40)
    async with database.begin(SERVICE) as session:
        assert session.now - session.database_now == timedelta(days=40)


async def test_a_wake_is_heard_after_commit_and_never_after_a_rollback(database: Database) -> None:
    async with database.wakes.waiting(Topic.CASES) as woken:
        with pytest.raises(DBAPIError):
            async with database.begin(SERVICE) as session:
                session.wakes(Topic.CASES)
                await session.execute(text("SELECT 1 / 0"))
        assert not woken.is_set()

        async with database.begin(SERVICE) as session:
            session.wakes(Topic.CASES)
            assert not woken.is_set()
        assert woken.is_set()


async def test_a_savepoint_keeps_the_instant_the_role_and_the_scope(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        before = session.now
        async with session.begin_nested():
            assert await session.scalar(text("SELECT current_user")) == "wayhome_app"
            assert session.now == before
        assert session.now == before


async def test_p10_an_organisation_cannot_open_a_person_to_itself(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        theirs = await add_organisation(session, "Theirs")
        curious = await add_organisation(session, "Curious")
        person = await add_returnee(session, 1001, theirs, "en")

    with pytest.raises(DBAPIError):
        async with database.begin(curious.id) as session:
            await enrol(session, person, curious)


async def test_a_savepoint_wakes_nobody_before_the_commit(database: Database) -> None:
    """Race: whoever is woken early finds nothing, and is not woken again."""
    async with database.wakes.waiting(Topic.CASES) as woken:
        async with database.begin(SERVICE) as session:
            async with session.begin_nested():
                session.wakes(Topic.CASES)
                await session.execute(text("SELECT 1"))
            assert not woken.is_set()
        assert woken.is_set()


async def test_p1_a_server_that_only_reads_by_now_is_left_for_the_one_that_leads(
    database: Database,
) -> None:
    """As whoever has led until a fail-over may be: it answers, so its connections never break."""
    async with database.engine.connect() as connection:
        await connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        await connection.commit()
    with pytest.raises(DBAPIError, match="read-only") as refused:
        async with database.begin(SERVICE) as session:
            await add_organisation(session, "Harbour")
    assert is_away(refused.value)

    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Harbour")
