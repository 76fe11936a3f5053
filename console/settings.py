import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import Refused
from domain.staff.passkeys import Place, origin_of


class NotToBeHad(Refused):
    """Telegram hands a recording over now as little as at any other time."""


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What the console must be told by whoever starts it."""

    #: Where staff open it; passkeys and cookies belong to this address.
    public_url: str
    #: The bot's name on Telegram; None until it is known.
    bot_username: Callable[[], str | None]
    #: Set when the process is about to end, so that live pages let go.
    stopping: asyncio.Event
    #: Brings a recording from Telegram by its file id. Raises Refused where that can't be done
    #: just now, and NotToBeHad.
    fetch_file: Callable[[str], Awaitable[bytes]]
    #: Mails to partners go out.
    mails: bool = False
    #: How many messages a second Telegram takes from us.
    telegram_rate: int = 30

    @property
    def secure(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    @property
    def origin(self) -> str:
        return origin_of(self.public_url)

    @property
    def passkey_place(self) -> Place | None:
        return Place.of(self.public_url)
