"""A directory for whoever looks for help."""

from datetime import UTC, datetime
from typing import Any

from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from storage.sessions import SERVICE, Database
from tests.domain.directory.samples import json_file

ALWAYS = [{"freq": "WEEKLY", "opens_at": "00:00", "closes_at": "00:00"}]


async def load(database: Database, *services: dict[str, Any]) -> None:
    async with database.begin(SERVICE) as session:
        reading = read_directory([json_file(list(services))])
        await import_directory(session, reading, "test", datetime.now(UTC))
