"""What an error may say: to an operator one sentence, to a log never its words, which may be
somebody's, or a token (P8).
"""

from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType

from storage.sqlstates import sqlstate_of

_OURS = frozenset(
    {"bot", "console", "dialogs", "domain", "handlers", "locales", "migrations", "storage"}
)


class CannotOpen(Exception):
    """One sentence that says what stands in the way."""


def code_of(error: BaseException) -> str:
    """For a log or a row: the kind of error, the database's SQLSTATE where it has one, where it
    arose and where in our own code, and nothing that it says.

    Of a group it is the first one's.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    state = sqlstate_of(error)
    kind = f"{type(error).__name__} {state}" if state else type(error).__name__
    places = [*_places(error.__traceback__)]
    if not places:
        return kind
    ours = [each for each in places if _is_ours(each[0])]
    arose = places[-1]
    at = f"{kind} at {_named(*arose)}"
    return at if not ours or ours[-1] == arose else f"{at} from {_named(*ours[-1])}"


def _places(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS


def _named(frame: FrameType, line: int) -> str:
    file = Path(frame.f_code.co_filename)
    return f"{file.parent.name}/{file.name}:{line}"
