"""What is on its way to a phone while the person comes in on another one."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.delivery.claiming import claim
from bot.delivery.outcome import failed, sent
from bot.delivery.sending import Sent
from domain.identity.new_phone import confirm, move_in, propose
from domain.notices import Notice
from domain.returnees.chats import chat_id_of
from storage.kinds import CaseEventKind, Identity
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.traces import Trace
from tests.bot.on_its_way import leaves, packed, told
from tests.bot.outgoing import HURRIED
from tests.domain.centre import Centre
from tests.racing import stands_still

pytestmark = pytest.mark.usefixtures("morning")

NEW, NUMBER = 4242, 7


async def code_for(centre: Centre, person: Returnee) -> str:
    one, other = await centre.colleague(), await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        await propose(session, one, person.id)
    async with centre.database.begin(centre.organisation.id) as session:
        return await confirm(session, other, person.id)


async def comes_in_on_another(centre: Centre, person: Returnee) -> None:
    code = await code_for(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await move_in(session, NEW, code)


async def test_p13_what_reaches_the_old_phone_after_all_goes_off_it_and_to_the_new_one(
    centre: Centre,
) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        old = chat_id_of(session, person)
    taken = await leaves(centre, person)
    await comes_in_on_another(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await sent(session, HURRIED, [(taken, Sent(NUMBER))])

    assert await told(centre, old) == [[NUMBER]]
    assert await told(centre, NEW) == [Notice.STOPPED, "commands"]
    async with centre.database.begin(SERVICE) as session:
        assert (await session.scalars(select(Trace))).all() == []
        assert len((await claim(session, HURRIED, 10)).rows) == 2


async def test_p1_what_the_old_phone_never_takes_the_new_one_may(centre: Centre) -> None:
    person = await centre.person()
    taken = await leaves(centre, person)
    await comes_in_on_another(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await failed(session, taken, "blocked", blocked=True)

    assert await told(centre, NEW) == [Notice.STOPPED, "commands"]
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).blocked_at is None


@pytest.mark.parametrize("rotated", [False, True])
async def test_p12_what_reached_the_phone_that_they_still_have_is_not_sent_again(
    centre: Centre, rotated: bool
) -> None:
    """Though its chat was hashed anew meanwhile, by the key of the next epoch."""
    taken = await leaves(centre, await centre.person())
    if rotated:
        async with centre.database.begin(SERVICE) as session:
            await session.execute(update(OutboxRow).values(lane=b"by another key"))
    async with centre.database.begin(SERVICE) as session:
        await sent(session, HURRIED, [(taken, Sent(NUMBER))])
    centre.clock.offset += timedelta(minutes=1)

    async with centre.database.begin(SERVICE) as session:
        assert (await claim(session, HURRIED, 10)).rows == []
        assert (await session.scalars(select(Trace.message_id))).all() == [NUMBER]


async def comes_in_meanwhile(
    centre: Centre, person: Returnee, does: Coroutine[Any, Any, object]
) -> None:
    """Whoever does it has not seen the new phone. Then somebody makes sure of who has it, and they
    look at it.
    """
    code = await code_for(centre, person)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await move_in(session, NEW, code)
        await session.flush()
        doing = group.create_task(does)
        await stands_still(centre.database, doing)
        assert not doing.done()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
        returnee.last_wrote_at = session.now


async def test_p2_race_of_a_workers_words_and_the_new_phone_that_comes_in(centre: Centre) -> None:
    """They go to it: nobody would miss them, since the case rests on them."""
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await comes_in_meanwhile(centre, person, centre.writes(vera, case))
    others = [(parcel.taken, Sent(None)) for parcel in await packed(centre)]
    async with centre.database.begin(SERVICE) as session:
        await sent(session, HURRIED, others)

    [words] = [parcel for parcel in await packed(centre) if "I am here." in str(parcel.wire.calls)]
    assert words.taken.chat_id == NEW


async def test_p11_race_of_hearing_that_nobody_answered_and_the_new_phone_that_comes_in(
    centre: Centre,
) -> None:
    person = await centre.person()
    case = await centre.signal(person)
    centre.later(hours=2)
    await comes_in_meanwhile(centre, person, centre.tick())
    await packed(centre)

    assert CaseEventKind.TOLD_WAITING in await centre.history(case.id)
    assert Notice.NOBODY_YET in await told(centre, NEW)
