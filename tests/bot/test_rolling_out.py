"""A new version is rolled out: the tables grow first, under replicas that know nothing of it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.schema import migrate
from tests.newer_migrations import NEXT, bring_next
from tests.postgres import DatabaseUrls
from tests.process import Operator
from tests.simulator_server import RunningSimulator

pytestmark = pytest.mark.timeout(180)


async def somebody_is_answered(telegram: RunningSimulator) -> None:
    person = telegram.add_user()
    telegram.send_text(person, "he locked me in and took my passport")
    await telegram.wait_for(
        lambda: [m for m in telegram.from_bot(person) if "danger" in m.words] or None, 30
    )


async def test_p1_a_running_replica_carries_on_while_the_tables_grow_and_starts_on_them_again(
    operator: Operator,
    telegram: RunningSimulator,
    urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await operator.ask("org", "add", "Centre")
    bring_next(tmp_path, monkeypatch)
    answered = 0
    async with operator.running():
        async with asyncio.TaskGroup() as group:
            migrating = group.create_task(migrate(urls.owner_url))
            while not migrating.done():
                await somebody_is_answered(telegram)
                answered += 1
        await somebody_is_answered(telegram)
    # Going back: as the container that migrates does before any replica of that version starts.
    owner = replace(operator, env=operator.env | {"WAYHOME_DATABASE_URL": urls.owner_url})
    code, out, err = await owner.type("migrate")
    assert (code, f"at revision {NEXT}, of a newer" in out) == (0, True), err
    async with operator.running():
        await somebody_is_answered(telegram)

    assert await revision_at(urls) == NEXT
    assert len(await operator.ask("cases")) == answered + 2


async def revision_at(urls: DatabaseUrls) -> str | None:
    engine = create_async_engine(urls.owner_url)
    async with engine.connect() as connection:
        found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    await engine.dispose()
    return found
