"""The sense of likeness beside the rules."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.training import WEIGHTS, examples, weights_of
from domain.distress import Severity, Watch
from domain.distress.lexicon import load_entries
from domain.distress.likeness import Likeness
from domain.distress.text import Words
from domain.distress.topics import Topics

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


class Rules(Watch):
    """The watch without its sense of likeness."""

    def __init__(self, watch: Watch) -> None:
        self._indexes, self._likeness = watch._indexes, Unlike([], Topics([]))


class Unlike(Likeness):
    def of(self, message: Words) -> float:
        return float("-inf")


@pytest.mark.parametrize("text", HINTED)
def test_p1_what_is_only_hinted_at_is_asked_about_or_signalled(watch: Watch, text: str) -> None:
    verdict = watch.assess(text)
    assert verdict.ask or verdict.severity is not Severity.NONE


@pytest.mark.parametrize("text", HARMLESS)
def test_nobody_is_asked_for_a_greeting(watch: Watch, text: str) -> None:
    assert not watch.assess(text).ask
    assert watch.assess(text).severity is Severity.NONE


@given(st.sampled_from([each.text for each in examples()]), st.text(max_size=20))
def test_p1_likeness_never_lowers_what_a_rule_heard(example: str, more: str) -> None:
    text = f"{example} {more}"
    rules, both = Rules(LOADED).assess(text), LOADED.assess(text)
    assert both.severity.rank >= rules.severity.rank
    assert both.ask or both.severity is not Severity.NONE or not rules.ask


def test_the_weights_are_those_of_the_examples_and_of_the_lexicons() -> None:
    """Or else: python -m benchmarks.training"""
    kept = array("b", WEIGHTS.read_bytes())
    made = weights_of([*examples()], Topics(load_entries()))
    assert sum(one == other for one, other in zip(kept, made, strict=True)) > 0.999 * len(kept)


LOADED = Watch.load()
