"""A dump sees every row of every table, whatever policy walls it off."""

from io import BytesIO

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.archive import dump, read_heading
from storage.keys import Keyring
from storage.schema import newest
from storage.sealed_files import SealedReader, SealedWriter
from storage.tables import Base
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
