"""TOML that people wrote by hand."""

import tomllib
from pathlib import Path
from typing import Any

from domain.plain_text import plain_text

LARGEST = 1024 * 1024


class NotToml(Exception):
    """It says why, and where."""


def content_of(path: Path) -> bytes:
    """Of one with a slip in its name, which may be anything, no more than shows that it is none.

    Raises OSError.
    """
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def read_toml(content: bytes) -> dict[str, Any]:
    """Raises NotToml."""
    if len(content) > LARGEST:
        raise NotToml("it is larger than a megabyte")
    try:
        return tomllib.loads(plain_text(content))
    except UnicodeDecodeError:
        raise NotToml("it is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from None
    except (RecursionError, ValueError):
        raise NotToml("it is too deep, or a number in it is too long") from None
