"""How the watch decides, at the very edge of each bar, with a likeness that says what we want."""

from collections.abc import Iterable

import pytest

from domain.distress import Assessment, Own, Severity, Watch
from domain.distress.concepts import Concepts
from domain.distress.lexicon import Entry, read_entries
from domain.distress.likeness import Like, Likeness
from domain.distress.own import own_entry
from domain.distress.proven import Proven, name_of
from domain.distress.reading import Reading
from domain.distress.report import LONG as NEWS
from domain.distress.report import Report
from domain.distress.text import words_of
from domain.distress.watch import (
    AGREEING,
    ALONE,
    JUDGING,
    LIKENESS,
    LONG,
    MANY,
    MOST_LOOKS,
    NEIGHBOURS,
    REACH,
    URGENTLY,
    Bars,
)
from tests.domain.distress.own import ID

LEXICON = {
    "violence": {"emergency": {"now": ["beats"]}},
    "weapon": {"urgent": {"knife": ["big knife"]}},
    "mood": {"concern": {"alone": ["alone"]}},
    "danger": {"ask": {"words": ["driver"]}},
    "threat": {"ask": {"door": ["knocks"]}},
    "scope": {"laughter": ["haha"], "past": ["years ago"]},
}
ENTRIES = [*read_entries("en", LEXICON)]
CONCEPTS = Concepts([("as-written", "en", "me", "i"), ("as-written", "en", "help", "rescue")])
PROVEN = Proven({name_of(entry): Severity(entry.meaning.severity) for entry in ENTRIES[:4]})  # type: ignore[union-attr]
FAR = Like(-9, -9, -9)
#: A little less than a bar.
EDGE = 1e-6


class Said(Likeness):
    """It is so like distress in full; and each reading of the words around a line so much."""

    def __init__(self, full: Like, around: Like = FAR) -> None:
        self._full, self._around, self.read = full, around, list[list[str]]()
        self.reach = list[float]()

    def in_full(self, reading: Reading, reach: float) -> Like:
        self.reach.append(reach)
        return self._full

    def of(self, reading: Reading) -> Like:
        self.read.append(reading.message.words)
        return self._around


def watch(
    full: Like = FAR,
    around: Like = FAR,
    *,
    proven: Proven = PROVEN,
    entries: Iterable[Entry] = ENTRIES,
) -> Watch:
    return Watch(entries, CONCEPTS, proven, Said(full, around), "v1")


def judged(text: str, full: Like) -> Assessment:
    return watch(full).assess(text)


WORDS = "i came here by bus and then on foot"
TOLD = " ".join(f"i walk{number}" for number in range(LONG))
PASSED_ON = f"“{WORDS}”"
NEWS_TEXT = " ".join(f"walk{number}" for number in range(NEWS))
OF_NOBODY = "the bus goes there and comes"
KINDS = {"usual": WORDS, "told": TOLD, "of_nobody": OF_NOBODY}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("emergency", Severity.EMERGENCY),
        ("urgent", Severity.URGENT),
        ("concern", Severity.CONCERN),
    ],
)
def test_what_is_as_like_as_a_bar_is_that_and_what_is_less_is_not(
    kind: str, level: str, severity: Severity
) -> None:
    bars: Bars = getattr(JUDGING, kind)
    name = "distress" if level == "concern" else level
    reached = FAR._replace(**{name: getattr(bars, level)})
    below = FAR._replace(**{name: getattr(bars, level) - EDGE})

    assert judged(KINDS[kind], reached).severity is severity
    assert judged(KINDS[kind], reached).reasons == (LIKENESS,)
    assert judged(KINDS[kind], below).severity is not severity


@pytest.mark.parametrize(
    ("words", "bar"), [(MANY, JUDGING.far), (MANY - 1, JUDGING.asked_about)], ids=["many", "few"]
)
def test_the_model_of_sentences_is_asked_only_near_what_is_asked_about(
    words: int, bar: float
) -> None:
    likeness = Said(FAR)
    text = " ".join(f"walk{number}" for number in range(words))
    Watch(ENTRIES, CONCEPTS, PROVEN, likeness).assess(text)
    assert likeness.reach == [bar - REACH]


def test_the_gravest_that_is_reached_counts() -> None:
    assert judged(WORDS, Like(99, 99, 99)).severity is Severity.EMERGENCY
    assert judged(WORDS, Like(99, 99, -9)).severity is Severity.URGENT


