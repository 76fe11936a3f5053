import json
from collections.abc import Iterable, Iterator
from typing import Any

from domain.distress.watch import Watch


def judge_lines(lines: Iterable[str], watch: Watch) -> Iterator[dict[str, Any]]:
    """One verdict a line, in order. A line that cannot be judged gets an `error` and a null `id`.

    A line is a JSON object with `id` and `text`; other fields are let through unread. `lang` is
    not needed: every language is looked for in every message.
    """
    for number, line in enumerate(lines, start=1):
        try:
            yield _judge(line, watch)
        except (ValueError, TypeError) as error:
            yield {"id": None, "error": f"Line {number}: {error}"}


def _judge(line: str, watch: Watch) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this is not JSON.") from None
    if not isinstance(message, dict):
        raise TypeError('a JSON object with "id" and "text" is expected.')
    if not isinstance(message.get("text"), str):
        raise TypeError('"text" is missing or is not a string.')
    if not isinstance(message.get("id"), str | int):
        raise TypeError('"id" is missing or is neither a string nor a number.')
    verdict = watch.assess(message["text"])
    return {
        "id": message["id"],
        "severity": verdict.severity.value,
        "ask": verdict.ask,
        "reasons": list(verdict.reasons),
    }
