"""How far a check-in came, the same for whichever figures it is counted in."""

from enum import StrEnum

from domain.check_ins.postponing import DECLINED
from storage.kinds import CheckInState
from storage.tables.check_ins import CheckIn


class Reach(StrEnum):
    """How far a check-in came."""

    TO_COME = "to-come"
    ASKED = "asked"
    STARTED = "started"
    ANSWERED = "answered"
    #: They skipped it, or wanted no more of them.
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    FAILED_BY_US = "failed-by-us"
    NOT_ASKED = "not-asked"


#: What of a check-in says how far it came: the columns of a query, to be grouped by.
HOW_FAR = (
    CheckIn.state,
    CheckIn.reason.is_not_distinct_from(DECLINED).label("declined"),
    CheckIn.started_at.is_not(None).label("began"),
)
#: Of one that is over.
REACH = {
    CheckInState.PLANNED: Reach.FAILED_BY_US,
    CheckInState.HELD: Reach.FAILED_BY_US,
    CheckInState.SENDING: Reach.FAILED_BY_US,
    CheckInState.SENT: Reach.NO_ANSWER,
    CheckInState.STARTED: Reach.STARTED,
    CheckInState.ANSWERED: Reach.ANSWERED,
    CheckInState.SILENT: Reach.NO_ANSWER,
    CheckInState.MISSED: Reach.NO_ANSWER,
    CheckInState.FAILED: Reach.FAILED_BY_US,
    CheckInState.MISSED_BY_US: Reach.FAILED_BY_US,
    CheckInState.SKIPPED: Reach.NOT_ASKED,
    CheckInState.CANCELLED: Reach.NOT_ASKED,
}
# While it still may be asked, or answered.
_NOT_YET = {
    CheckInState.PLANNED: Reach.TO_COME,
    CheckInState.HELD: Reach.TO_COME,
    CheckInState.SENDING: Reach.TO_COME,
    CheckInState.SENT: Reach.ASKED,
}


def reach(state: CheckInState, *, declined: bool, began: bool) -> Reach:
    """Whoever began has taken part, whatever the check-in was booked as since."""
    if began and state is not CheckInState.ANSWERED:
        return Reach.STARTED
    return Reach.DECLINED if declined else REACH[state]


def reach_by_now(state: CheckInState, *, declined: bool, began: bool) -> Reach:
    """The same, before it is over."""
    return _NOT_YET.get(state) or reach(state, declined=declined, began=began)
