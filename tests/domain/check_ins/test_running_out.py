"""What a check-in ends as when its time is over, by what held it until then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.check_ins.sending import run_out
from domain.check_ins.spacing import ANOTHER
from domain.safety.judging import Contact
from storage.kinds import CheckInState
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import Information
from tests.domain.safety.anybody import ANYBODY

NOW = datetime(2040, 3, 14, 12, tzinfo=UTC)
PAUSED = replace(ANYBODY, paused_until=NOW + timedelta(days=9))
FROZEN = replace(ANYBODY, frozen=True)


@pytest.mark.parametrize(
    ("held", "contact", "ends"),
    [
        ("paused", PAUSED, (CheckInState.SKIPPED, "paused")),
        # One wish followed another.
        ("paused", FROZEN, (CheckInState.SKIPPED, "frozen")),
        ("paused", ANYBODY, (CheckInState.MISSED_BY_US, "late")),
        ("window", PAUSED, (CheckInState.MISSED_BY_US, "window")),
        (None, ANYBODY, (CheckInState.MISSED_BY_US, "late")),
    ],
)
def test_p3_what_a_wish_holds_to_the_end_is_skipped_and_all_else_is_missed_by_us(
    held: str | None, contact: Contact, ends: tuple[CheckInState, str]
) -> None:
    row = CheckIn(reason=held, due_at=NOW, expires_at=NOW)
    verdict = run_out(row, contact, NOW)
    assert (verdict.state, verdict.reason) == ends


@pytest.mark.parametrize("held", ["window", ANOTHER])
@pytest.mark.parametrize("row", [CheckIn, Information])
def test_p3_what_could_have_gone_after_the_hour_that_it_waited_for_was_late_by_us(
    row: type[CheckIn | Information], held: str
) -> None:
    waited = row(reason=held, due_at=NOW - timedelta(minutes=5), expires_at=NOW)
    verdict = run_out(waited, ANYBODY, NOW)
    assert (verdict.state, verdict.reason) == (CheckInState.MISSED_BY_US, "late")
