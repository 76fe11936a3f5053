"""The words of a rich message: it holds blocks within blocks, and text within text."""

from collections.abc import Iterator

from aiogram.types import RichBlockCaption, TelegramObject

# Under these names text stands, and text within text.
_WORDS = {"text", "summary", "credit", "expression", "alternative_text", "button"}


def lines_of(held: object) -> Iterator[str]:
    """Each piece of text in it, whatever block it stands in."""
    if isinstance(held, list):
        for each in held:
            yield from lines_of(each)
    elif isinstance(held, TelegramObject):
        for name, value in held:
            # A table has text there, a picture has a block.
            is_text = name == "caption" and not isinstance(value, RichBlockCaption)
            if is_text or name in _WORDS:
                yield _line(value)
            else:
                yield from lines_of(value)


def holds_file(held: object) -> bool:
    """Whether there is a picture, a sound or the like somewhere in it."""
    if isinstance(held, list):
        return any(map(holds_file, held))
    if isinstance(held, TelegramObject):
        return hasattr(held, "file_id") or any(holds_file(value) for _, value in held)
    return False


def _line(text: object) -> str:
    # What is half bold is still one word.
    if isinstance(text, list):
        return "".join(map(_line, text))
    if isinstance(text, TelegramObject):
        return "".join(_line(value) for name, value in text if name in _WORDS)
    return text if isinstance(text, str) else ""
