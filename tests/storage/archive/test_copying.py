"""A dump sees every row of every table, whatever policy walls it off."""

from collections.abc import Mapping
from errno import ENOSPC
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.archive import copying, sealed_files
from storage.archive.copying import dump, read_heading
from storage.archive.sealed_files import SealedReader, SealedWriter
from storage.keys.keyring import Keyring
from storage.schema import migrate, newest
from storage.tables.every import Base
from tests.newer_migrations import bring_next
from tests.postgres import DatabaseUrls
from tests.storage.filling import fill


async def test_every_table_is_dumped_with_every_row_by_the_role_that_policies_bind(
    urls: DatabaseUrls, keys: Keyring
) -> None:
    for table in Base.metadata.tables:
        await fill(urls, table)
    file = BytesIO()
    engine = create_async_engine(urls.run_url, poolclass=NullPool)
    async with engine.connect() as connection:
        heading, rows = await dump(connection, SealedWriter(file, keys))

    assert rows == dict.fromkeys(Base.metadata.tables, 1)
    assert heading.schema == newest()
    file.seek(0)
    assert read_heading(SealedReader(file, keys)) == heading


async def test_a_dump_that_a_migration_overtakes_is_given_up(
    urls: DatabaseUrls, keys: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its snapshot would be of other tables than it has looked at."""
    hold_still = copying._hold_still

    async def overtaken(connection: AsyncConnection, names: Mapping[str, Any]) -> None:
        bring_next(tmp_path, monkeypatch)
        await migrate(urls.owner_url)
        await hold_still(connection, names)

    monkeypatch.setattr(copying, "_hold_still", overtaken)
    engine = create_async_engine(urls.run_url, poolclass=NullPool)
    async with engine.connect() as connection:
        with pytest.raises(copying.TablesChanged):
            await copying.dump(connection, SealedWriter(BytesIO(), keys))


class SmallDisk(BytesIO):
    """It takes the head of an archive, and no row of it."""

    def write(self, data: Any, /) -> int:
        if self.tell() > 400:
            raise OSError(ENOSPC, "No space left on device")
        return super().write(data)


async def test_a_dump_onto_a_full_disk_ends_and_lets_go_of_what_it_saw(
    urls: DatabaseUrls, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table in Base.metadata.tables:
        await fill(urls, table)
    monkeypatch.setattr(sealed_files, "_CHUNK", 32)
    engine = create_async_engine(urls.run_url, poolclass=NullPool)
    async with engine.connect() as connection:
        with pytest.raises(OSError, match="No space left"):
            await dump(connection, SealedWriter(SmallDisk(), keys))
        await connection.rollback()
        assert await connection.scalar(select(1)) == 1
