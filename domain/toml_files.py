"""TOML that people wrote by hand."""

import tomllib
from typing import Any

from domain.plain_text import plain_text

# In a line, all languages' texts among them. Names of many parts are looked through once for each.
_MOST_DOTS = 1000


class NotToml(Exception):
    """It says why, and where."""


def read_toml(content: bytes) -> dict[str, Any]:
    """Raises NotToml."""
    try:
        return parsed(plain_text(content))
    except UnicodeDecodeError:
        raise NotToml("it is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from None
    except (RecursionError, ValueError):
        raise NotToml("it is too deep, or a number or a name in it is too long") from None


def parsed(text: str) -> dict[str, Any]:
    """Raises TOMLDecodeError, which says why and where, and RecursionError or ValueError for what
    nobody reads, or nobody soon.
    """
    if any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        raise ValueError("a line has too many parts")
    return tomllib.loads(text)
