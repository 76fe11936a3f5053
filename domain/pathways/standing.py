"""How a step stands, in the words that staff think in."""

from datetime import datetime
from enum import StrEnum

from domain.pathways.planning import Change, Line, planned_for
from storage.kinds import TO_COME, CheckInState
from storage.tables.pathways import Task


class Standing(StrEnum):
    #: The day that it is reckoned from is not written down.
    DAY_MISSING = "day-missing"
    #: Its time was over before they were on the pathway.
    NEVER_PLANNED = "never-planned"
    TO_COME = "to-come"
    #: Its time has come, and something holds it: of check-ins and of what they are told only who
    #: agreed waits so.
    WAITS = "waits"
    OVERDUE = "overdue"
    DONE = "done"
    ANSWERED = "answered"
    NOT_DONE = "not-done"
    FAILED_BY_US = "failed-by-us"
    #: Its day is past. Staff are not told whether the person was asked.
    OVER = "over"


_STATES = {
    CheckInState.SENDING: Standing.DONE,
    CheckInState.SENT: Standing.DONE,
    CheckInState.STARTED: Standing.DONE,
    CheckInState.SILENT: Standing.DONE,
    CheckInState.MISSED: Standing.DONE,
    CheckInState.ANSWERED: Standing.ANSWERED,
    CheckInState.FAILED: Standing.FAILED_BY_US,
    CheckInState.MISSED_BY_US: Standing.FAILED_BY_US,
}


def standing(line: Line, now: datetime, *, tells: bool) -> Standing:
    """`tells`: to somebody who may know what the person agreed to, and so why nothing was asked."""
    row = line.row
    if row is None:
        if line.change is Change.UNKNOWN:
            return Standing.DAY_MISSING
        return Standing.NEVER_PLANNED
    if isinstance(row, Task):
        if row.done_at is not None:
            return Standing.DONE
        return Standing.OVERDUE if row.due_at < now else Standing.TO_COME
    if row.state in TO_COME and planned_for(row) > now:
        return Standing.TO_COME
    if not tells:
        return Standing.OVER
    return Standing.WAITS if row.state in TO_COME else _STATES.get(row.state, Standing.NOT_DONE)
