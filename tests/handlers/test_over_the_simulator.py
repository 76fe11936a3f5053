"""The same handlers behind the whole engine, on a phone of the simulator."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from bot.app import App
from bot.settings import Settings
from bot.web import listen
from domain.enrolment.invites import issue_invites
from domain.stop_word.choosing import propose, take
from simulator.memory.messages import Message
from simulator.memory.users import User
from storage.inbox.arrivals import take_in
from storage.inbox.failed import set_aside
from storage.kinds import CaseEventKind, Identity, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, CaseEvent
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator


@dataclass
class Held:
    """A phone in somebody's hand."""

    telegram: RunningSimulator
    owner: User

    async def reads(self, words: str) -> Message:
        return await self.telegram.wait_for_text(self.owner, words)

    async def presses(self, on: str, label: str) -> None:
        self.telegram.press_button(self.owner, await self.reads(on), label)

    def writes(self, text: str) -> None:
        self.telegram.send_text(self.owner, text)


@pytest.fixture
async def engine(
    telegram: RunningSimulator, database: Database, urls: DatabaseUrls, tmp_path: Path
) -> AsyncIterator[App]:
    settings = Settings(
        bot_token=SecretStr(telegram.token),
        telegram_api_url=telegram.url,
        database_url=SecretStr(urls.run_url),
        data_dir=tmp_path,
    )
    app = App(settings, database, urls.run_url)
    with listen("127.0.0.1", 0) as listening:
        async with asyncio.TaskGroup() as group:
            group.create_task(app.run(listening))
            yield app
            app.stopping.set()


async def enrolled(
    telegram: RunningSimulator, database: Database, organisation: Organisation, reads: str
) -> Held:
    async with database.begin(SERVICE) as session:
        [invite] = await issue_invites(session, organisation.id)
    phone = Held(telegram, telegram.add_user())
    phone.writes(f"/start {invite.code}")
    await phone.presses("language", "English")
    await phone.presses("Welcome", "Go on")
    await phone.presses("your journey", "I am back")
    await phone.presses("somebody else read", reads)
    return phone


@pytest.mark.usefixtures("engine")
async def test_the_welcome_is_one_message_that_changes_and_hide_empties_the_chat(
    telegram: RunningSimulator, database: Database, organisation: Organisation
) -> None:
    phone = await enrolled(telegram, database, organisation, "Only I read it")
    await phone.presses("In short", "Go on")
    for number in range(1, 5):
        await phone.presses(f"{number}/4", "✅ Yes")
    await phone.presses("When is it safe for you", "By day, 9 to 20")
    await phone.presses("you don't answer", "Write to me once")
    await phone.reads("What do you need?")
    assert len(telegram.from_bot(phone.owner)) == 1
    phone.writes("/hide")
    await phone.reads("I have emptied this chat")

    await telegram.wait_for(lambda: len(telegram.messages(phone.owner)) == 1)


@pytest.mark.usefixtures("engine", "worker")
async def test_p4_on_a_watched_phone_only_the_row_shows_that_help_was_asked_for_and_then_it_goes(
    telegram: RunningSimulator, database: Database, organisation: Organisation, clock: Clock
) -> None:
    phone = await enrolled(telegram, database, organisation, "Somebody who must not know")
    for heading in ("remember them.", "once more, please."):
        await _taps(phone, heading)
    await phone.presses("A few settings", "Go on")
    phone.writes("/help")
    await phone.presses("something new to see", "See")
    await _taps(phone, "do you like?")
    await phone.reads("nobody is on duty")
    await phone.presses("nobody is on duty", "Close")

    await telegram.wait_for(
        lambda: not [m for m in telegram.from_bot(phone.owner) if "duty" in m.words]
    )
    clock.offset += timedelta(minutes=4)
    await telegram.wait_for(lambda: telegram.messages(phone.owner) == [])


@pytest.mark.usefixtures("engine", "worker")
async def test_p4_a_stop_word_empties_both_sides_and_leaves_a_menu_that_says_nothing(
    telegram: RunningSimulator, database: Database, organisation: Organisation
) -> None:
    phone = await enrolled(telegram, database, organisation, "Only I read it")
    async with database.begin(SERVICE) as session:
        person = await session.scalar(select(Returnee))
        assert person is not None
        await take(session, person, await propose(session, person, "purple teapot"), "list")
    phone.writes("/help")
    await phone.reads("nobody is on duty")
    phone.writes("They are at the door")
    phone.writes("Purple  tepot!")
    await phone.reads("What would you like to see?")
    await telegram.wait_for(lambda: len(telegram.messages(phone.owner)) == 1)
    phone.writes("He has gone, I can write now")
    [sentence] = [await phone.reads("There is nothing new in the list.")]

    assert sentence.silent
    assert sentence.protected
    menu = telegram.simulator.world.bot.commands[f"chat:{phone.owner.id}|"]
    assert [each["command"] for each in menu] == ["start", "services", "language"]
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count(Case.id))) == 1


