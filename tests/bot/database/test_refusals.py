"""What an operator reads when the database refuses, and what is worth waiting for."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.archive.connecting import connecting
from bot.database.refusals import is_lasting
from bot.errors import CannotOpen
from tests.postgres import DatabaseUrls


def raised(state: str, words: str = "canary") -> str:
    """As PostgreSQL raises it by itself where that is so."""
    return f"DO $$BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '{state}'; END$$"


@pytest.mark.parametrize(
    ("state", "sentence", "lasting"),
    [
        ("25006", "The database only reads", False),
        ("08P01", "is WAYHOME_DATABASE_URL right", False),
        ("53100", "The database's disk is full", False),
        ("55P03", "try again later", False),
        ("08006", "is WAYHOME_DATABASE_URL right", False),
        ("53300", "no connection left", False),
        ("57014", "took too long", False),
        ("57P03", "it starts or stops", False),
        ("3D000", "no database of the name", True),
        ("28000", "does not let in the user", True),
        ("22023", r"deploy/roles\.sql", True),
        ("42501", "the address that 'wayhome migrate' has", True),
        ("23505", "Somebody else did the same", False),
        ("22012", r"refused \(DivisionByZeroError\)", False),
    ],
)
async def test_what_the_database_refuses_is_one_sentence(
    urls: DatabaseUrls, state: str, sentence: str, lasting: bool
) -> None:
    with pytest.raises(CannotOpen, match=sentence) as refusal:
        async with connecting(urls.run_url, "wayhome migrate") as engine, engine.begin() as begun:
            await begun.execute(text(raised(state)))
    assert "canary" not in str(refusal.value)
    error = refusal.value.__context__
    assert isinstance(error, DBAPIError)
    assert is_lasting(error) is lasting


async def test_a_pooler_that_refuses_what_connections_begin_with_is_named_and_not_waited_for(
    urls: DatabaseUrls,
) -> None:
    """PgBouncer says the same code of a server that is away, which is waited for."""
    said = raised("08P01", "unsupported startup parameter: statement_timeout")
    with pytest.raises(CannotOpen, match="A pooler stands before the database") as refusal:
        async with connecting(urls.run_url, "wayhome migrate") as engine, engine.begin() as begun:
            await begun.execute(text(said))
    error = refusal.value.__context__
    assert isinstance(error, DBAPIError)
    assert is_lasting(error)
