"""What the database is asked meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from storage.sessions import Database


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    parameters: Any
    many: bool


@contextmanager
def caught(database: Database) -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def note(*happened: Any) -> None:
        _, _, sql, parameters, _, many = happened
        statements.append(Statement(sql, parameters, many))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
