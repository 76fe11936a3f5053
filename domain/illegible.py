"""What no key opens any more, as after a restore: it keeps nobody from what stands beside it."""

from collections.abc import Awaitable
from typing import Final, Protocol, TypeVar

from storage.keys.keyring import SealError

#: Stands in the place of a name, or of a reason.
ILLEGIBLE: Final = "?"

_Words = TypeVar("_Words")


class Opens(Protocol):
    """Somebody's own key, or the service's."""

    def open(self, sealed: bytes, context: str) -> str: ...


def legible(keys: Opens, sealed: bytes, context: str) -> str:
    """ILLEGIBLE where they don't open it."""
    try:
        return keys.open(sealed, context)
    except SealError:
        return ILLEGIBLE


async def if_legible(words: Awaitable[_Words]) -> _Words | None:
    """None where no key opens them."""
    try:
        return await words
    except SealError:
        return None
