import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import code_of
from storage.inbox.lanes import heads_of_lanes
from storage.sessions import SERVICE, Database


async def test_what_the_database_refused_has_its_sqlstate_and_none_of_its_words(
    database: Database,
) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with database.begin(SERVICE) as session:
            await session.execute(text("SELECT 'secret'::integer"))

    code = code_of(raised.value)

    assert code.startswith("DBAPIError 22P02 at postgresql/asyncpg.py:")
    assert "secret" not in code


async def test_where_a_library_raised_our_own_place_is_named_too(database: Database) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with database.begin(SERVICE) as session:
            await heads_of_lanes(session, 10**30)

    assert " from inbox/lanes.py:" in code_of(raised.value)


def test_of_several_the_first_is_named() -> None:
    group = ExceptionGroup("two", [KeyError("secret"), ValueError("secret")])

    assert code_of(group) == "KeyError"
