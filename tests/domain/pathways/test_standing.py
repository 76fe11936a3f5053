"""What staff read of a step, and what of it is the person's own to know."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.pathways.planning import Change, Line, Row
from domain.pathways.standing import Standing, standing
from storage.kinds import TO_COME, CheckInState
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import Information, Task

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE, LATER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


def line(row: Row | None = None, change: Change = Change.SAME) -> Line:
    return Line("month-1/check-in", change, None, None, None, row)


def check_in(state: CheckInState, due_at: datetime = BEFORE) -> CheckIn:
    return CheckIn(state=state, due_at=due_at, planned_for=due_at)


@pytest.mark.parametrize(
    ("change", "stands"),
    [(Change.UNKNOWN, Standing.DAY_MISSING), (Change.TOO_LATE, Standing.NEVER_PLANNED)],
)
def test_of_a_step_without_a_row_it_is_said_why_nothing_is_planned(
    change: Change, stands: Standing
) -> None:
    assert standing(line(change=change), NOW, tells=False) is stands


@pytest.mark.parametrize(
    ("task", "stands"),
    [
        (Task(due_at=BEFORE), Standing.OVERDUE),
        (Task(due_at=NOW), Standing.TO_COME),
        (Task(due_at=BEFORE, done_at=NOW), Standing.DONE),
    ],
)
def test_a_task_is_the_teams_own_and_everybody_reads_how_it_stands(
    task: Task, stands: Standing
) -> None:
    assert standing(line(task), NOW, tells=False) is stands


@pytest.mark.parametrize("state", TO_COME)
@pytest.mark.parametrize("kind", [CheckIn, Information])
def test_what_is_held_beyond_its_time_waits(
    kind: type[CheckIn | Information], state: CheckInState
) -> None:
    held = kind(state=state, planned_for=NOW, due_at=LATER)
    ahead = kind(state=state, planned_for=LATER, due_at=LATER)

    assert standing(line(held), NOW, tells=True) is Standing.WAITS
    assert standing(line(ahead), NOW, tells=True) is Standing.TO_COME


@pytest.mark.parametrize("kind", [CheckIn, Information])
@pytest.mark.parametrize(
    "state", [CheckInState.HELD, CheckInState.PLANNED, CheckInState.SKIPPED, CheckInState.SENT]
)
def test_p5_what_is_held_is_over_like_the_rest_for_whoever_may_not_know_that_they_agreed(
    kind: type[CheckIn | Information], state: CheckInState
) -> None:
    """What was refused is over the minute it is due, and nothing of it waits."""
    come = kind(state=state, planned_for=NOW, due_at=LATER)

    assert standing(line(come), NOW, tells=False) is Standing.OVER


@pytest.mark.parametrize("state", [each for each in CheckInState if each not in TO_COME])
def test_p5_p10_whether_somebody_was_asked_is_told_only_to_whom_it_may_be_told(
    state: CheckInState,
) -> None:
    """Whoever reads that one was skipped could tell that the person said no (P5)."""
    assert standing(line(check_in(state)), NOW, tells=False) is Standing.OVER
    assert standing(line(check_in(state)), NOW, tells=True) is not Standing.OVER


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        (CheckInState.SENT, Standing.DONE),
        (CheckInState.MISSED, Standing.DONE),
        (CheckInState.ANSWERED, Standing.ANSWERED),
        (CheckInState.FAILED, Standing.FAILED_BY_US),
        (CheckInState.MISSED_BY_US, Standing.FAILED_BY_US),
        (CheckInState.SKIPPED, Standing.NOT_DONE),
        (CheckInState.CANCELLED, Standing.NOT_DONE),
    ],
)
def test_p3_our_failure_is_told_from_a_silence_and_from_what_was_not_done(
    state: CheckInState, stands: Standing
) -> None:
    assert standing(line(check_in(state)), NOW, tells=True) is stands
