"""The same handlers behind the whole engine, on a phone of the simulator."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.settings import Settings
from bot.web import listen
from domain.invites import issue_invites
from simulator.messages import Message
from simulator.users import User
from storage.organisations import Organisation
from storage.sessions import SERVICE, Database
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator, running_simulator


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
async def telegram() -> AsyncIterator[RunningSimulator]:
    async with running_simulator() as running:
        yield running


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
    await phone.reads("What do you need?")
    assert len(telegram.from_bot(phone.owner)) == 1
    phone.writes("/hide")
    await phone.reads("I have emptied this chat")

    await telegram.wait_for(lambda: len(telegram.messages(phone.owner)) == 1)


@pytest.mark.usefixtures("engine")
async def test_p4_on_a_watched_phone_only_a_tap_shows_that_help_was_asked_for(
    telegram: RunningSimulator, database: Database, organisation: Organisation
) -> None:
    phone = await enrolled(telegram, database, organisation, "Somebody who must not know")
    await phone.presses("A few settings", "Go on")
    phone.writes("/help")
    await phone.presses("something new to see", "See")
    await phone.reads("nobody is on duty")
    await phone.presses("nobody is on duty", "Close")

    await telegram.wait_for(
        lambda: not [m for m in telegram.from_bot(phone.owner) if "duty" in m.words]
    )
