"""A chat is emptied: at any hour, and called empty only once it is."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.clockwork.sweeping import sweep
from bot.delivery.courier import Courier
from bot.delivery.sending import NOTHING
from domain.notices import Notice, tell, tell_chat
from domain.safety.phones import choose_discretion
from domain.safety.screens import STAYS_OPEN, active, show
from storage.kinds import Discretion, NoticeClass, Visible
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee, Safety
from tests.bot.delivering import accompanied, deliver, user, words
from tests.bot.outgoing import REPLY, say
from tests.clock import MORNING, set_clock
from tests.documents import put
from tests.simulator_server import RunningSimulator


async def test_p11_a_chat_is_called_empty_only_once_it_is(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    await say(database, person.id, "a secret")
    await deliver(courier)
    async with database.begin(SERVICE) as session:
        await put(session, person.id, {"notice": "hidden", "params": {"hide": True}}, REPLY)
    telegram.fail("500", "deleteMessages", count=1)
    await deliver(courier)
    assert words(telegram, person) == ["a secret"]

    async with database.begin(SERVICE) as session:
        await session.execute(text("UPDATE outbox_lane SET open_at = clock_timestamp()"))
    await deliver(courier)
    assert [said[:16] for said in words(telegram, person)] == ["I have emptied t"]


async def test_p4_a_chat_is_emptied_and_what_an_old_message_showed_lately_is_written_over(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """Of several that are to go Telegram takes none away, if one of them is too old."""
    person = user(telegram)
    await say(database, person.id, "old")
    await deliver(courier)
    await telegram.advance(hours=49)
    clock.offset += timedelta(hours=49)
    async with database.begin(SERVICE) as session:
        await sweep(session)
    number = telegram.from_bot(person)[0].id
    await say(database, person.id, "old, and a secret now", edit=number)
    await say(database, person.id, "a secret")
    await deliver(courier)
    assert words(telegram, person) == ["old, and a secret now", "a secret"]
    async with database.begin(SERVICE) as session:
        await put(session, person.id, {"notice": "hidden", "params": {"hide": True}}, REPLY)
    await deliver(courier)

    assert [said[:16] for said in words(telegram, person)] == [NOTHING, "I have emptied t"]


async def test_p1_what_is_too_old_to_be_taken_away_keeps_no_crisis_message_waiting(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """After an outage there may be much of it, each to be written over by itself."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        await accompanied(session, person.id, discretion=Discretion.DISCREET)
    for number in range(25):
        await say(database, person.id, f"old {number}")
    await deliver(courier)
    await telegram.advance(hours=49)
    clock.offset += timedelta(hours=49)
    async with database.begin(SERVICE) as session:
        await sweep(session)
    async with database.begin(SERVICE) as session:
        at_once = Delivery(NoticeClass.REPLY, priority=0)
        await put(session, person.id, {"window": {"text": "help", "markup": None}}, at_once)
    written_over = []
    for _ in range(3):
        await deliver(courier)
        *old, newest = words(telegram, person)
        assert newest == "help"
        written_over.append(old.count(NOTHING))
        clock.offset += timedelta(minutes=1)

    assert written_over == [10, 20, 25]


