"""What of a directory's files could not be taken in, and where it stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was left out and why. Rows count as a spreadsheet shows them, so the first after
    the header is 2; in JSON the first service is 1. Without a row the whole file is meant,
    without a column the whole row.
    """

    file: str
    row: int | None
    column: str | None
    reason: str
