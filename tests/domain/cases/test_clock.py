"""When the tick looks at a case again."""

from datetime import UTC, datetime, timedelta

from domain.cases.clock import next_look
from domain.cases.deadlines import PACES
from domain.cases.states import ALERTS_BEFORE_WIDENING
from storage.kinds import CaseState, Severity
from storage.tables.cases import Case

NOW = datetime(2026, 3, 23, 9, tzinfo=UTC)


def test_p2_a_case_that_went_back_wider_comes_again_at_its_pace_however_far_its_deadline_is() -> (
    None
):
    case = Case(
        state=CaseState.OPEN,
        severity=Severity.CONCERN,
        deadline_at=NOW + timedelta(days=2),
        alerts_sent=ALERTS_BEFORE_WIDENING + 1,
    )

    assert next_look(case, NOW, None, None) == NOW + PACES[Severity.CONCERN].repeat
