"""How many rows a table has."""

from sqlalchemy import func, select

from storage.sessions import SERVICE, Database
from storage.tables.base import Base


async def how_many(database: Database, table: type[Base]) -> int:
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0
