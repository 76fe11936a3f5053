"""Which of a question's choices can be offered together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from domain.questionnaires.expressions import can_be_judged, functions_in, names_in
from domain.questionnaires.filling import Filling
from domain.questionnaires.forms.choosing import MOST
from domain.questionnaires.grammar import steps_of
from domain.questionnaires.values import Choice, Kind, Question, Questionnaire, Words


@dataclass(slots=True)
class Offering:
    #: Steps that filters may still take in this form, for each choice after each answer.
    left: int = 240_000

    def offers(self, question: Question, above: Sequence[Question]) -> list[Sequence[Choice]]:
        """Of a long list, what its filter leaves after each answer to the questions that it looks
        at, also after none: of all towns those of one region. All of it where that can't be known
        beforehand, or where ticks are to fit into each button.
        """
        said = question.choice_filter or ""
        looked_at = set(names_in(said))
        asked = [each for each in above if each.name in looked_at]
        is_known = looked_at and len(asked) == len(looked_at) and _is_always_the_same(said)
        if len(question.choices) <= MOST or not is_known or not _are_all_one(question, *asked):
            return [question.choices]
        tries = prod(len(each.choices) + 1 for each in asked) * len(question.choices)
        steps = tries * len(steps_of(said))
        if steps > self.left:
            return [question.choices]
        self.left -= steps
        return list(_after_each(question, asked))


def _is_always_the_same(choice_filter: str) -> bool:
    """After the same answers, rather than another tomorrow, or one that is refused."""
    return can_be_judged(choice_filter) and "today" not in functions_in(choice_filter)


def _are_all_one(*questions: Question) -> bool:
    return all(each.kind is Kind.ONE for each in questions)


def _after_each(question: Question, asked: Sequence[Question]) -> Iterator[Sequence[Choice]]:
    always = [replace(each, relevant=None, choice_filter=None) for each in asked]
    alone = replace(question, relevant=None)
    form = Questionnaire("", 1, Words(""), (*always, alone))
    answers = ([None, *(choice.name for choice in each.choices)] for each in asked)
    for answer in product(*answers):
        given = {each.name: said for each, said in zip(asked, answer, strict=True)}
        yield Filling(form, given).choices(alone)
