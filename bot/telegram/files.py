"""What people sent besides words, straight from Telegram: it is stored nowhere here."""

import asyncio
from asyncio import TimerHandle
from dataclasses import dataclass, field
from io import BytesIO

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiohttp import ClientError

from console.settings import NotToBeHad
from domain.errors import Refused
from domain.marks import N_

_NOT_NOW = N_("Telegram doesn't hand this recording over just now.")
# Telegram hands over 20 MB of each at the most.
_MOST_AT_HAND = 3


@dataclass(frozen=True, slots=True)
class Files:
    """A browser asks for a film in many parts, and once more for each place that is jumped to: what
    came for one of them is at hand in memory until a minute after the last.
    """

    bot: Bot
    seconds: float = 60.0
    _at_hand: dict[str, tuple[bytes, TimerHandle]] = field(default_factory=dict)

    async def fetch(self, file_id: str) -> bytes:
        """Raises Refused, and NotToBeHad for what is too large or not there any more."""
        content = self._let_go(file_id)
        if content is None:
            content = await self._from_telegram(file_id)
        self._let_go(file_id)
        while len(self._at_hand) >= _MOST_AT_HAND:
            self._let_go(next(iter(self._at_hand)))
        later = asyncio.get_running_loop().call_later(self.seconds, self._let_go, file_id)
        self._at_hand[file_id] = content, later
        return content

    def _let_go(self, file_id: str) -> bytes | None:
        content, later = self._at_hand.pop(file_id, (None, None))
        if later is not None:
            later.cancel()
        return content

    async def _from_telegram(self, file_id: str) -> bytes:
        content = BytesIO()
        try:
            await self.bot.download(file_id, content)
        except TelegramBadRequest:
            raise NotToBeHad(_NOT_NOW) from None
        # Downloading is no call of aiogram's: a status, half a file and the end of patience come as
        # they are, and with the address, in which the token stands.
        except (AiogramError, ClientError, TimeoutError):
            raise Refused(_NOT_NOW) from None
        return content.getvalue()
