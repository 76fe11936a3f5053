"""The sense of likeness beside the rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.examples import examples
from benchmarks.training import MADE_OF, made_of
from domain.distress import Severity, Watch
from domain.distress.likeness import Like, Likeness
from domain.distress.proven import Proven
from domain.distress.reading import Reading
from domain.distress.text import words_of
from tests.lexicons import entries

# None of them is among the examples, and no rule hears any of them.
HINTED = [
    "the man from the agency took all our phones and the van keeps driving",
    "me dieron plazo hasta mañana y saben dónde estudia mi hijo",
    "dali mi czas do jutra i wiedzą gdzie chodzi do szkoły mój syn",
    "хозяин забрал телефон и сказал долг отработаю в его комнате",
]
HARMLESS = [
    "good morning, what time do you open on friday?",
    "gracias, nos vemos el lunes en la oficina",
    "dziękuję, do zobaczenia w piątek",
    "спасибо, до встречи в понедельник",
    "شكرا، أراكم يوم الاثنين",
]


class Unlike(Likeness):
    """Nothing is like anything."""

    def __init__(self) -> None:
        self._sentences = None

    def of(self, reading: Reading) -> Like:
        return Like(float("-inf"), float("-inf"), float("-inf"))


class Rules(Watch):
    """The watch without its sense of likeness."""

    def __init__(self) -> None:
        super().__init__(entries(), LOADED._concepts, Proven.load(), Unlike())


@pytest.mark.parametrize("text", HINTED)
def test_p1_what_is_only_hinted_at_is_asked_about_or_signalled(watch: Watch, text: str) -> None:
    verdict = watch.assess(text)
    assert verdict.ask or verdict.severity is not Severity.NONE


@pytest.mark.parametrize("text", HARMLESS)
def test_nobody_is_asked_for_a_greeting(watch: Watch, text: str) -> None:
    assert not watch.assess(text).ask
    assert watch.assess(text).severity is Severity.NONE


def test_words_that_may_be_about_anything_ask_unless_much_else_is_far_from_distress(
    watch: Watch,
) -> None:
    assert watch.assess("is it dangerous for me there at night").ask
    long = (
        "hello, which bus goes from the airport to the centre on sunday, what does the ticket cost"
    )
    assert not watch.assess(f"{long}, and is it dangerous at night with a big suitcase").ask


@pytest.mark.parametrize(
    "text",
    [
        "nobody locked me in, the bus was only late, and we ate soup at my aunt's with the cousins",
        "i will not kill myself for this exam, thank you, see you on monday at ten in the office",
    ],
)
def test_p1_an_emergency_that_is_denied_is_asked_about_however_harmless_all_else_is(
    watch: Watch, text: str
) -> None:
    assert watch.assess(text).ask


def test_p1_a_long_story_of_ones_own_is_an_emergency_and_the_same_as_news_is_not(
    watch: Watch,
) -> None:
    own = (
        "i am writing quickly from a petrol station, two men brought us here in a van, they have "
        "our phones and papers, and they say that tonight we cross the border and nobody may speak"
    )
    news = (
        "the two men were stopped at a petrol station near the border, police said, after a clerk "
        "noticed that the women in their van had no phones and no papers and nobody might speak"
    )
    assert watch.assess(own).severity is Severity.EMERGENCY
    assert watch.assess(news).severity.rank <= Severity.CONCERN.rank


@given(st.sampled_from([each.text for each in examples()]), st.text(max_size=20))
def test_p1_likeness_never_lowers_what_a_rule_says_by_itself(example: str, more: str) -> None:
    text = f"{example} {more}"
    rules, both = RULES.assess(text), LOADED.assess(text)
    assert both.severity.rank >= rules.severity.rank
    assert both.ask or both.severity is not Severity.NONE or not rules.ask


def test_the_weights_are_made_of_these_examples_lexicons_and_concepts() -> None:
    """Or else: python -m benchmarks.training"""
    assert MADE_OF.read_text("utf-8").strip() == made_of()


def test_the_weights_tell_the_examples_apart_that_they_were_made_of() -> None:
    """They do not, where messages are read another way than when the weights were made."""
    likeness = LOADED._likeness
    some = [*examples()][::97]
    right = [
        (likeness.of(LOADED._read(words_of(each.text))).distress > 0) == (each.label != "N")
        for each in some
    ]
    # Many were written because they are hard to tell.
    assert sum(right) > 0.9 * len(right)


def test_what_words_stand_for_is_the_same_in_every_language(watch: Watch) -> None:
    for text in (
        "the driver locked the door, we passed the border",
        "kierowca zamknął drzwi, minęliśmy granicę",
        "ο οδηγός κλείδωσε την πόρτα, περάσαμε τα σύνορα",
        "водитель запер дверь, проехали границу",
        "السائق أقفل الباب وعبرنا الحدود",
    ):
        assert {"driver", "lock", "door", "border"} <= set(watch._concepts.of(words_of(text))), text


LOADED = Watch.load()
RULES = Rules()


@pytest.mark.parametrize(
    "text",
    [
        "/start s-ab3k9x7mnpq2rtuv",
        "/start r-h440j0mzmx6w62w7",
        "/start r-wqvt9nqvrjpxfqcd",
        "<b>{name}</b> & %s",
        "5",
        "",
    ],
)
def test_codes_numbers_and_signs_are_like_nothing(watch: Watch, text: str) -> None:
    judged = watch.assess(text)

    assert (judged.severity, judged.ask) == (Severity.NONE, False)
