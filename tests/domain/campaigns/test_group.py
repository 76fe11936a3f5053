"""For whom a check-in is, and why somebody does not get it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.campaigns.facts import Facts
from domain.campaigns.group import Group, exclusion, out_of_reach
from domain.check_ins.eligibility import Exclusion

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, LATER, SECOND = NOW.date(), NOW + timedelta(days=1), timedelta(seconds=1)
AMAL = Facts(
    country="MA",
    language="ary",
    time_zone="Africa/Casablanca",
    child=False,
    protected=False,
    invited=True,
    consents=True,
    frozen=False,
    blocked=False,
    paused_until=None,
    arrived_on=date(2026, 11, 1),
    stage="care-and-tact/month-1",
    region="MA/Rabat",
)
HERS: dict[str, set[str]] = {
    "countries": {"MA"},
    "languages": {"ary"},
    "since": {"month"},
    "stages": {"care-and-tact/month-1"},
    "regions": {"MA/Rabat"},
}
OTHERS: dict[str, set[str]] = {
    "countries": {"AL"},
    "languages": {"sq"},
    "since": {"year"},
    "stages": {"care-and-tact/month-3"},
    "regions": {"MA/Fes"},
}


def test_a_group_that_names_nothing_is_everybody() -> None:
    assert Group.of([], []).holds(AMAL, DAY)
    nobody_knows = replace(AMAL, country=None, arrived_on=None, stage=None, region=None)
    assert Group.of([], []).holds(nobody_knows, DAY)


@pytest.mark.parametrize("by", HERS)
def test_whoever_belongs_to_a_group_belongs_by_each_thing_that_it_names(by: str) -> None:
    hers: dict[str, Any] = {"countries": set(), "languages": set()} | HERS
    assert Group.of(**hers).holds(AMAL, DAY)
    assert not Group.of(**hers | {by: OTHERS[by]}).holds(AMAL, DAY)
    assert Group.of(**hers | {by: HERS[by] | OTHERS[by]}).holds(AMAL, DAY)


@pytest.mark.parametrize(
    ("days", "since"),
    [
        (0, "month"),
        (29, "month"),
        (30, "quarter"),
        (90, "quarter"),
        (91, "half-year"),
        (181, "half-year"),
        (182, "year"),
        (364, "year"),
        (365, "later"),
    ],
)
def test_how_long_somebody_has_been_back_is_counted_in_days(days: int, since: str) -> None:
    back = replace(AMAL, arrived_on=DAY - timedelta(days=days))

    spans = ("month", "quarter", "half-year", "year", "later")
    assert [span for span in spans if Group.of([], [], [span]).holds(back, DAY)] == [since]


@pytest.mark.parametrize("arrived_on", [None, DAY + timedelta(days=1)])
def test_who_is_not_back_yet_has_been_back_for_no_time(arrived_on: date | None) -> None:
    still_away = replace(AMAL, arrived_on=arrived_on)

    spans = ("month", "quarter", "half-year", "year", "later")
    assert not Group.of([], [], spans).holds(still_away, DAY)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (AMAL, None),
        (replace(AMAL, invited=False), Exclusion.NO_INVITE),
        (replace(AMAL, child=True), Exclusion.CHILD),
        (replace(AMAL, child=True, protected=True), None),
        (replace(AMAL, consents=False), Exclusion.NO_CONSENT),
        # Whoever invited her must not learn whether she agreed.
        (replace(AMAL, consents=False, own=True), None),
    ],
)
def test_why_somebody_of_the_group_is_not_asked_is_told(
    facts: Facts, why: Exclusion | None
) -> None:
    group = Group.of(["MA"], [])

    assert exclusion(group, facts, day=DAY, expires_at=LATER, goes_at=NOW) is why
    others = Group.of(["AL"], [])
    elsewhere = exclusion(others, facts, day=DAY, expires_at=LATER, goes_at=NOW)
    assert elsewhere is Exclusion.WRONG_GROUP


def test_a_time_that_has_passed_is_the_reason_only_where_nothing_else_is() -> None:
    everybody, refused = Group.of([], []), replace(AMAL, consents=False)

    assert exclusion(everybody, AMAL, day=DAY, expires_at=NOW, goes_at=NOW) is Exclusion.TOO_LATE
    assert exclusion(everybody, AMAL, day=DAY, expires_at=NOW + SECOND, goes_at=NOW) is None
    said_no = exclusion(everybody, refused, day=DAY, expires_at=NOW, goes_at=NOW)
    assert said_no is Exclusion.NO_CONSENT


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (AMAL, None),
        (replace(AMAL, frozen=True, blocked=True, paused_until=LATER), Exclusion.FROZEN),
        (replace(AMAL, blocked=True, paused_until=LATER), Exclusion.BLOCKED),
        (replace(AMAL, paused_until=LATER), Exclusion.PAUSED),
        (replace(AMAL, paused_until=LATER - SECOND), None),
    ],
)
def test_who_can_be_reached_before_it_is_too_late_is_not_out_of_reach(
    facts: Facts, why: Exclusion | None
) -> None:
    assert out_of_reach(facts, LATER) is why
