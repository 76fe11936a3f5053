"""What an error may say: to an operator one sentence, to a log never its words, which may be
somebody's, or a token (P8).
"""

from pathlib import Path


class CannotOpen(Exception):
    """One sentence that says what stands in the way."""


def code_of(error: BaseException) -> str:
    """For a log or a row: the kind of error and where it arose, and nothing that it says.

    Of a group it is the first one's.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    file = Path(place.tb_frame.f_code.co_filename)
    return f"{type(error).__name__} at {file.parent.name}/{file.name}:{place.tb_lineno}"
