from gettext import NullTranslations

import pytest

from console.words import texts
from console.words.reasons import reason_in_words, reasons_in_words
from domain.distress import Watch
from domain.distress.lexicon import Rule, Scope
from domain.distress.report import REPORTED
from domain.distress.scopes import QUOTATION
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.safety.silence_plan import SILENCE, UNREACHED
from storage.kinds import Severity
from tests.lexicons import entries

ENGLISH = NullTranslations()
#: By what the watch says that it may be less: these two only undo others.
SCOPES = sorted({*Scope, QUOTATION, REPORTED} - {Scope.PRESENT, Scope.RESOLVED})


@pytest.mark.parametrize("words", texts.EVERY, ids=lambda words: type(next(iter(words))).__name__)
def test_every_member_of_a_kind_has_words(words: dict[object, str]) -> None:
    kind = type(next(iter(words)))
    assert set(words) == set(kind)  # type: ignore[call-overload]  # an enum, which lists itself


def test_every_rule_of_the_watch_is_shown_in_words() -> None:
    codes = {entry.meaning.code for entry in entries() if isinstance(entry.meaning, Rule)}
    assert [code for code in codes if reason_in_words(code, ENGLISH) == code] == []


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_that_the_watch_can_give_has_words_of_its_own(scope: str) -> None:
    others = {reason_in_words(f"scope.{each}", ENGLISH) for each in {*SCOPES, ""} - {scope}}
    words = reason_in_words(f"scope.{scope}", ENGLISH)

    assert words not in others
    assert not words.startswith("scope")


@pytest.mark.parametrize(
    ("text", "scope", "words"),
    [
        ("I do not want to kill myself", "negation", "With a no or a not beside it"),
        ("this traffic makes me want to die", "idiom", "Perhaps only a way of speaking"),
        ("he beat me years ago", "past", "Perhaps about the past"),
        (
            "in that film he is beating me",
            "fiction",
            "Perhaps from a story, a game, a joke or the news",
        ),
        ("i will kill myself lol", "laughter", "With laughter"),
        ("my friend said want to die", "third-person", "Perhaps about somebody else"),
        ("she wrote “i want to die” to them", "quotation", "In quotation marks"),
        (
            "according to the neighbours on the second floor a man with a gun stood at the gate",
            "reported",
            "Perhaps passes on news",
        ),
    ],
)
def test_what_makes_words_mean_less_is_said_as_what_it_is(
    text: str, scope: str, words: str
) -> None:
    reasons = Watch.load().assess(text).reasons

    assert f"scope.{scope}" in reasons
    assert words in reasons_in_words(reasons, ENGLISH)


@pytest.mark.parametrize("words", ["Save me", "أنقذوني", "Send somebody, quietly"])
def test_of_whoever_asks_to_be_saved_it_is_not_said_that_they_want_the_police(words: str) -> None:
    """They may fear them; and who reads it decides whether to call."""
    reasons = reasons_in_words(Watch.load().assess(words).reasons, ENGLISH)

    assert "Calls for rescue or the police" in reasons


def test_a_scope_that_is_new_is_said_by_the_words_of_all() -> None:
    assert reason_in_words("scope.brand-new", ENGLISH) == (
        "Perhaps not about themselves, or not about now"
    )


def test_every_alarming_answer_is_shown_in_words() -> None:
    for question in SAFETY_AND_NEEDS.questions:
        for choice in question.choices:
            if choice.alert is not Severity.NONE:
                code = question.reason(choice)
                assert reason_in_words(code, ENGLISH) != code


def test_reasons_that_read_the_same_are_said_once() -> None:
    codes = ["threat.urgent.contact", "threat.urgent.debt", "fear.concern.afraid"]
    assert reasons_in_words(codes, ENGLISH) == ["Is threatened", "Is afraid"]


def test_what_lowers_several_reasons_is_said_behind_each_that_nothing_says_in_full() -> None:
    past = "scope.past"
    codes = ["threat.urgent.debt", past, "captivity.locked-in", past, "fear.afraid", past]
    assert reasons_in_words([*codes, "threat.urgent.contact"], ENGLISH) == [
        "Is held or locked in",
        "Perhaps about the past",
        "Is afraid",
        "Perhaps about the past",
        "Is threatened",
    ]


def test_who_is_silent_or_out_of_reach_is_not_said_to_have_given_a_worrying_answer() -> None:
    assert reasons_in_words([SILENCE, UNREACHED], ENGLISH) == [
        "Has not answered a check-in",
        "A check-in can't reach them",
    ]
