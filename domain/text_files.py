"""Text files as people save them, and the TOML that they write by hand."""

import tomllib
from pathlib import Path
from typing import Any

#: At the beginning of a file, written by Notepad and Excel: how the rest is encoded.
MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}

LARGEST = 1024 * 1024

# tomllib takes time that grows with the square of the dots in a dotted key: a tenth of a second for
# so many. A dot in a text counts as well, but no line of a text has a thousand.
_MOST_LOOKS = 2_000_000


class NotToml(Exception):
    """This text is no TOML: the message says why, and where."""


def plain_text(content: bytes) -> str:
    """In UTF-8, or as its mark says. Raises UnicodeDecodeError."""
    marked = (encoding for mark, encoding in MARKS.items() if content.startswith(mark))
    return content.decode(next(marked, "utf-8"))


def content_of(path: Path) -> bytes:
    """What is in it, cut one byte beyond LARGEST: a path with a slip in it may lead to anything.

    Raises OSError.
    """
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def read_toml(content: bytes) -> dict[str, Any]:
    """Raises NotToml."""
    if len(content) > LARGEST:
        raise NotToml("it is larger than a megabyte")
    try:
        return parsed(plain_text(content))
    except UnicodeDecodeError:
        raise NotToml("it is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from None
    except (RecursionError, ValueError):
        raise NotToml("it is too deep, or a number or a name in it is too long") from None


def parsed(text: str) -> dict[str, Any]:
    """The TOML in a text. Raises TOMLDecodeError, which says why and where; RecursionError where it
    is nested too deep; ValueError for a number that is too long and for names with too many dots.
    """
    if sum(line.count(".") ** 2 for line in text.split("\n")) > _MOST_LOOKS:
        raise ValueError("names have too many parts")
    return tomllib.loads(text)
