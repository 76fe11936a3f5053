"""Speaking to channels as the replica does, and no longer than there is anything to say."""

import asyncio

from bot.channels.caller import Caller


async def call_some(caller: Caller) -> bool:
    """What is due now, side by side; whether there was anything."""
    dues = await caller.take_some()
    await asyncio.gather(*map(caller.call, dues))
    return bool(dues)


async def call_all(caller: Caller) -> None:
    while await call_some(caller):
        pass
