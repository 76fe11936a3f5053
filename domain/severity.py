from enum import StrEnum
from typing import Self


class Severity(StrEnum):
    """How soon a human must act: within minutes, an hour, a day, or never. Compare by `rank`."""

    NONE = "none"
    CONCERN = "concern"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return tuple(type(self)).index(self)

    @property
    def one_step_lower(self) -> Self:
        return tuple(type(self))[max(self.rank - 1, 0)]
