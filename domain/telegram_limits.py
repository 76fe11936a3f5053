"""How long Telegram lets a message be, and what its apps show of a button.

They write a label in one line, and cut off what has no room there.
"""

from unicodedata import category

# Of letters: as many as a button all across a phone shows that is 320 points wide.
_ROOM = 32
# A picture takes the room of two letters; what is put upon another sign, or is no sign, takes none.
_PICTURES = {"So"}
_NO_ROOM = {"Mn", "Me", "Cf"}
#: Stands before a choice that is not ticked, where several can be.
BOX = "⬜"


def units(text: str) -> int:
    """Its length as Telegram counts, in halves of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def is_short(label: str, beside: int = 1) -> bool:
    """Whether all of it is seen where so many buttons share the row."""
    return _width(label) <= _ROOM // beside


def is_whole(choice: str) -> bool:
    """Whether a button shows all of a choice, also where it can be ticked."""
    return is_short(f"{BOX} {choice}")


def cut(label: str) -> str:
    """What is seen of it, since Telegram takes no keyboard above some ten thousand bytes."""
    return label if is_short(label) else f"{label[: _ROOM - 1].rstrip()}…"


def _width(label: str) -> int:
    kinds = [category(sign) for sign in label]
    pictures = sum(kind in _PICTURES for kind in kinds)
    return len(kinds) + pictures - sum(kind in _NO_ROOM for kind in kinds)
