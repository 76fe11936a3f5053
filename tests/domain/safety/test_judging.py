"""What holds a message back, and what lets it through, one condition after the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.safety.judging import (
    ASKED_FOR,
    LOOK_AGAIN,
    Contact,
    Held,
    Outgoing,
    held,
    waits_for_a_word,
)
from domain.safety.window import UNKNOWN
from storage.kinds import Hold, NoticeClass
from tests.domain.safety.anybody import ANYBODY, TIRANA

NOON = datetime(2026, 11, 23, 12, tzinfo=TIRANA).astimezone(UTC)
NIGHT = datetime(2026, 11, 23, 23, tzinfo=TIRANA).astimezone(UTC)
MORNING_AFTER = datetime(2026, 11, 24, 9, tzinfo=TIRANA).astimezone(UTC)
SECOND = timedelta(seconds=1)

JUST_WROTE = replace(ANYBODY, last_wrote_at=NOON - ASKED_FOR)
WROTE_BEFORE = replace(ANYBODY, last_wrote_at=NOON - ASKED_FOR - SECOND)

REPLY = Outgoing(NoticeClass.REPLY)
HUMAN = Outgoing(NoticeClass.HUMAN)
ROUTINE = Outgoing(NoticeClass.ROUTINE)
STAFF = Outgoing(NoticeClass.STAFF)
FOR_ANY_HOUR = replace(HUMAN, any_hour=True)


def later(reason: Hold) -> Held:
    return Held(NOON + LOOK_AGAIN, reason)


@pytest.mark.parametrize("going", [REPLY, HUMAN, ROUTINE, STAFF])
def test_at_a_safe_hour_everything_goes_to_whom_nothing_speaks_against(going: Outgoing) -> None:
    assert held(going, ANYBODY, NOON) is None


def test_p4_what_was_never_asked_waits_for_the_hour_that_is_safe_and_what_was_asked_does_not() -> (
    None
):
    at_night = Held(MORNING_AFTER, Hold.WINDOW)

    assert [held(each, ANYBODY, NIGHT) for each in (HUMAN, ROUTINE)] == [at_night, at_night]
    assert [held(each, ANYBODY, NIGHT) for each in (REPLY, STAFF)] == [None, None]


@pytest.mark.parametrize("going", [REPLY, HUMAN, ROUTINE, STAFF])
def test_p13_what_names_somebody_waits_until_it_is_sure_who_is_there(going: Outgoing) -> None:
    naming = replace(going, for_confirmed=True)

    assert held(naming, ANYBODY, NOON) == later(Hold.IDENTITY)
    assert held(naming, replace(ANYBODY, confirmed=True), NOON) is None


def test_p4_a_frozen_chat_shows_harmless_replies_alone() -> None:
    frozen = replace(JUST_WROTE, frozen=True, emergency_open=True)

    for going in (REPLY, HUMAN, ROUTINE, FOR_ANY_HOUR, replace(HUMAN, harmless=True)):
        assert held(going, frozen, NOON) == later(Hold.FROZEN)
    assert held(replace(REPLY, harmless=True), frozen, NOON) is None
    assert held(STAFF, frozen, NOON) is None


def test_somebody_who_is_to_be_forgotten_reads_of_their_open_case_alone() -> None:
    leaving = replace(JUST_WROTE, leaving=True)

    assert held(HUMAN, leaving, NOON) == held(ROUTINE, leaving, NOON) == later(Hold.LEAVING)
    assert held(replace(HUMAN, about_case=True), leaving, NOON) is None
    assert held(REPLY, leaving, NOON) is None


def test_where_a_deletion_may_have_been_forced_not_even_that_is_said() -> None:
    hushed = replace(JUST_WROTE, leaving=True, hushed=True, emergency_open=True)

    assert held(replace(FOR_ANY_HOUR, about_case=True), hushed, NOON) == later(Hold.LEAVING)
    assert held(REPLY, hushed, NOON) is None


def test_p4_a_workers_words_count_as_asked_for_a_quarter_of_an_hour_after_the_person_wrote() -> (
    None
):
    pausing = replace(ANYBODY, paused_until=NIGHT, never_first=True)
    just_wrote = replace(pausing, last_wrote_at=NOON - ASKED_FOR)
    wrote_before = replace(pausing, last_wrote_at=NOON - ASKED_FOR - SECOND)

    assert held(HUMAN, just_wrote, NOON) is None
    assert held(HUMAN, wrote_before, NOON) == Held(NIGHT, Hold.PAUSED)
    assert held(ROUTINE, just_wrote, NOON) == Held(NIGHT, Hold.PAUSED)


def test_p4_a_reason_overrules_the_hours_as_long_as_the_emergency_is_open() -> None:
    emergency = replace(ANYBODY, emergency_open=True, never_first=True, paused_until=NIGHT)

    assert held(FOR_ANY_HOUR, emergency, NOON) is None
    assert held(HUMAN, emergency, NOON) == Held(NIGHT, Hold.PAUSED)
    assert held(FOR_ANY_HOUR, replace(emergency, emergency_open=False), NOON) is not None
    assert held(replace(FOR_ANY_HOUR, for_confirmed=True), emergency, NOON) == later(Hold.IDENTITY)


def test_p4_a_pause_holds_to_its_end_and_is_looked_at_every_day() -> None:
    for_ever = datetime(9999, 1, 1, tzinfo=UTC)

    assert held(ROUTINE, replace(ANYBODY, paused_until=NIGHT), NOON) == Held(NIGHT, Hold.PAUSED)
    assert held(ROUTINE, replace(ANYBODY, paused_until=NOON), NOON) is None
    tomorrow = Held(NOON + timedelta(days=1), Hold.PAUSED)
    assert held(ROUTINE, replace(ANYBODY, paused_until=for_ever), NOON) == tomorrow


def test_p4_an_open_emergency_holds_whatever_is_not_about_it() -> None:
    emergency = replace(JUST_WROTE, emergency_open=True)

    assert held(ROUTINE, emergency, NOON) == later(Hold.EMERGENCY)
    assert held(replace(ROUTINE, about_case=True), emergency, NOON) is None
    assert held(HUMAN, emergency, NOON) is None


def test_p4_whoever_wants_nobody_to_write_first_is_written_to_once_they_wrote() -> None:
    assert held(ROUTINE, replace(ANYBODY, never_first=True), NOON) == later(Hold.NEVER_FIRST)
    assert held(ROUTINE, replace(WROTE_BEFORE, never_first=True), NOON) == later(Hold.NEVER_FIRST)
    assert held(ROUTINE, replace(JUST_WROTE, never_first=True), NOON) is None


def test_p1_p4_where_nobody_knows_their_hours_only_what_was_asked_for_goes() -> None:
    unknown = replace(ANYBODY, window=UNKNOWN)

    assert [held(each, unknown, NOON) for each in (HUMAN, ROUTINE)] == [later(Hold.ILLEGIBLE)] * 2
    assert [held(each, unknown, NOON) for each in (REPLY, STAFF)] == [None, None]
    assert held(HUMAN, replace(JUST_WROTE, window=UNKNOWN), NOON) is None


@pytest.mark.parametrize(
    ("contact", "at", "waits"),
    [
        (ANYBODY, NOON, False),
        (ANYBODY, NIGHT, True),
        (replace(ANYBODY, never_first=True), NOON, True),
        (replace(JUST_WROTE, never_first=True), NOON, False),
        (replace(ANYBODY, paused_until=NIGHT), NOON, True),
        # Writing brings nothing there.
        (replace(ANYBODY, never_first=True, frozen=True), NOON, False),
        (replace(ANYBODY, never_first=True, leaving=True, hushed=True), NOON, False),
    ],
)
def test_p11_an_answer_waits_for_a_word_where_the_word_would_let_it_go(
    contact: Contact, at: datetime, waits: bool
) -> None:
    assert waits_for_a_word(contact, at) is waits
