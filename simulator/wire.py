"""What travels between a bot and the Bot API: JSON objects, and text counted in UTF-16 units."""

import json
from typing import Any

from starlette.responses import JSONResponse

Json = dict[str, Any]


class EscapedJson(JSONResponse):
    """Everything beyond ASCII is escaped, as by the real Bot API: half of a surrogate pair, which
    is no Unicode, gets through.
    """

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


def units(text: str) -> int:
    """How long Telegram finds this text."""
    return len(text.encode("utf-16-le")) // 2


def cut_units(text: str, length: int) -> str:
    """The longest beginning of the text that has at most `length` units and splits no character."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore")


def present(**fields: object) -> Json:
    """The fields that have a value: the Bot API leaves out what is empty or false."""
    return {name: value for name, value in fields.items() if value not in (None, False, [], {}, "")}
