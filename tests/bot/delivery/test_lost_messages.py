"""What came to phones since a backup is not known after its restore, and stands there anyway."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.clockwork.sweeping import sweep
from bot.delivery.courier import Courier
from domain.safety.phones import choose_discretion
from simulator.memory.users import User
from storage.kinds import Discretion, Visible
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee, Safety
from storage.tables.traces import Trace
from tests.bot.delivering import accompanied, deliver, user, words
from tests.bot.outgoing import REPLY, say
from tests.documents import put
from tests.domain.recovery.restoring import restored_just_now
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator


class Loss:
    """Between a backup and its restore both write, and the database forgets it."""

    def __init__(self, database: Database, courier: Courier, telegram: RunningSimulator) -> None:
        self.database, self.courier, self.telegram = database, courier, telegram

    async def comes(self, *people: User) -> None:
        for person in people:
            await say(self.database, person.id, "before")
        await deliver(self.courier)
        newest = max(self.telegram.from_bot(person)[-1].id for person in people)
        for person in people:
            self.telegram.send_text(person, "theirs, lost")
            await say(self.database, person.id, "lost")
        await deliver(self.courier)
        async with self.database.begin(SERVICE) as session:
            await session.execute(delete(Trace).where(Trace.message_id > newest))


@pytest.fixture
def loss(database: Database, courier: Courier, telegram: RunningSimulator) -> Loss:
    return Loss(database, courier, telegram)


async def test_p4_after_a_restore_a_chat_is_emptied_of_what_came_since_the_backup_too(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    urls: DatabaseUrls,
    loss: Loss,
) -> None:
    """And no other chat is, whose messages have numbers of the same row."""
    person, other = user(telegram), user(telegram)
    async with database.begin(SERVICE) as session:
        await accompanied(session, person.id)
    await loss.comes(person, other)
    await restored_just_now(urls, database)
    async with database.begin(SERVICE) as session:
        await put(session, person.id, {"notice": "hidden", "params": {"hide": True}}, REPLY)
    await deliver(courier)

    assert [said[:16] for said in words(telegram, person)] == ["I have emptied t"]
    assert not [each for each in telegram.messages(person) if each.words == "theirs, lost"]
    assert words(telegram, other) == ["before", "lost"]


async def test_once_telegrams_time_is_over_no_number_is_asked_for_any_more(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    urls: DatabaseUrls,
    clock: Clock,
    loss: Loss,
) -> None:
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        await accompanied(session, person.id)
    await loss.comes(person)
    await restored_just_now(urls, database)
    clock.offset += timedelta(hours=48)
    async with database.begin(SERVICE) as session:
        await put(session, person.id, {"notice": "hidden", "params": {"hide": True}}, REPLY)
    await deliver(courier)
    assert [said[:16] for said in words(telegram, person)] == ["lost", "I have emptied t"]


@pytest.mark.parametrize(
    ("discretion", "visible", "after"),
    [
        (Discretion.OPEN, Visible.NOTHING, None),
        (Discretion.DISCREET, Visible.NOTHING, timedelta(hours=46)),
        (Discretion.WATCHED, Visible.EVERYTHING, timedelta(hours=46)),
        (Discretion.WATCHED, Visible.ORDINARY, timedelta()),
        (Discretion.WATCHED, Visible.NOTHING, timedelta()),
    ],
)
async def test_p4_what_came_since_the_backup_goes_off_a_guarded_phone_by_itself(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    urls: DatabaseUrls,
    clock: Clock,
    loss: Loss,
    discretion: Discretion,
    visible: Visible,
    after: timedelta | None,
) -> None:
    """What nobody remembers was opened on it would else stand there for good."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
    await loss.comes(person)
    await restored_just_now(urls, database)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, returnee.id)
        await choose_discretion(session, returnee, discretion)
        (await session.get_one(Safety, returnee.id)).visible = visible
    shown = []
    for hours in (0, 46):
        clock.offset = timedelta(hours=hours)
        async with database.begin(SERVICE) as session:
            await sweep(session)
        await say(database, person.id, "since")
        await deliver(courier)
        shown.append("lost" in words(telegram, person))
        assert words(telegram, person).count("since") == len(shown)

    assert shown == [after != timedelta(), after is None]