@pytest.mark.parametrize("notice", [Notice.HIDDEN, Notice.FROZEN, Notice.FORGOTTEN])
async def test_p4_a_chat_is_emptied_also_late_and_at_night_and_then_nothing_is_said_of_it(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    clock: Clock,
    notice: Notice,
) -> None:
    """Whoever wrote /hide hours ago, while we were away, may have put the phone away since."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
        tonight = session.now.astimezone(ZoneInfo("Europe/Tirane")) + timedelta(days=1)
        night = tonight.replace(hour=2, minute=30) - session.now
    clock.offset = night
    await say(database, person.id, "a secret")
    await deliver(courier)
    async with database.begin(SERVICE) as session:
        await tell(session, returnee, notice, {"hide": True})
    clock.offset = night + timedelta(minutes=25)
    await deliver(courier)
    assert words(telegram, person) == []


async def test_a_frozen_chat_has_its_menu_also_late_within_the_hours(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    person = user(telegram)
    set_clock(clock, MORNING)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
        returnee.frozen_at = session.now
        await tell(session, returnee, Notice.FROZEN, {"hide": True})
    clock.offset += timedelta(minutes=25)
    await deliver(courier)
    assert words(telegram, person) == ["Hello. What would you like to see?"]


async def test_p4_a_stranger_whose_hours_nobody_knows_is_told_nothing_late(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """Such as somebody whose wish to be forgotten was granted before Telegram was out of reach."""
    person, later = user(telegram), user(telegram)
    await say(database, person.id, "a secret")
    await deliver(courier)
    async with database.begin(SERVICE) as session:
        in_an_hour = session.now + timedelta(hours=1)
        for chat, due in ((person.id, None), (later.id, in_an_hour)):
            await tell_chat(session, chat, Notice.FORGOTTEN, {"hide": True}, not_before=due)
    clock.offset += timedelta(hours=1, minutes=5)
    await deliver(courier)
    assert words(telegram, person) == []
    assert len(words(telegram, later)) == 1


@pytest.mark.parametrize(
    ("visible", "stays"),
    [
        (Visible.NOTHING, []),
        (Visible.ORDINARY, ["Reminders are off."]),
        (Visible.EVERYTHING, ["a secret", "Reminders are off."]),
    ],
)
async def test_p4_what_stood_there_before_others_must_not_know_goes_though_nobody_presses_more(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    clock: Clock,
    visible: Visible,
    stays: list[str],
) -> None:
    """That press may be their last before they hand the phone over."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
    await say(database, person.id, "a secret")
    await deliver(courier)
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, returnee.id)
        await choose_discretion(session, known, Discretion.WATCHED)
        (await session.get_one(Safety, returnee.id)).visible = visible
        await tell(session, known, Notice.STOPPED)
    await deliver(courier)
    assert words(telegram, person) == ["a secret", "Reminders are off."]

    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await deliver(courier)
    assert words(telegram, person) == stays


async def test_p4_what_was_on_its_way_as_others_must_not_know_goes_too(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """It left for a phone that nobody watched, and comes after the press that says otherwise."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
        (await session.get_one(Safety, returnee.id)).visible = Visible.ORDINARY
    await say(database, person.id, "a secret")
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, returnee.id)
        await choose_discretion(session, known, Discretion.WATCHED)
        await tell(session, known, Notice.STOPPED)
        await session.flush()
        # The press is not over yet: what leaves now can't know of it.
        await deliver(courier)
        assert words(telegram, person) == ["a secret"]
    await deliver(courier)
    assert words(telegram, person) == ["a secret", "Reminders are off."]

    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await deliver(courier)
    assert words(telegram, person) == ["Reminders are off."]


async def test_p4_a_chat_of_which_nobody_must_know_for_a_moment_only_stays_as_it_is(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """A slip of the finger, taken back."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
    await say(database, person.id, "a secret")
    await deliver(courier)
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, returnee.id)
        for discretion in (Discretion.WATCHED, Discretion.OPEN):
            await choose_discretion(session, known, discretion)
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await deliver(courier)
    assert words(telegram, person) == ["a secret"]


async def test_p4_what_came_late_to_a_watched_phone_is_cleared_away_with_the_rest(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """Telegram took nothing for that chat until the screen was to be cleared."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id, discretion=Discretion.WATCHED)
        await active(session, returnee)
        await tell(session, returnee, Notice.STOPPED)
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await deliver(courier)
    assert len(words(telegram, person)) == 1

    clock.offset += timedelta(minutes=1)
    await deliver(courier)
    assert words(telegram, person) == []


async def test_p4_a_watched_screen_is_cleared_though_something_waits_that_nobody_can_word(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """As while a newer release beside this one knows more: it is looked at as often as the screen
    would be, for an hour.
    """
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id, discretion=Discretion.WATCHED)
        await active(session, returnee)
        await tell(session, returnee, Notice.STOPPED)
        await put(session, person.id, {"notice": "of a newer release", "params": {}}, REPLY)
    await deliver(courier)
    assert len(words(telegram, person)) == 1
    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await deliver(courier)
    assert words(telegram, person) == []


async def test_p4_what_is_to_be_covered_keeps_no_watched_screen_from_being_cleared(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """Both are due at the same moment, and the cover was put on its way later."""
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id, discretion=Discretion.WATCHED)
        await active(session, returnee)
        await show(session, returnee, Notice.STOPPED, {}, edit=None)
    await deliver(courier)
    assert len(words(telegram, person)) == 1

    clock.offset += STAYS_OPEN + timedelta(seconds=1)
    await deliver(courier)
    assert words(telegram, person) == []
