"""Most tests enrol a phone without the welcome. It must stand where the welcome leads."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from storage.sessions import SERVICE, Database
from storage.tables.every import Base
from storage.tables.organisations import Organisation
from tests.handlers.conftest import NewPhone
from tests.handlers.enrolling import enrol, invite, walk_through_the_welcome

PLAIN = (str, bool, int, list, dict, type(None))


async def kept(database: Database) -> Counter[str]:
    """Every row; of what chance makes, or seals, only whether it is there."""
    rows: Counter[str] = Counter()
    async with database.begin(SERVICE) as session:
        for table in Base.metadata.sorted_tables:
            for row in (await session.execute(select(table))).mappings():
                told = sorted((str(name), plainly(str(name), row[name])) for name in row)
                rows[f"{table.name} {told}"] += 1
    return rows


def plainly(name: str, value: Any) -> str:
    by_chance = name in {"number", "pseudonym", "stand_in"} or not isinstance(value, PLAIN)
    return "…" if by_chance else str(value)


@pytest.mark.parametrize(
    ("reads", "answer", "language"),
    [
        ("Only I", "Yes", "fr"),
        ("Only I", "No", "en"),
        ("Sometimes others", "Yes", "en"),
        ("must not know", "Yes", "fr"),
    ],
)
async def test_who_is_enrolled_stands_where_the_welcome_leads(
    new_phone: NewPhone,
    database: Database,
    organisation: Organisation,
    reads: str,
    answer: str,
    language: str,
) -> None:
    added, screens = [], []
    # The first leaves the notices that the others read.
    await enrol(new_phone(3, language), await invite(database, organisation), reads, answer)
    for user_id, come_in in ((1, walk_through_the_welcome), (2, enrol)):
        before = await kept(database)
        phone = new_phone(user_id, language)
        await come_in(phone, await invite(database, organisation), reads, answer)
        added.append(await kept(database) - before)
        assert phone.screen is not None
        screens.append((phone.screen.text, list(phone.screen.buttons)))
    # Only how often the screen was drawn on the way is another matter.
    assert set(added[0]) == set(added[1])
    assert screens[0] == screens[1]
