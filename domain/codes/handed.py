"""Codes that are handed to somebody once. Only their hashes are kept."""

import re
import secrets

from domain.errors import Refused

# Without i, l, o and u: what is read from paper or down a telephone is not misread.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16
# One that is for a chat says by its first letter for whom it is.
_CODE = rf"[a-z]-[{_LETTERS}]{{{_LENGTH}}}"
_FOR_A_CHAT = re.compile(rf"(?<!\w){_CODE}(?!\w)", re.IGNORECASE)
# As it is on a card, or as the link of an invitation that was copied and not opened.
_LINK = r"(?:(?:https?://)?(?:t|telegram)\.me/\w+\?start=|tg://resolve\?domain=\w+&start=)"
_ALONE = re.compile(rf"\s*{_LINK}?({_CODE})\s*", re.IGNORECASE)


class InviteUnknown(Refused):
    """A code that we never gave out."""


def new_code(prefix: str = "", length: int = _LENGTH) -> str:
    """Five random bits a letter; fit for a Telegram link, for paper and for typing."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


def as_issued(typed: str) -> str:
    """A code the way it was given out, however somebody typed it."""
    return typed.strip().casefold()


def code_alone(words: str) -> str:
    """The code for a chat where somebody wrote it, or a link with it, and nothing else; else ""."""
    found = _ALONE.fullmatch(words)
    return found[1] if found else ""


def without_codes(words: str) -> str:
    """What somebody wrote, less the codes for a chat in it: their letters are drawn by lot."""
    return _FOR_A_CHAT.sub("", words)