@pytest.mark.parametrize("text", [PASSED_ON, NEWS_TEXT, "“one two” three"])
def test_quotations_and_long_news_have_bars_of_their_own(text: str) -> None:
    bars = JUDGING.passed_on
    assert judged(text, FAR._replace(emergency=bars.emergency)).severity is Severity.EMERGENCY
    assert judged(text, FAR._replace(emergency=bars.emergency - EDGE)).severity is Severity.NONE
    assert judged(text, FAR._replace(urgent=bars.urgent)).severity is Severity.URGENT
    assert judged(text, FAR._replace(urgent=bars.urgent - EDGE)).severity is Severity.NONE


def test_a_story_is_long_from_its_first_word_too_many() -> None:
    barely = FAR._replace(emergency=JUDGING.told.emergency)
    words = ["i", *(f"walk{number}" for number in range(LONG))]
    assert judged(" ".join(words), barely).severity is Severity.EMERGENCY
    assert judged(" ".join(words[:-1]), barely).severity is Severity.NONE


def test_what_is_mostly_quoted_must_be_more_like_distress_and_what_is_half_quoted_need_not() -> (
    None
):
    barely = FAR._replace(emergency=JUDGING.usual.emergency)
    assert judged("i said “one two” there", barely).severity is Severity.EMERGENCY
    assert judged("i said “one two three”", barely).severity is Severity.NONE


FEW_WORDS = " ".join([f"walk{number}" for number in range(MANY - 1)])
MANY_WORDS = f"{FEW_WORDS} more"


@pytest.mark.parametrize(
    ("text", "bar"),
    [(FEW_WORDS, JUDGING.asked_about), (MANY_WORDS, JUDGING.far)],
)
def test_what_is_a_little_like_distress_and_urgent_together_is_asked_about(
    text: str, bar: float
) -> None:
    asked = judged(text, Like(bar / 2, bar / 2, -9))
    assert (asked.severity, asked.ask, asked.reasons) == (Severity.NONE, True, (LIKENESS,))
    quiet = judged(text, Like(bar / 2 - EDGE, bar / 2, -9))
    assert (quiet.severity, quiet.ask, quiet.reasons) == (Severity.NONE, False, ())


def so_like(bar: float) -> Like:
    """Together, and nothing by itself."""
    return Like(bar / 2, bar / 2, -9)


@pytest.mark.parametrize(
    ("heard", "asked_very_far"), [("alone", False), ("big knife", False), ("beats", True)]
)
@pytest.mark.parametrize("words", ["many", "few"])
def test_p1_very_far_from_distress_of_lines_that_are_not_proven_emergencies_alone_are_asked_about(
    heard: str, asked_very_far: bool, words: str
) -> None:
    text = f"{MANY_WORDS} {heard} {MANY_WORDS}" if words == "many" else f"then {heard} as we say so"
    for like, asks in ((JUDGING.very_far, True), (JUDGING.very_far - EDGE, asked_very_far)):
        assert watch(so_like(like), proven=Proven({})).assess(text).ask is asks


def test_p1_an_emergency_with_laughter_is_asked_about_however_far_all_else_is() -> None:
    heard = watch(so_like(-99), proven=Proven({})).assess(f"{MANY_WORDS} beats haha")
    assert (heard.severity, heard.ask) == (Severity.NONE, True)


DENIED = "it was years ago that"


@pytest.mark.parametrize(
    ("heard", "asked_in_many"),
    [
        ("driver", False),
        ("knocks", False),
        (f"{DENIED} big knife", False),
        (f"{DENIED} beats", True),
    ],
)
def test_far_from_distress_only_an_emergency_that_is_past_is_asked_about_amid_many_words(
    heard: str, asked_in_many: bool
) -> None:
    far, near = so_like(JUDGING.far - EDGE), so_like(JUDGING.far)
    assert watch(far).assess(f"{MANY_WORDS} {heard}").ask is asked_in_many
    assert watch(far).assess(f"so {heard} now").ask
    assert watch(near).assess(f"{MANY_WORDS} {heard}").ask


@pytest.mark.parametrize(
    ("heard", "asked"),
    [("driver", False), ("knocks", True), (f"{DENIED} big knife", True), (f"{DENIED} beats", True)],
)
def test_very_far_from_distress_words_that_may_be_about_anything_ask_nothing(
    heard: str, asked: bool
) -> None:
    """In a few words; one that is asked about by name, and what is past, still does."""
    very_far = so_like(JUDGING.very_far - EDGE)
    assert watch(very_far).assess(f"so {heard} now").ask is asked
    assert watch(so_like(JUDGING.very_far)).assess(f"so {heard} now").ask


