"""Which words of a message spoke, as they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.distress import Severity, Watch
from domain.distress.likeness import LONGEST
from domain.distress.spans import spans_of
from domain.distress.strongest import MOST_LOOKS, strongest_words
from domain.distress.text import words_of


@pytest.mark.parametrize(
    ("typed", "words", "code"),
    [
        ("Help!! He has a KNIFE, please", "He has a KNIFE", "weapon.threat"),
        ("за мною стежать.", "за мною стежать", "surveillance.watched"),
        ("il me  menace de mort", "menace", "threat.threatened"),
    ],
)
def test_evidence_is_shown_as_it_was_typed(watch: Watch, typed: str, words: str, code: str) -> None:
    found = [each.words for each in watch.evidence(typed) if each.code == code]
    assert any(each in words or words in each for each in found), watch.evidence(typed)


def test_the_gravest_words_come_first_however_late_they_were_said(watch: Watch) -> None:
    text = "No duermo por las noches. Lloro cada día. Me encerró en el cuarto con llave"
    first, *others = watch.evidence(text)
    assert first.code == "captivity.locked-in"
    assert others


def test_what_a_scope_has_settled_is_no_evidence(watch: Watch) -> None:
    assert watch.evidence("nobody follows me on tiktok lol") == []


def test_likeness_shows_the_words_that_it_would_be_least_without(watch: Watch) -> None:
    text = "Hello all. They took him on the boat, now a man answers his phone and laughs at me"
    (like,) = [each for each in watch.evidence(text) if each.code == "likeness.words"]
    assert like.words in text
    assert 1 < len(like.words.split()) < len(text.split())
    assert watch.evidence("is the office open on monday") == []


@pytest.mark.parametrize("around", [0, 1, 7, 200])
def test_the_stretch_is_where_the_score_comes_from_however_long_the_message(around: int) -> None:
    text = f"{'well, ' * around}the man at the gate {'then. ' * around}"
    found = strongest_words(text, spans_of(text), lambda left: left.count("man") + 0.0)
    assert "man" in found


@pytest.mark.parametrize("times", [4, 40, 400])
def test_a_long_message_is_looked_at_no_longer_than_likeness_reads(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    looked: list[int] = []
    like = Watch._like

    def counted(self: Watch, severity: Severity, text: str) -> float:
        looked.append(len(words_of(text).words))
        return like(self, severity, text)

    monkeypatch.setattr(Watch, "_like", counted)
    watch.evidence("They took him on the boat, now a man answers his phone and laughs. " * times)

    assert 1 < len(looked) <= MOST_LOOKS + 1
    assert max(looked) <= LONGEST


@given(st.text(max_size=120))
def test_every_word_has_its_place_or_none_has(text: str) -> None:
    spans = spans_of(text)
    assert not spans or len(spans) == len(words_of(text).words)
    assert all(0 <= begin <= end <= len(text) for begin, end in spans)


@given(st.lists(st.sampled_from(["knife", "he", "has", "a", "…", "💔", "m'a", "ﷺ", "))", "a.b"])))
def test_words_and_places_stay_together(pieces: list[str]) -> None:
    text = "  ".join(pieces)
    assert len(spans_of(text)) == len(words_of(text).words)
