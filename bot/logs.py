"""Logs: one JSON object a line, keyed by action. Codes and counts, never words or ids (P8).

All actions are listed in docs/operations.md.
"""

import logging
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import structlog
from prometheus_client import Counter
from structlog.typing import EventDict, Processor, WrappedLogger

log = structlog.get_logger()


def log_to(place: Path | None, lines: Counter | None = None) -> None:
    """Into a file, or to stderr; `lines` counts them by action."""
    stream = _for_the_owner_only(place) if place else sys.stderr
    structlog.configure(
        processors=[
            *([_counting(lines)] if lines else []),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.EventRenamer("message"),
            _plain,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda: _Lines(stream),
    )
    # Libraries may put a token, a parameter or a person's words into a line of theirs.
    logging.disable(logging.CRITICAL)
    warnings.showwarning = _by_its_kind


class _Lines(structlog.WriteLogger):
    """A disk that is full, or nobody who reads, costs the line, not the work that it tells of."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    info = warning = error = critical = msg


def _by_its_kind(message: Warning | str, *_: Any, **__: Any) -> None:
    """Of a warning, which may show all that it is about."""
    log.warning("a library warned", action="library.warned", error=type(message).__name__)


def _plain(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Of a thing that is no text or number only its kind: an exception's or a row's own account of
    itself may hold a person's words.
    """
    return {fact: _plainly(value) for fact, value in event.items()}


def _plainly(value: object) -> object:
    if isinstance(value, dict):
        return {str(_plainly(key)): _plainly(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plainly(inner) for inner in value]
    is_plain = value is None or isinstance(value, str | int | float)
    return value if is_plain else type(value).__name__


def _counting(lines: Counter) -> Processor:
    def count(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        lines.labels(event["action"]).inc()
        return event

    return count


def _for_the_owner_only(place: Path) -> TextIO:
    place.touch(mode=0o600)
    return place.open("a", encoding="utf-8")
