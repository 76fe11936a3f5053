"""The matcher against one that is slow and plainly right."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.distress.matcher import Matcher
from domain.distress.phrases import GAP_REACH, Form, Phrase, Slot, parse_phrase, spelled_out
from domain.distress.views import VIEWS
from tests.lexicons import entries

Found = tuple[int, tuple[int, ...]]


def fits(form: Form, word: str) -> bool:
    if form.open_start and form.open_end:
        return form.letters in word
    if form.open_start:
        return word.endswith(form.letters)
    return word.startswith(form.letters) if form.open_end else word == form.letters


def follow(slots: Sequence[Slot], words: Sequence[str], at: int) -> tuple[int, ...] | None:
    """The earliest words, one slot after the other, an optional slot rather there than not."""
    if not slots:
        return ()
    slot, *rest = slots
    for place in range(at, min(at + slot.reach + 1, len(words))):
        if any(fits(form, words[place]) for form in slot.forms):
            places = follow(rest, words, place + 1)
            if places is not None:
                return (place, *places)
    return follow(rest, words, at) if slot.optional else None


def find_slowly(phrases: Sequence[Phrase], words: Sequence[str]) -> set[Found]:
    tried = (
        (number, follow(phrase.slots, words, start))
        for number, phrase in enumerate(phrases)
        for start in range(len(words))
    )
    return {(number, places) for number, places in tried if places is not None}


def find(matcher: Matcher, words: Sequence[str]) -> list[Found]:
    return [*matcher.find([matcher.slots_of(word) for word in words])]


# Few letters, so that nearly every word fits something, and in more ways than one.
WORDS = st.text("ab", min_size=1, max_size=3)
FORMS = st.builds(Form, WORDS, st.booleans(), st.booleans())


def slots(first: bool) -> st.SearchStrategy[Slot]:
    forms = st.lists(FORMS, min_size=1, max_size=2).map(tuple)
    if first:
        return st.builds(Slot, forms)
    return st.builds(Slot, forms, st.sampled_from([0, GAP_REACH]), st.booleans())


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    begin, end = draw(slots(first=True)), draw(slots(first=False))
    if begin.forms == end.forms:
        return Phrase((begin,))
    middle = draw(st.lists(slots(first=False), max_size=4))
    return Phrase((begin, *middle, Slot(end.forms, end.reach)))


@given(st.lists(phrases(), min_size=1, max_size=6), st.lists(WORDS, max_size=12))
def test_p1_every_phrase_is_found_where_trying_them_all_finds_it(
    lexicon: list[Phrase], sentence: list[str]
) -> None:
    found = find(Matcher(lexicon), sentence)
    assert set(found) == find_slowly(lexicon, sentence)
    starts = [places[0] for _, places in found]
    assert starts == sorted(starts)


LEXICON = [entry.phrase for entry in entries() if entry.view == "as-written"]
MATCHER = Matcher(LEXICON)


@given(st.lists(st.sampled_from(LEXICON), min_size=1, max_size=3), st.data())
def test_p1_phrases_of_all_lexicons_in_one_sentence_are_all_found(
    meant: list[Phrase], data: st.DataObject
) -> None:
    sentence = [
        data.draw(st.sampled_from(slot.forms)).letters for phrase in meant for slot in phrase.slots
    ]
    found = set(find(MATCHER, sentence))
    assert found == find_slowly(LEXICON, sentence)
    assert {LEXICON.index(phrase) for phrase in meant} <= {number for number, _ in found}


def test_an_optional_word_counts_when_it_is_there_and_a_gap_may_be_empty() -> None:
    view = VIEWS["as-written"]
    matcher = Matcher([parse_phrase("not (so) safe ... here", view)])
    assert find(matcher, ["i", "am", "not", "so", "safe", "around", "here"]) == [(0, (2, 3, 4, 6))]
    assert find(matcher, ["not", "safe", "here"]) == [(0, (0, 1, 2))]
    assert find(matcher, ["not", "safe", "at", "all", "over", "there", "here"]) == []


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("locked ... in|the_cellar", ["locked ... in", "locked ... the cellar"]),
        ("cant cope|go_on|bear_it now", ["cant cope now", "cant go on now", "cant bear it now"]),
        ("not (so|at_all) safe", ["not (so) safe", "not at all safe"]),
        ("not (at_all) safe", ["not safe", "not at all safe"]),
        ("a_b|c d_e", ["c d e", "a b d e"]),
        ("trade*_people", ["trade* people"]),
        ("either|or this|that", ["either|or this|that"]),
    ],
)
def test_several_words_stand_where_one_could(line: str, lines: list[str]) -> None:
    assert spelled_out(line) == lines


@pytest.mark.parametrize("line", ["(at_all) safe", "safe (at_all)"])
def test_words_that_need_not_be_there_stand_at_no_end(line: str) -> None:
    with pytest.raises(ValueError, match="must begin and end"):
        spelled_out(line)


@pytest.mark.parametrize("line", ["go|bear_ it", "go|_it now", "bear_it| now", "bear__it"])
def test_several_words_lack_none(line: str) -> None:
    with pytest.raises(ValueError, match="lacks a word"):
        spelled_out(line)
