"""How PostgreSQL answers a statement, and what it reads for that."""

import re
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


async def plan_for_anything(session: Session, sql: str) -> dict[str, Any]:
    """As it is whatever the parameters are, in a transaction that plans once; it does not run."""
    given = max((int(number) for number in re.findall(r"\$(\d+)", sql)), default=0)
    nothing = f"({', '.join(['NULL'] * given)})" if given else ""
    driver = (await (await session.connection()).get_raw_connection()).driver_connection
    assert driver is not None
    await driver.execute(f"PREPARE probe AS {sql}")
    explained = await driver.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE probe{nothing}")
    await driver.execute("DEALLOCATE probe")
    plan: dict[str, Any] = explained[0]["Plan"]
    return plan


def scanned(node: dict[str, Any]) -> Iterator[str]:
    """Tables that were read from end to end, or would be."""
    if node["Node Type"] == "Seq Scan" and node.get("Actual Loops", 1):
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from scanned(child)


def rows_of(table: str, node: dict[str, Any]) -> int:
    """How many of its rows were read."""
    here = node["Actual Rows"] * node["Actual Loops"] if node.get("Relation Name") == table else 0
    return int(here) + sum(rows_of(table, child) for child in node.get("Plans", ()))


def blocks(plan: dict[str, Any]) -> int:
    return sum(plan[f"Shared {kind} Blocks"] for kind in ("Hit", "Read"))
