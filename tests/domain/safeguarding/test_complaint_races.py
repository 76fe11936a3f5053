"""Two of the staff at the same moment, of whom one is at a complaint and must not be, or leaves."""

import asyncio

import pytest

from domain.actors import Actor
from domain.colleagues.leaving import disable_staff
from domain.errors import NotAllowed, Refused
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import close_complaint, take_complaint
from domain.safeguarding.story import list_complaints
from storage.kinds import ConflictKind, Role
from storage.sessions import SERVICE
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import seen, tells
from tests.racing import stands_still


async def taken_by(centre: Centre, actor: Actor) -> list[str | None]:
    async with centre.database.begin(SERVICE) as session:
        return [line.taken_by for line in await list_complaints(session, actor)]


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


async def test_p2_race_of_taking_a_complaint_and_losing_ones_access(centre: Centre) -> None:
    """It would rest with nobody for a day."""
    keeper, head = await centre.colleague(Role.SAFEGUARDING), await centre.colleague(Role.ADMIN)
    other = await centre.colleague(Role.SAFEGUARDING)
    await tells(centre, await centre.person())
    [complaint_id] = await seen(centre, keeper)

    async def takes() -> None:
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(NotAllowed):
                await take_complaint(session, keeper, complaint_id)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await disable_staff(session, head, keeper.staff_id)
        await session.flush()
        taking = group.create_task(takes())
        await stands_still(centre.database, taking)
    assert await taken_by(centre, other) == [None]


async def test_p2_race_of_taking_a_complaint_and_being_kept_apart_from_its_person(
    centre: Centre,
) -> None:
    """It would rest for a day with whoever can't see it."""
    keeper, other = await centre.colleague(Role.SAFEGUARDING), await centre.colleague(Role.ADMIN)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)

    async def is_kept_apart() -> None:
        async with centre.database.begin(SERVICE) as session:
            kind = ConflictKind.EXCLUDED
            await keep_apart(session, other, person.id, keeper.staff_id, kind)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await take_complaint(session, keeper, complaint_id)
        await session.flush()
        keeping = group.create_task(is_kept_apart())
        await stands_still(centre.database, keeping)
        assert not keeping.done()
    assert await taken_by(centre, other) == [None]