def test_p1_what_an_organisation_listens_for_is_asked_about_however_far_all_else_is() -> None:
    entry = own_entry(ID, "en", "threat", Severity.CONCERN, "blue lantern")
    assert entry is not None
    heard = watch(so_like(-99)).assess(f"{DENIED} blue lantern {MANY_WORDS}", own=Own(4, [entry]))
    assert (heard.severity, heard.ask) == (Severity.NONE, True)


@pytest.mark.parametrize("text", ["", "42", "ok", "ok ok ok", "x7y8z9 a1b2c3", "a b c"])
def test_a_number_a_code_and_a_single_word_are_like_nothing(text: str) -> None:
    assert judged(text, Like(99, 99, 99)).severity is Severity.NONE


@pytest.mark.parametrize("text", ["come here", "3andi mochkil", "come abc1234567ef"])
def test_two_words_are_like_something_also_where_digits_stand_for_letters(text: str) -> None:
    heard = judged(text, Like(99, 99, 99)).severity
    assert (heard is Severity.EMERGENCY) is not text.endswith("ef")


def test_what_rules_hear_in_a_single_word_is_heard_whatever_it_is_like() -> None:
    assert judged("beats", FAR).severity is Severity.EMERGENCY
    assert judged("beats", FAR).reasons == ("violence.now",)


def test_reasons_stand_the_gravest_first_and_each_with_the_scopes_that_lowered_it() -> None:
    heard = judged("alone and he beats alone haha", FAR)
    assert heard.severity is Severity.URGENT
    assert heard.reasons == ("violence.now", "scope.laughter", "mood.alone", "scope.laughter")
    assert judged("alone. alone", FAR).reasons == ("mood.alone",)
    assert not heard.ask
    assert heard.version == "v1"


@pytest.mark.parametrize(("words", "agreed"), [(ALONE, True), (ALONE + 1, False)])
def test_an_unproven_line_stands_alone_among_hardly_any_words(words: int, agreed: bool) -> None:
    text = " ".join(["beats", *(f"w{number}" for number in range(words - 1))])
    heard = watch(proven=Proven({})).assess(text).severity
    assert heard is (Severity.EMERGENCY if agreed else Severity.NONE)


@pytest.mark.parametrize(
    ("around", "agreed"),
    [
        (FAR._replace(distress=AGREEING), True),
        (FAR._replace(distress=AGREEING - EDGE), False),
        (FAR._replace(urgent=URGENTLY), True),
        (FAR._replace(urgent=URGENTLY - EDGE), False),
    ],
)
def test_the_words_around_an_unproven_line_agree_from_a_bar_on(around: Like, agreed: bool) -> None:
    text = "well well then he beats somebody there"
    heard = watch(around=around, proven=Proven({})).assess(text).severity
    assert heard is (Severity.EMERGENCY if agreed else Severity.NONE)


def test_only_the_nearest_words_are_asked_whether_they_agree() -> None:
    before, behind = ([f"{side}{n}" for n in range(NEIGHBOURS + 2)] for side in "ab")
    likeness = Said(FAR)
    Watch(ENTRIES, CONCEPTS, Proven({}), likeness).assess(" ".join([*before, "beats", *behind]))
    assert likeness.read == [[*before[2:], "beats", *behind[:-2]]]


def test_p1_after_so_many_looks_a_line_is_believed() -> None:
    times = "he beats the drum in the band. "
    unproven = watch(proven=Proven({}))
    assert unproven.assess(times * MOST_LOOKS).severity is Severity.NONE
    assert unproven.assess(times * (MOST_LOOKS + 1)).severity is Severity.EMERGENCY


def test_what_a_line_was_proven_to_be_is_its_most_and_never_more_than_it_says() -> None:
    text = "well well then he beats somebody there"
    (beats, *_) = ENTRIES
    half = Proven({name_of(beats): Severity.CONCERN})
    assert watch(proven=half).assess(text).severity is Severity.CONCERN
    assert watch(proven=half).assess(f"{text} haha").severity is Severity.CONCERN
    assert watch().assess(f"{text} haha").severity is Severity.URGENT


def test_p1_what_two_messages_hold_together_is_heard_and_the_earlier_alone_is_not() -> None:
    heard = watch().assess("knife here", recent=["far away", "a big"])
    assert (heard.severity, heard.reasons) == (Severity.URGENT, ("weapon.knife",))
    assert watch().assess("hello", recent=["he beats"]).severity is Severity.NONE
    assert watch().assess("big knife", recent=["hello"]).reasons == ("weapon.knife",)
    assert watch().assess("knife", recent=["a big", "hello", "hello"]).severity is Severity.NONE
    assert watch().assess("now", recent=["big knife"]).severity is Severity.NONE


