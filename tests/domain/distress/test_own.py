"""What an organisation listens for besides, and what it mutes."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.distress import Own, Severity, Watch
from domain.distress.lexicon import Entry
from domain.distress.own import VIEW_OF, can_be_heard, own_entry, own_name
from tests.domain.distress.own import ID
from tests.lexicons import entries

CODE = f"threat.{own_name(ID)}"


def own(phrase: str, language: str = "en") -> Own:
    entry = own_entry(ID, language, "threat", Severity.URGENT, phrase)
    assert entry is not None
    return Own(3, [entry])


def lines(watch: Watch, text: str, severity: Severity) -> list[Entry]:
    found = watch.lines_in(text)
    return [each for each in found if getattr(each.meaning, "severity", None) is severity]


def test_each_language_is_looked_at_as_its_lexicon_is() -> None:
    views = {entry.language: entry.view for entry in entries() if entry.language != "any"}
    assert views == VIEW_OF


@pytest.mark.parametrize(
    ("language", "phrase", "typed"),
    [
        ("en", "big aunties", "THE BIG  AUNTIES were at my door"),
        ("fr", "les grandes soeurs", "les grandés sœurs sont là"),
        ("en", "juju chamber", "they took me to the juju chambber again"),
        ("uk", "чорний бусик", "там chornyi busyk"),
        ("ary", "mol chkara", "مول شكارا جا للدار"),
        ("ary", "مولات الحفرة", "jat molat l7ofra l dar"),
        ("ary", "molat l7ofra", "جات مولات الحفرة للدار"),
        ("el", "το μαύρο βαν", "to mavro van einai edo"),
    ],
)
def test_p1_own_words_are_heard_however_they_are_typed(
    watch: Watch, language: str, phrase: str, typed: str
) -> None:
    heard = watch.assess(typed, own=own(phrase, language))
    assert CODE in heard.reasons
    assert heard.severity.rank >= Severity.URGENT.rank
    assert CODE not in watch.assess(typed).reasons


def test_p1_a_slip_is_heard_whatever_words_are_added_since(watch: Watch) -> None:
    """One of them may be spelt as the slip, or be meant just as well."""
    typed, first = "they take me to the blue lantarn house", own("blue lantern house")
    assert CODE in watch.assess(typed, own=first).reasons
    for later in ("lantarn street", "old lantaern"):
        added = own_entry(uuid4(), "en", "threat", Severity.URGENT, later)
        assert added is not None
        both = Own(4, [added, *first.indexes[0].entries])
        assert CODE in watch.assess(typed, own=both).reasons


def test_own_words_are_lowered_by_what_stands_around_them(watch: Watch) -> None:
    assert watch.assess("no big aunties here", own=own("big aunties")).severity is Severity.NONE


def test_a_verdict_names_the_version_that_it_was_decided_by(watch: Watch) -> None:
    plain = watch.assess("good morning").version
    assert plain
    assert watch.assess("good morning", own=own("big aunties")).version == f"{plain}+3"


def test_what_is_muted_is_no_reason_any_more_and_the_rest_is(watch: Watch) -> None:
    text = "i feel so alone here nobody talks to me"
    (line, *_) = lines(watch, text, Severity.CONCERN)
    assert line.meaning.code in watch.assess(text).reasons  # type: ignore[union-attr]
    muted = Own(1, [], frozenset(each.key for each in watch.lines_in(text)))
    assert set(watch.assess(text, own=muted).reasons) <= {"likeness.words"}
    cry = f"{text}. he locked me in and took my passport"
    assert watch.assess(cry, own=muted).severity is Severity.EMERGENCY


@given(st.text(max_size=90), st.sampled_from(sorted(VIEW_OF)))
def test_any_phrase_that_is_taken_makes_an_entry(phrase: str, language: str) -> None:
    if can_be_heard(language, phrase):
        assert own_entry(ID, language, "threat", Severity.URGENT, phrase) is not None


@pytest.mark.parametrize("phrase", ["", "go", "...", "a b c d e f g h i", "x" * 81])
def test_what_would_hear_too_much_or_nothing_is_no_phrase(phrase: str) -> None:
    assert not can_be_heard("en", phrase)
