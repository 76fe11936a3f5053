"""What people sent besides words comes straight from Telegram, or it is said why not."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot

from bot.telegram.connection import connect
from bot.telegram.files import fetch_file
from console.settings import NotToBeHad
from domain.errors import Refused
from simulator.files import StoredFile, new_file
from simulator.methods.downloads import LARGEST
from tests.simulator_server import RunningSimulator


@pytest.fixture
async def bot(telegram: RunningSimulator) -> AsyncIterator[Bot]:
    bot = connect(telegram.token, telegram.url)
    yield bot
    await bot.session.close()


def kept(telegram: RunningSimulator, data: bytes = b"OggS") -> StoredFile:
    return telegram.simulator.world.add_file(new_file("voice", data))


async def test_a_recording_comes_as_it_was_sent(telegram: RunningSimulator, bot: Bot) -> None:
    assert await fetch_file(bot, kept(telegram).id) == b"OggS"


async def test_what_is_too_large_or_gone_is_never_to_be_had(
    telegram: RunningSimulator, bot: Bot
) -> None:
    for file_id in (kept(telegram, bytes(LARGEST + 1)).id, "made up"):
        with pytest.raises(NotToBeHad):
            await fetch_file(bot, file_id)


async def test_what_does_not_come_just_now_is_refused_in_a_sentence(
    telegram: RunningSimulator, bot: Bot
) -> None:
    lost = kept(telegram)
    lost.path = "voice/file#that is found under another address"
    with pytest.raises(Refused) as refused:
        await fetch_file(bot, lost.id)
    assert not isinstance(refused.value, NotToBeHad)
