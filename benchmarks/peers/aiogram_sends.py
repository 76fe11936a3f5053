"""A bare loop of sends on aiogram, so many side by side.

python -m benchmarks.peers.aiogram_sends URL TOKEN SENDS SIDE_BY_SIDE
"""

import asyncio
import sys
from collections.abc import Iterator

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

_WORDS = "How are you? Is now a good time for a few questions?"


async def send(bot: Bot, chats: Iterator[int]) -> None:
    for chat in chats:
        await bot.send_message(chat, _WORDS)


async def main(url: str, token: str, sends: int, side_by_side: int) -> None:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    chats = iter(range(1, 1 + sends))
    async with asyncio.TaskGroup() as group:
        for _ in range(side_by_side):
            group.create_task(send(bot, chats))
    await bot.session.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
