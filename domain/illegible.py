"""What no key opens any more, as after a restore: it keeps nobody from what stands beside it."""

from collections.abc import Awaitable
from typing import Final, TypeVar

from storage.keys.keyring import SealError

#: Stands in the place of a name, or of a reason.
ILLEGIBLE: Final = "?"

_Words = TypeVar("_Words")


async def if_legible(words: Awaitable[_Words]) -> _Words | None:
    """None where no key opens them."""
    try:
        return await words
    except SealError:
        return None
