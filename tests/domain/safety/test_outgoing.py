"""What a window says of the phone that it was drawn for, and what follows as it leaves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.safety.outgoing import drawn_for, is_for_another_phone, is_harmless
from storage.kinds import Discretion
from storage.outbox.contents import Window, from_document, to_document
from storage.tables.returnees import Returnee

FROZEN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = Window("")
OPEN, DISCREET, WATCHED = Discretion.OPEN, Discretion.DISCREET, Discretion.WATCHED


def person(discretion: Discretion, *, frozen: bool = False) -> Returnee:
    return Returnee(discretion=discretion, frozen_at=FROZEN_AT if frozen else None)


@pytest.mark.parametrize("phone", [None, *(person(each) for each in Discretion)])
def test_p4_a_window_of_any_other_phone_is_nothing_for_a_frozen_chat(
    phone: Returnee | None,
) -> None:
    assert not is_harmless(drawn_for(WINDOW, phone))


@pytest.mark.parametrize("discretion", list(Discretion))
def test_a_window_of_a_frozen_chat_stays_harmless_whatever_becomes_of_the_phone(
    discretion: Discretion,
) -> None:
    window = drawn_for(WINDOW, person(discretion, frozen=True))
    assert is_harmless(window)
    assert not any(is_for_another_phone(window, person(each)) for each in Discretion)


@pytest.mark.parametrize(
    ("then", "now", "another"),
    [
        (None, person(DISCREET), True),
        (None, person(OPEN), False),
        (None, None, False),
        (person(OPEN), person(WATCHED), True),
        (person(DISCREET), person(OPEN), False),
        (person(DISCREET), person(OPEN, frozen=True), True),
        (person(WATCHED), person(WATCHED), False),
    ],
)
def test_p4_a_window_is_for_another_phone_where_more_might_stand_than_may_now(
    then: Returnee | None, now: Returnee | None, another: bool
) -> None:
    assert is_for_another_phone(drawn_for(WINDOW, then), now) is another


@pytest.mark.parametrize(
    ("of_before", "harmless", "shown_on"),
    [
        ({"frozen": True, "drawn_for": "watched"}, True, {OPEN, DISCREET, WATCHED}),
        ({"frozen": False, "drawn_for": "watched"}, False, {OPEN, DISCREET, WATCHED}),
        ({"frozen": False, "drawn_for": "discreet"}, False, {OPEN, DISCREET}),
        ({"frozen": False, "drawn_for": "open"}, False, {OPEN}),
        ({"frozen": False}, False, {OPEN, DISCREET, WATCHED}),
    ],
)
def test_p9_a_window_that_waits_through_a_deploy_is_judged_as_before(
    of_before: dict[str, Any], harmless: bool, shown_on: set[Discretion]
) -> None:
    """Releases of before say whether the chat was frozen, and the newer ones of them the phone."""
    waits = from_document({"window": {"text": "", "markup": None}, **of_before})
    assert is_harmless(waits) is harmless
    now = {each for each in Discretion if not is_for_another_phone(waits, person(each))}
    assert now == shown_on


@pytest.mark.parametrize("phone", [None, *(person(each, frozen=True) for each in Discretion)])
def test_a_window_says_one_thing_of_the_phone(phone: Returnee | None) -> None:
    said = to_document(drawn_for(WINDOW, phone))
    assert len({"frozen", "drawn_for"} & said.keys()) == 1
