"""How PostgreSQL answers a statement, and what it reads for that."""

from collections.abc import Iterator
from typing import Any

from storage.sessions import Session
from tests.statements import Statement


async def plan_of(session: Session, statement: Statement) -> dict[str, Any]:
    """As it is when it really runs."""
    connection = await session.connection()
    parameters = statement.parameters[0] if statement.many else statement.parameters
    explained = await connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}", parameters
    )
    plan: dict[str, Any] = explained.scalar_one()[0]["Plan"]
    return plan


def scanned(node: dict[str, Any]) -> Iterator[str]:
    """Tables that were read from end to end."""
    if node["Node Type"] == "Seq Scan" and node["Actual Loops"]:
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from scanned(child)


def rows_of(table: str, node: dict[str, Any]) -> int:
    """How many of its rows were read."""
    here = node["Actual Rows"] * node["Actual Loops"] if node.get("Relation Name") == table else 0
    return int(here) + sum(rows_of(table, child) for child in node.get("Plans", ()))


def blocks(plan: dict[str, Any]) -> int:
    return sum(plan[f"Shared {kind} Blocks"] for kind in ("Hit", "Read"))
