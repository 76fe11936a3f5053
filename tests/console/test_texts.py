from gettext import NullTranslations

import pytest

from console import texts
from console.reasons import reason_in_words, reasons_in_words
from domain.distress.lexicon import Rule, load_entries
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.silence_plan import SILENCE, UNREACHED
from storage.kinds import Severity

ENGLISH = NullTranslations()


@pytest.mark.parametrize("words", texts.EVERY, ids=lambda words: type(next(iter(words))).__name__)
def test_every_member_of_a_kind_has_words(words: dict[object, str]) -> None:
    kind = type(next(iter(words)))
    assert set(words) == set(kind)  # type: ignore[call-overload]  # an enum, which lists itself


def test_every_rule_of_the_watch_is_shown_in_words() -> None:
    codes = {entry.meaning.code for entry in load_entries() if isinstance(entry.meaning, Rule)}
    assert [code for code in codes if reason_in_words(code, ENGLISH) == code] == []


def test_every_alarming_answer_is_shown_in_words() -> None:
    for question in SAFETY_AND_NEEDS.questions:
        for choice in question.choices:
            if choice.alert is not Severity.NONE:
                code = question.reason(choice)
                assert reason_in_words(code, ENGLISH) != code


def test_reasons_that_read_the_same_are_said_once() -> None:
    codes = ["threat.urgent.contact", "threat.urgent.debt", "fear.concern.afraid"]
    assert reasons_in_words(codes, ENGLISH) == ["Is threatened", "Is afraid"]


def test_who_is_silent_or_out_of_reach_is_not_said_to_have_given_a_worrying_answer() -> None:
    assert reasons_in_words([SILENCE, UNREACHED], ENGLISH) == [
        "Has not answered a check-in",
        "A check-in can't reach them",
    ]
