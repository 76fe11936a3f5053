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

PLAIN = str | bool | int | list | dict


async def kept(database: Database) -> Counter[str]:
    """Every row; of what chance makes, or seals, only whether it is there."""
    rows: Counter[str] = Counter()
    async with database.begin(SERVICE) as session:
        for table in Base.metadata.sorted_tables:
            for row in (await session.execute(select(table))).mappings():
                rows[f"{table.name} {sorted(map(told, row.items()))}"] += 1
    return rows


def told(column: tuple[str, Any]) -> tuple[str, str]:
    name, value = column
    by_chance = name in {"number", "pseudonym", "stand_in"} or not isinstance(value, PLAIN | None)
    return name, "…" if by_chance else str(value)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("answer", ["Yes", "No"])
@pytest.mark.parametrize("reads", ["Only I", "Sometimes others", "must not know"])
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