@pytest.mark.usefixtures("engine")
async def test_the_same_update_twice_freezes_once(
    telegram: RunningSimulator, database: Database, organisation: Organisation
) -> None:
    phone = await enrolled(telegram, database, organisation, "Only I read it")
    async with database.begin(SERVICE) as session:
        person = await session.scalar(select(Returnee))
        assert person is not None
        await take(session, person, await propose(session, person, "purple teapot"), "list")
    chat = {"id": phone.owner.id, "type": "private", "first_name": "Amal"}
    sent = {"message_id": 9999, "date": 1, "chat": chat, "text": "purple teapot"}
    twice = {"update_id": 987654321, "message": {**sent, "from": phone.owner.view()}}
    for _ in range(2):
        async with database.begin(SERVICE) as session:
            await take_in(session, [twice])
    await phone.reads("What would you like to see?")
    await telegram.wait_for(lambda: len(telegram.from_bot(phone.owner)) == 1)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count(Case.id))) == 1
        opened = CaseEvent.kind == CaseEventKind.OPENED
        assert await session.scalar(select(func.count(CaseEvent.id)).where(opened)) == 1


@pytest.mark.usefixtures("engine")
async def test_what_the_bot_says_of_itself_says_nothing_about_who_writes_to_it(
    telegram: RunningSimulator,
) -> None:
    texts = telegram.simulator.world.bot.texts
    await telegram.wait_for(lambda: "short_description|pl" in texts)

    assert texts["description|"] == texts["short_description|"]
    assert texts["description|"] == "Places and opening hours near you."
    assert texts["description|uk"] == "Місця та години роботи поруч із вами."
    assert not any(name.startswith("name") for name in texts)


@pytest.mark.usefixtures("engine")
async def test_p1_a_cry_is_heard_in_what_a_file_is_called_and_on_a_contacts_card(
    telegram: RunningSimulator, database: Database, organisation: Organisation
) -> None:
    file = {"file_id": "f", "file_unique_id": "f", "file_name": "He_locked_me_in.jpg"}
    card = {"first_name": "Drita", "phone_number": "+355", "vcard": "NOTE:he locked me in"}
    for sent in ({"document": file}, {"contact": card}):
        stranger = telegram.add_user()
        telegram.simulator.phones.send(stranger.id, sent)
        await Held(telegram, stranger).reads("you may be in danger")

    async with database.begin(SERVICE) as session:
        severities = (await session.scalars(select(Case.severity))).all()
    assert severities == [Severity.EMERGENCY] * 2


@pytest.mark.usefixtures("engine", "worker")
async def test_p1_p12_messages_of_a_number_that_is_larger_than_any_are_heard_and_answered_once(
    telegram: RunningSimulator, database: Database, organisation: Organisation
) -> None:
    phone = Held(telegram, telegram.add_user())
    telegram.simulator.world.last_message_id = 2**31
    first = telegram.send_text(phone.owner, "/help")
    await phone.reads("nobody is on duty")
    phone.writes("He locked me in")
    await phone.reads("you may be in danger")
    telegram.simulator.phones.edit(phone.owner.id, phone.owner.id, first.id, "/help, it is urgent")
    phone.writes("/hide")
    await phone.reads("I have emptied this chat")

    async with database.begin(SERVICE) as session:
        assert await set_aside(session) == []
        [case] = await session.scalars(select(Case))
    assert case.severity is Severity.EMERGENCY
    assert len(telegram.from_bot(phone.owner)) == 3


async def _taps(phone: Held, heading: str) -> None:
    """Four pictures, each on the grid that the one before it led to."""
    for count, picture in enumerate("🌳🐟🍎🌳"):
        await phone.presses(f"{heading}\n{'●' * count}{'○' * (4 - count)}", picture)


@pytest.mark.usefixtures("engine")
async def test_p6_a_copy_comes_as_two_files_and_then_everything_is_deleted(
    telegram: RunningSimulator, database: Database, organisation: Organisation
) -> None:
    phone = await enrolled(telegram, database, organisation, "Only I read it")
    await phone.presses("In short", "Go on")
    async with database.begin(SERVICE) as session:
        returnee = (await session.scalars(select(Returnee))).one()
        returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
    phone.writes("/privacy")
    await phone.presses("What you agreed to", "What is kept about me")
    await phone.presses("Kept about you", "📄 Send me a copy")
    files = await telegram.wait_for(
        lambda: [name for name in _files(telegram, phone) if name.startswith("copy.")][1:] or None
    )
    assert files == ["copy.json"]
    await phone.presses("Kept about you", "◀️ Back")
    await phone.presses("What you agreed to", "🗑 Delete everything about me")
    await phone.presses("Shall I delete", "Yes, delete everything")
    await phone.reads("Everything about you is being deleted")

    await telegram.wait_for(lambda: len(telegram.messages(phone.owner)) == 1)
    async with asyncio.timeout(30):
        while True:
            async with database.begin(SERVICE) as session:
                if not (await session.scalars(select(Returnee))).all():
                    return
            await asyncio.sleep(0.2)


def _files(telegram: RunningSimulator, phone: Held) -> list[str]:
    sent = [message.content.get("document") for message in telegram.from_bot(phone.owner)]
    return [document["file_name"] for document in sent if document]
