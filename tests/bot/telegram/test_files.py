"""What people sent besides words comes straight from Telegram, or it is said why not."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot

from bot.telegram.connection import connect
from bot.telegram.files import Files
from console.settings import NotToBeHad
from domain.errors import Refused
from simulator.memory.files import StoredFile, new_file
from simulator.methods.downloads import LARGEST
from tests.bot.replicas import until_so
from tests.simulator_server import RunningSimulator


@pytest.fixture
async def bot(telegram: RunningSimulator) -> AsyncIterator[Bot]:
    bot = connect(telegram.token, telegram.url)
    yield bot
    await bot.session.close()


def kept(telegram: RunningSimulator, data: bytes = b"OggS") -> StoredFile:
    return telegram.simulator.world.add_file(new_file("voice", data))


def make_away_with(file: StoredFile) -> None:
    file.path = "voice/file#that is found under another address"


async def test_a_recording_comes_as_it_was_sent(telegram: RunningSimulator, bot: Bot) -> None:
    assert await Files(bot).fetch(kept(telegram).id) == b"OggS"


async def test_a_film_that_is_asked_for_in_parts_comes_from_telegram_once(
    telegram: RunningSimulator, bot: Bot
) -> None:
    """Each place that a reader jumps to would bring all of it again."""
    film, files = kept(telegram), Files(bot)
    await files.fetch(film.id)
    make_away_with(film)

    assert await files.fetch(film.id) == b"OggS"


async def test_no_more_than_the_newest_are_at_hand(telegram: RunningSimulator, bot: Bot) -> None:
    first, files = kept(telegram), Files(bot)
    await files.fetch(first.id)
    for _ in range(3):
        await files.fetch(kept(telegram).id)
    make_away_with(first)

    with pytest.raises(Refused):
        await files.fetch(first.id)


async def test_what_nobody_asks_for_any_more_is_at_hand_no_longer(
    telegram: RunningSimulator, bot: Bot
) -> None:
    files = Files(bot, seconds=0)
    await files.fetch(kept(telegram).id)
    await until_so(lambda: not files._at_hand)


async def test_what_is_too_large_or_gone_is_never_to_be_had(
    telegram: RunningSimulator, bot: Bot
) -> None:
    for file_id in (kept(telegram, bytes(LARGEST + 1)).id, "made up"):
        with pytest.raises(NotToBeHad):
            await Files(bot).fetch(file_id)


async def test_what_does_not_come_just_now_is_refused_in_a_sentence(
    telegram: RunningSimulator, bot: Bot
) -> None:
    lost = kept(telegram)
    make_away_with(lost)
    with pytest.raises(Refused) as refused:
        await Files(bot).fetch(lost.id)
    assert not isinstance(refused.value, NotToBeHad)
