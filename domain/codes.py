"""Codes that are handed to somebody once. Only their hashes are kept."""

import secrets

# Without i, l, o and u: what is read from paper or down a telephone is not misread.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16


def new_code(prefix: str = "", length: int = _LENGTH) -> str:
    """Five random bits a letter; fit for a Telegram link, for paper and for typing."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


def as_issued(typed: str) -> str:
    """A code the way it was given out, however somebody typed it."""
    return typed.strip().casefold()
