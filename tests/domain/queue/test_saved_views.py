"""Views of the queue that are kept: whose they are, and what they hide from a thief."""

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.errors import NotAllowed, Refused
from domain.queue.saved_views import (
    MOST,
    Saved,
    begin_with,
    remove_view,
    save_view,
    saved_views,
)
from domain.queue.view import EVERYTHING, View
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.views import SavedView
from tests.domain.centre import Centre

URGENT = View("", Severity.URGENT, "uk")
CODE = View("K7-4M2Q")


async def saves(centre: Centre, actor: Actor, name: str, view: View) -> None:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        await save_view(session, actor, name, view)


async def views(centre: Centre, actor: Actor) -> list[Saved]:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return await saved_views(session, actor)


async def test_a_view_is_kept_under_its_name_for_whoever_saved_it_alone(centre: Centre) -> None:
    vera, samir = await centre.colleague(), await centre.colleague(name="Samir")
    await saves(centre, vera, "  My   night ", URGENT)
    await saves(centre, vera, "One case", CODE)
    await saves(centre, vera, "my NIGHT", CODE)
    assert [(each.name, each.view) for each in await views(centre, vera)] == [
        ("my NIGHT", CODE),
        ("One case", CODE),
    ]
    assert await views(centre, samir) == []
    [view, _] = await views(centre, vera)
    async with centre.database.begin(centre.organisation.id, samir.staff_id) as session:
        for verb in (begin_with, remove_view):
            with pytest.raises(Refused):
                await verb(session, samir, view.id)


async def test_p2_a_view_that_no_key_opens_shows_everything_and_can_be_removed(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    await saves(centre, vera, "My night", URGENT)
    async with centre.database.begin(SERVICE) as session:
        kept = (await session.scalars(select(SavedView))).one()
        kept.body, kept.first = b"damaged", True
    [view] = await views(centre, vera)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await remove_view(session, vera, view.id)

    assert (view.name, view.view, view.first) == ("?", EVERYTHING, False)
    assert await views(centre, vera) == []


async def test_the_queue_begins_with_one_at_the_most(centre: Centre) -> None:
    vera = await centre.colleague()
    await saves(centre, vera, "A", URGENT)
    await saves(centre, vera, "B", CODE)
    first, second = await views(centre, vera)
    for chosen, expected in (
        (first, [True, False]),
        (second, [False, True]),
        (second, [False] * 2),
    ):
        async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
            await begin_with(session, vera, chosen.id)
        assert [each.first for each in await views(centre, vera)] == expected
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await remove_view(session, vera, first.id)
    assert [each.name for each in await views(centre, vera)] == ["B"]


async def test_what_would_be_no_view_is_refused(centre: Centre) -> None:
    vera, coordinator = await centre.colleague(), await centre.colleague(Role.COORDINATOR)
    for name, view in (("", URGENT), ("x" * 41, URGENT), ("\u200b", URGENT), ("All", EVERYTHING)):
        with pytest.raises(Refused):
            await saves(centre, vera, name, view)
    with pytest.raises(NotAllowed):
        await saves(centre, coordinator, "A", URGENT)
    for number in range(MOST):
        await saves(centre, vera, f"View {number}", URGENT)
    with pytest.raises(Refused):
        await saves(centre, vera, "One more", URGENT)


async def test_p7_what_a_view_is_called_and_seeks_is_sealed(centre: Centre) -> None:
    vera = await centre.colleague()
    await saves(centre, vera, "Lindita", CODE)
    async with centre.database.begin(SERVICE) as session:
        body = await session.scalar(select(SavedView.body))
    assert body is not None
    assert b"Lindita" not in body
    assert b"K7-4M2Q" not in body
