"""What is said to the watch's process: an `Own` that questions will name by its number, from 0 on,
and questions. Each is answered by a line of JSON: number, severity, asks, reasons, version.
"""

from typing import NamedTuple

LONGEST_ANSWER = 2**20


class Question(NamedTuple):
    number: int
    text: str
    recent: tuple[str, ...]
    own: int | None
