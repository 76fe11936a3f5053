"""Verdicts for a stream of messages, one line each, whatever stands in a line."""

import json
from math import isfinite
from typing import Any, NoReturn

from domain.distress.watch import Watch


def judge_line(number: int, line: bytes, watch: Watch) -> dict[str, Any]:
    """Its verdict; where it cannot be judged, an `error` and a null `id`.

    A line is a JSON object with `id` and `text`; other fields are let through unread. `lang` is
    not needed: every language is looked for in every message.
    """
    try:
        return _judge(line, watch)
    except (ValueError, TypeError) as error:
        return {"id": None, "error": f"Line {number}: {error}"}


def _judge(line: bytes, watch: Watch) -> dict[str, Any]:
    message = _read(line)
    if not isinstance(message, dict):
        raise TypeError('a JSON object with "id" and "text" is expected.')
    if not isinstance(message.get("text"), str):
        raise TypeError('"text" is missing or is not a string.')
    if not _names(message.get("id")):
        raise TypeError('"id" is missing or is neither a string nor a number.')
    verdict = watch.assess(message["text"])
    return {
        "id": message["id"],
        "severity": verdict.severity.value,
        "ask": verdict.ask,
        "reasons": list(verdict.reasons),
    }


def _read(line: bytes) -> Any:
    try:
        # A file from Windows may begin with a mark of its encoding.
        written = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8.") from None
    try:
        return json.loads(written, parse_constant=_no_number)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("this is not JSON.") from None
    except ValueError:
        raise ValueError("a number in it is too long.") from None


def _no_number(written: str) -> NoReturn:
    """NaN and the infinite ones, which Python would read."""
    raise json.JSONDecodeError("no number of JSON", written, 0)


def _names(id_: object) -> bool:
    """In Python true and false are numbers; JSON has no way to write an infinite one back."""
    if isinstance(id_, float):
        return isfinite(id_)
    return isinstance(id_, str | int) and not isinstance(id_, bool)
