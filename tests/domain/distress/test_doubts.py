"""Lines that harmless people's words contain as well."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.records import Records
from domain.distress import Severity, Watch
from domain.distress.concepts import Concepts
from domain.distress.doubts import Doubts, name_of
from domain.distress.index import indexes_of
from domain.distress.lexicon import Entry, Rule, load_entries
from domain.distress.likeness import Like, Likeness, Meanings
from domain.distress.own import Own, own_entry
from domain.distress.phrases import parse_phrase
from domain.distress.reading import Reading, read
from domain.distress.text import words_of
from domain.distress.topics import Topics
from domain.distress.views import VIEWS


def line(words: str) -> Entry:
    rule = Rule("violence", "now", Severity.EMERGENCY)
    return Entry("en", "as-written", rule, parse_phrase(words, VIEWS["as-written"]), words)


BEATS = line("beats me")


def doubts(heard: str) -> Doubts:
    """By messages of these severities' first letters in which it was heard."""
    message = read(words_of(BEATS.line), indexes_of([BEATS]), Concepts([]))
    return Doubts(dict(Records((label, message) for label in heard).doubtful([BEATS])))


@pytest.mark.parametrize(
    ("heard", "most"),
    [
        ("", Severity.EMERGENCY),
        ("E" * 30 + "U", Severity.EMERGENCY),
        ("E" * 20 + "C" * 5, Severity.CONCERN),
        ("E" * 20 + "N" * 20, Severity.NONE),
        ("N", Severity.NONE),
    ],
)
def test_a_line_that_harmless_people_use_too_is_less_of_an_alarm_alone(
    heard: str, most: Severity
) -> None:
    assert doubts(heard).gravest_alone(BEATS) is most


class Likely(Likeness):
    """Whatever has one of these words is like distress, and nothing else."""

    def __init__(self, *words: str) -> None:
        super().__init__([], Meanings(Topics([]), Concepts([])))
        self._distress = {*words}

    def of(self, reading: Reading) -> Like:
        like = 3.0 if self._distress & {*reading.message.words} else -3.0
        return Like(like, -3.0, -3.0)


def judged(text: str, *like_distress: str) -> Severity:
    return Watch([BEATS], doubts("N"), Likely(*like_distress)).assess(text).severity


def test_p1_a_doubtful_line_is_what_it_says_where_it_stands_alone_or_likeness_agrees() -> None:
    assert judged("he beats me") is Severity.EMERGENCY
    assert judged("he beats me at chess every single time") is Severity.NONE
    assert judged("he beats me with a belt every single time", "belt") is Severity.EMERGENCY


@given(st.text())
def test_p1_no_other_sentence_takes_back_what_likeness_agreed_to(more: str) -> None:
    cry = "he beats me with a belt every single time"
    assert judged(f"{more}. {cry}", "belt") is Severity.EMERGENCY
    assert judged(f"{cry}. {more}", "belt") is Severity.EMERGENCY


def test_p1_no_flood_of_doubts_hides_a_cry() -> None:
    """Each costs a look, so after some they are believed."""
    chess, cry = "he beats me at chess every single time. ", "he beats me with a belt every night"
    assert judged(chess * 5) is Severity.NONE
    assert judged(chess * 500 + cry, "belt") is Severity.EMERGENCY


@pytest.mark.parametrize(
    "text", ["I would like to talk to a person please", "call the police for me", "I am 15 and I am alone"]
)
def test_p1_who_asks_for_a_human_or_the_police_or_is_a_child_is_never_in_doubt(
    watch: Watch, text: str
) -> None:
    doubts, lines = Doubts.load(), watch.lines_in(text)
    assert lines
    assert {doubts.gravest_alone(each) for each in lines} == {Severity.EMERGENCY}


def test_p1_what_an_organisation_listens_for_is_never_in_doubt(watch: Watch) -> None:
    own = own_entry(uuid4(), "en", "captivity", Severity.EMERGENCY, "the blue lantern")
    assert own is not None
    judged = watch.assess("she lit the blue lantern", own=Own(1, [own]))
    assert judged.severity is Severity.EMERGENCY


def test_a_doubtful_line_is_one_that_stands_in_a_lexicon() -> None:
    """Or else: python -m benchmarks.training"""
    names = {name_of(entry) for entry in load_entries()}
    assert Doubts.load().names <= names