def test_p1_an_organisations_words_are_heard_over_two_messages_too() -> None:
    entry = own_entry(ID, "en", "threat", Severity.URGENT, "blue lantern")
    assert entry is not None
    heard = watch().assess("lantern", recent=["the blue"], own=Own(4, [entry]))
    assert (heard.severity, heard.version) == (Severity.URGENT, "v1+4")


def test_a_line_of_several_phrases_is_one_line() -> None:
    """It is named once, and muted as a whole, whichever of them it was heard by."""
    entries = [*read_entries("en", {"coercion": {"urgent": {"told": ["i must|have_to obey"]}}})]
    text = "i must obey, i have to obey"

    assert len(entries) == 2
    assert [each.line for each in watch(entries=entries).lines_in(text)] == ["i must|have_to obey"]
    muted = Own(1, [], frozenset({entries[0].key}))
    assert watch(entries=entries).assess(text).severity is not Severity.NONE
    assert watch(entries=entries).assess(text, own=muted).severity is Severity.NONE


def test_a_line_is_found_again_by_its_key() -> None:
    (beats, knife, *_) = ENTRIES
    assert watch().line(knife.key) is knife
    assert watch().line(beats.key) is beats
    assert watch().line("en::no.such:line") is None


def test_lines_are_told_once_whatever_stands_around_them() -> None:
    (beats, _, alone, *_) = ENTRIES
    assert watch().lines_in("alone haha alone beats") == [alone, beats]


def test_evidence_is_what_spoke_by_rules_and_by_likeness() -> None:
    text = "Well, a BIG KNIFE is there"
    shown = [(each.words, each.code) for each in watch(Like(9, 9, -9)).evidence(text)]
    assert shown[0] == ("BIG KNIFE", "weapon.knife")
    assert [code for _, code in shown] == ["weapon.knife", LIKENESS]
    assert [each.code for each in watch().evidence(text)] == ["weapon.knife"]


def test_p1_what_a_rule_heard_as_an_emergency_waits_for_no_model() -> None:
    text = "well, he beats somebody there"
    heard = watch(full=FAR, around=Like(99, 99, 99)).assess(text)
    assert (heard.severity, heard.reasons) == (Severity.EMERGENCY, ("violence.now", LIKENESS))
    assert watch(full=Like(99, 99, 99)).assess(text).reasons == ("violence.now",)


SENTENCE = words_of(" ".join(["word"] * NEWS))
SHORT = words_of(" ".join(["word"] * (NEWS - 1)))


def test_news_is_a_concern_at_most_from_its_sixteenth_word_on_and_where_nobody_speaks() -> None:
    whole = (Severity.EMERGENCY, ("scope",))
    assert Report(SENTENCE, []).lowered(0, *whole) == (Severity.CONCERN, ("scope", "reported"))
    assert Report(SENTENCE, ["me"]).lowered(0, *whole) == whole
    assert Report(SHORT, []).lowered(0, *whole) == whole
    assert Report(SENTENCE, []).lowered(0, Severity.URGENT, ())[1] == ("reported",)
    assert Report(SENTENCE, []).lowered(0, Severity.CONCERN, ()) == (Severity.CONCERN, ())
    assert Report(SENTENCE, []).is_all
    assert not Report(SHORT, []).is_all
    assert not Report(SENTENCE, ["help"]).is_all


class Colours(Said):
    """What is grey is distress, what is red is urgent, what is black is an emergency."""

    def of(self, reading: Reading) -> Like:
        there = set(reading.message.words)
        return Like(*(9.0 * (colour in there) for colour in ("grey", "red", "black")))


@pytest.mark.parametrize(
    ("full", "colour"),
    [
        (FAR._replace(distress=99), "grey"),
        (FAR._replace(urgent=99), "red"),
        (FAR._replace(emergency=99), "black"),
    ],
)
def test_a_case_shows_the_words_without_which_it_would_be_less_of_what_it_is(
    full: Like, colour: str
) -> None:
    between = [f"i walk{number}" for number in range(4)]
    text = " ".join(["grey", *between, "red", *between, "black", *between])
    (evidence,) = Watch(ENTRIES, CONCEPTS, PROVEN, Colours(full)).evidence(text)
    assert evidence.code == LIKENESS
    assert {"grey", "red", "black"} & set(evidence.words.split()) == {colour}
