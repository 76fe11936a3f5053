"""Two of the staff at the same moment, of whom one is at a complaint and must not be, or leaves."""

import asyncio

import pytest

from domain.errors import Refused
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import close_complaint
from storage.kinds import ConflictKind, Role
from storage.sessions import SERVICE
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import seen, tells
from tests.racing import stands_still


async def test_p10_race_of_closing_a_complaint_and_being_kept_apart_from_its_person(
    centre: Centre,
) -> None:
    """Whoever waits for it closes nothing any more once it is free: it may be about them."""
    keeper, other = await centre.colleague(Role.SAFEGUARDING), await centre.colleague(Role.ADMIN)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)

    async def closes() -> None:
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(Refused, match="no such complaint"):
                await close_complaint(session, keeper, complaint_id)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await keep_apart(session, other, person.id, keeper.staff_id, ConflictKind.EXCLUDED)
        closing = group.create_task(closes())
        await stands_still(centre.database, closing)
    assert await seen(centre, other) == [complaint_id]
