"""Where somebody said on a new phone that they are, once it is known whose it is."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from domain.actors import Actor
from domain.identity.strays import take_in
from domain.pathways.moving import be_in, write_down_country
from domain.pathways.pausing import move_on
from storage.sessions import SERVICE, Session
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

WritingDown = Callable[[Session, Actor, UUID, str], Awaitable[None]]

WRITTEN, SAID = ("PT", "Europe/Lisbon"), ("UA", "Europe/Kyiv")


async def says_where(centre: Centre, stray: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        await be_in(session, await session.get_one(Returnee, stray.id), *SAID)
    centre.later(days=1)


async def now_is_in(centre: Centre, person: Returnee, stray: Returnee) -> tuple[str | None, str]:
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id, with_for_update=True)
        await take_in(session, await session.get_one(Returnee, stray.id), known)
    return known.country, known.time_zone


@pytest.mark.parametrize("writes", [write_down_country, move_on])
@pytest.mark.parametrize("since", [True, False])
async def test_what_a_worker_wrote_down_stands_where_it_is_newer_than_the_new_phone(
    centre: Centre, writes: WritingDown, since: bool
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    if not since:
        async with centre.database.begin(SERVICE) as session:
            await writes(session, vera, person.id, WRITTEN[0])
        centre.later(days=1)
    stray = await centre.person()
    await says_where(centre, stray)
    if since:
        async with centre.database.begin(SERVICE) as session:
            await writes(session, vera, person.id, WRITTEN[0])

    assert await now_is_in(centre, person, stray) == (WRITTEN if since else SAID)


async def test_what_a_worker_wrote_down_last_counts_also_where_it_was_of_the_new_phone(
    centre: Centre,
) -> None:
    """Before anybody knew whose it is."""
    vera, person, stray = await centre.colleague(), await centre.person(), await centre.person()
    centre.later(days=1)
    for each, country in ((person, WRITTEN[0]), (stray, SAID[0])):
        async with centre.database.begin(SERVICE) as session:
            await write_down_country(session, vera, each.id, country)
        centre.later(days=1)

    assert await now_is_in(centre, person, stray) == SAID
