"""Whoever waits for a person does nothing with them once they are kept apart from them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from domain.actors import Actor
from domain.distress import Assessment
from domain.errors import Refused
from domain.messages.body import Body
from domain.safeguarding.complaints import confide
from domain.safeguarding.confided import answer_in_confidence
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.passing_on import call_for_child
from domain.stop_word.freezing import unfreeze
from storage.kinds import ComplaintKind, ConflictKind, Identity, MessageKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import seen
from tests.racing import stands_still


async def is_kept_apart_meanwhile(
    centre: Centre, person: Returnee, staff: Actor, does: Coroutine[Any, Any, None]
) -> None:
    other = await centre.colleague(Role.ADMIN)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await keep_apart(session, other, person.id, staff.staff_id, ConflictKind.EXCLUDED)
        doing = group.create_task(does)
        await stands_still(centre.database, doing)
        assert not doing.done()


async def test_p10_race_of_ending_a_stop_word_and_being_kept_apart_from_the_person(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.frozen_at = returnee.confirmed_at = session.now
        returnee.identity = Identity.CONFIRMED

    async def unfreezes() -> None:
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(Refused, match="no such person"):
                await unfreeze(session, vera, person.id)

    await is_kept_apart_meanwhile(centre, person, vera, unfreezes())
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).frozen_at is not None


async def test_p10_race_of_calling_for_a_child_and_being_kept_apart_from_it(
    centre: Centre,
) -> None:
    keeper, person = await centre.colleague(Role.SAFEGUARDING), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await confide(session, returnee, ComplaintKind.ABOUT_STAFF)
        heard = Assessment(Severity.URGENT, ask=False, reasons=("minor.young",))
        body = Body(text="I am 15, and Vera touched me")
        await answer_in_confidence(session, returnee, heard, body, MessageKind.TEXT)
    [complaint_id] = await seen(centre, keeper)

    async def calls() -> None:
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(Refused):
                await call_for_child(session, keeper, complaint_id)

    await is_kept_apart_meanwhile(centre, person, keeper, calls())
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).child_in is not None
