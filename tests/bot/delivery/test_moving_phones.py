"""What is on its way to a phone while the person comes in on another one."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.delivery.claiming import claim
from bot.delivery.outcome import failed, sent
from bot.delivery.sending import Sent
from domain.identity.new_phone import confirm, move_in, propose
from domain.notices import Notice
from domain.returnees.chats import chat_id_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.traces import Trace
from tests.bot.on_its_way import leaves, told
from tests.bot.outgoing import HURRIED
from tests.domain.centre import Centre
from tests.domain.checking_in import MORNING, set_clock

NEW, NUMBER = 4242, 7


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    set_clock(clock, MORNING)
    return await Centre.open(database, clock)


async def comes_in_on_another(centre: Centre, person: Returnee) -> None:
    one, other = await centre.colleague(), await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        await propose(session, one, person.id)
    async with centre.database.begin(centre.organisation.id) as session:
        code = await confirm(session, other, person.id)
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
