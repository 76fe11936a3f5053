"""How many rows a table has."""

from sqlalchemy import func, select

from storage.base import Base
from storage.sessions import SERVICE, Database


async def how_many(database: Database, table: type[Base]) -> int:
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0
