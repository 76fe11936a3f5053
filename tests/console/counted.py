"""Answers as they are counted."""

from domain.figures.publication import Counts
from domain.figures.reach import Reach
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS

QUESTIONS = SAFETY_AND_NEEDS.questions


def counts(people: int) -> Counts:
    """Half of them work, a quarter look for papers, a quarter said nothing."""
    found = Counts()
    found.reach.update({Reach.ANSWERED: people * 3 // 4, Reach.NO_ANSWER: people // 4})
    for question, choice, share in (
        ("safety", "safe", 2), ("safety", "mostly", 1), ("threat", "no", 3),
        ("need", "work", 2), ("need", "papers", 1), ("contact", "no", 3),
    ):  # fmt: skip
        found.answers[question, choice] += people * share // 4
    return found
