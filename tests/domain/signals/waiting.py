"""How long a case has waited."""

from collections.abc import Sequence

from storage.tables.cases import Case


def clocks(case: Case) -> Sequence[object]:
    return (
        case.severity,
        case.state,
        case.claimed_by,
        case.deadline_at,
        case.claim_deadline_at,
        case.next_alert_at,
        case.alerts_sent,
        case.first_action_at,
        case.resolved_at,
    )
