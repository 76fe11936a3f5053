"""Alarms by every address that the operator named: mail, SMS gateways, Matrix and many more.

They say which address is not well and why, in our own words: nothing about anybody (P8).
"""

import asyncio
from collections.abc import Sequence
from typing import Self

import structlog
from apprise import Apprise, AppriseAsset

from bot.settings import SettingsError

log = structlog.get_logger()

_PATIENCE = 30.0


class Alarms:
    def __init__(self, channels: Sequence[Apprise]) -> None:
        self._channels = channels

    @classmethod
    def at(cls, addresses: str) -> Self:
        """Apprise addresses, apart by commas or spaces.

        Raises SettingsError, which never shows them: they hold passwords.
        """
        everything = Apprise(asset=AppriseAsset(app_id="Wayhome", app_desc="Wayhome", app_url=""))
        if not everything.add(addresses) or not len(everything):
            raise SettingsError(
                "WAYHOME_GUARD_ALARMS holds an address that Apprise does not know:"
                " they look like mailto://user:password@example.org or json://example.org/path."
            )
        return cls([Apprise(channel) for channel in everything])

    async def sound(self, title: str, words: str) -> list[bool]:
        """Which of the addresses took it: each is told, whatever becomes of the others."""
        arrived = await asyncio.gather(
            *(_send(channel, title, words) for channel in self._channels)
        )
        for number, heard in enumerate(arrived, 1):
            if not heard:
                log.error("an alarm did not get through", action="guard.unsent", number=number)
        return arrived


async def _send(channel: Apprise, title: str, words: str) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            return bool(await channel.async_notify(title=title, body=words))
    # A guard that falls over an odd channel guards nobody.
    except Exception:
        return False
