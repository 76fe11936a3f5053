"""Lines of the lexicons that messages have borne out, and those that none has."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.records import Records
from domain.distress import Severity, Watch
from domain.distress.concepts import Concepts
from domain.distress.index import indexes_of
from domain.distress.lexicon import Entry, Rule
from domain.distress.likeness import Like, Likeness
from domain.distress.own import Own, own_entry
from domain.distress.phrases import parse_phrase
from domain.distress.proven import Proven, name_of
from domain.distress.reading import Reading, read
from domain.distress.text import words_of
from domain.distress.views import VIEWS
from domain.distress.watch import AGREEING
from tests.lexicons import entries


def line(words: str, category: str = "violence", name: str = "now") -> Entry:
    rule = Rule(category, name, Severity.EMERGENCY)
    return Entry("en", "as-written", rule, parse_phrase(words, VIEWS["as-written"]), words)


BEATS, POLICE = line("beats me"), line("save me", "police-request", "police")


def proven(heard: str, entry: Entry = BEATS) -> Proven:
    """By messages of these severities' first letters in which it was heard."""
    message = read(words_of(entry.line), indexes_of([entry]), Concepts([]))
    return Proven(dict(Records((label, message) for label in heard).proven([entry])))


@pytest.mark.parametrize(
    ("heard", "most"),
    [
        ("", Severity.NONE),
        ("EEEE", Severity.NONE),
        ("EEEUU", Severity.EMERGENCY),
        ("E" * 19 + "N", Severity.EMERGENCY),
        ("E" * 18 + "N", Severity.NONE),
        ("E" * 18 + "C", Severity.CONCERN),
    ],
)
def test_a_line_speaks_for_itself_once_enough_messages_bore_it_out(
    heard: str, most: Severity
) -> None:
    assert proven(heard).gravest(BEATS) is most


@pytest.mark.parametrize(
    ("heard", "most"),
    [
        ("", Severity.EMERGENCY),
        ("NNNN", Severity.EMERGENCY),
        ("EEEUN", Severity.EMERGENCY),
        ("EEENN", Severity.NONE),
    ],
)
def test_p1_who_cries_for_help_is_believed_until_enough_say_it_for_something_else(
    heard: str, most: Severity
) -> None:
    assert proven(heard, POLICE).gravest(POLICE) is most


def test_p1_who_asks_for_a_human_is_believed_whatever_else_it_is_said_for() -> None:
    human = line("call me", "human-request", "human")
    assert proven("EUNNNNNN", human).gravest(human) is Severity.EMERGENCY


class Likely(Likeness):
    """Whatever has one of these words is like distress, and nothing else."""

    def __init__(self, *words: str) -> None:
        self._sentences = None
        self._distress = {*words}

    def of(self, reading: Reading) -> Like:
        like = AGREEING if self._distress & {*reading.message.words} else -3.0
        return Like(like, -3.0, -3.0)


def judged(text: str, *like_distress: str) -> Severity:
    return Watch([BEATS], Concepts([]), proven(""), Likely(*like_distress)).assess(text).severity


def test_p1_an_unproven_line_is_what_it_says_where_it_stands_alone_or_likeness_agrees() -> None:
    assert judged("he beats me") is Severity.EMERGENCY
    assert judged("he beats me at chess every single time") is Severity.NONE
    assert judged("he beats me with a belt every single time", "belt") is Severity.EMERGENCY


@given(st.text())
def test_p1_no_other_sentence_takes_back_what_likeness_agreed_to(more: str) -> None:
    cry = "he beats me with a belt every single time"
    assert judged(f"{more}. {cry}", "belt") is Severity.EMERGENCY
    assert judged(f"{cry}. {more}", "belt") is Severity.EMERGENCY


def test_p1_no_flood_of_unproven_lines_hides_a_cry() -> None:
    """Each costs a look, so after some they are believed."""
    chess, cry = "he beats me at chess every single time. ", "he beats me with a belt every night"
    assert judged(chess * 5) is Severity.NONE
    assert judged(chess * 500 + cry, "belt") is Severity.EMERGENCY


@pytest.mark.parametrize(
    "text",
    ["I would like to talk to a person please", "call the police for me", "I am 15 and I am alone"],
)
def test_p1_who_asks_for_a_human_or_the_police_or_is_a_child_needs_no_proof(
    watch: Watch, text: str
) -> None:
    assert watch.assess(f"{text}, and nobody is here").severity.rank >= Severity.URGENT.rank


def test_p1_what_an_organisation_listens_for_needs_no_proof(watch: Watch) -> None:
    own = own_entry(uuid4(), "en", "captivity", Severity.EMERGENCY, "the blue lantern")
    assert own is not None
    judged = watch.assess("she lit the blue lantern", own=Own(1, [own]))
    assert judged.severity is Severity.EMERGENCY


def test_a_proven_line_is_one_that_stands_in_a_lexicon() -> None:
    """Or else: python -m benchmarks.training"""
    names = {name_of(entry) for entry in entries()}
    assert Proven.load().names <= names
