from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How soon a human must act: within minutes, an hour, a day, or not at all. Compare by `rank`."""

    NONE = "none"
    CONCERN = "concern"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return tuple(Severity).index(self)

    @property
    def one_step_lower(self) -> Severity:
        return tuple(Severity)[max(self.rank - 1, 0)]
