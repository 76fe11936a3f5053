"""Passwords: long, not a common one, and kept as argon2id."""

import asyncio
import re
from functools import lru_cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from domain.errors import Refused

SHORTEST = 12
# Far beyond any passphrase; a limit keeps hashing cheap.
LONGEST = 256
_FEWEST_CHARACTERS = 6
_LETTERS = re.compile(r"[^\W\d_]+")
_hasher = PasswordHasher()
# Checked for accounts that don't exist or have no password, so that those take as long.
_NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$oyuwnEGwESd6zyo4NcQKfw$Qq5DL0+w3n3PV2kovCbLjfkZATXKUYSYKP3a7QdXBVs"
)


def ensure_good(password: str, sign_in_code: str) -> None:
    """Raises Refused with what to change."""
    if len(password) < SHORTEST:
        raise Refused(
            "Use at least {least} characters: four or five words in a row do well.", least=SHORTEST
        )
    if len(password) > LONGEST:
        raise Refused("Use at most {most} characters.", most=LONGEST)
    if sign_in_code in password.casefold():
        raise Refused("Leave your sign-in code out of your password.")
    if _is_common(password.casefold()):
        raise Refused("Too many people use that one: take four or five words that don't belong.")


async def hash_of(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Takes as long for an account without a password, which nothing matches."""
    found = await asyncio.to_thread(_matches, password_hash or _NOBODYS, password)
    return found and password_hash is not None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def _is_common(password: str) -> bool:
    """Few different characters, or nothing but common words with digits and signs between."""
    if len(set(password)) < _FEWEST_CHARACTERS:
        return True
    return all(_undoubled(word) in _common_words() for word in _LETTERS.findall(password))


def _undoubled(word: str) -> str:
    """ "passwordpassword" says no more than "password"."""
    half = word[: len(word) // 2]
    return half if half * 2 == word else word


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    """What lists of leaked passwords are made of."""
    text = resources.files("domain.staff").joinpath("common_words.txt").read_text("utf-8")
    return frozenset(text.split())
