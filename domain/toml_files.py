"""TOML that people wrote by hand."""

import tomllib
from typing import Any

from domain.plain_text import plain_text


class NotToml(Exception):
    """It says why, and where."""


def read_toml(content: bytes) -> dict[str, Any]:
    """Raises NotToml."""
    try:
        return tomllib.loads(plain_text(content))
    except UnicodeDecodeError:
        raise NotToml("it is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from None
    except (RecursionError, ValueError):
        raise NotToml("it is too deep, or a number in it is too long") from None
