"""The watch's process: reads one message after the other, until nobody is there to ask."""

import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from time import monotonic
from typing import Any, BinaryIO

from bot.watch.in_time import TookTooLong, in_time
from bot.watch.loading import load_to_stay
from bot.watch.talk import Question, Told, line_of
from domain.distress import Own, Watch

# In seconds: a cry for help is one of those that wait.
_MOMENT = 0.005


def main() -> None:
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a library prints, and be it not by Python, is no answer.
    os.dup2(2, 1)
    watch = load_to_stay()
    _say(answers, watch.version)
    known: dict[int, Own] = {}
    while (said := _next(asked)) is not None:
        if isinstance(said, Told):
            known = {number: known[number] for number in said.kept} | {said.number: said.own}
        else:
            for answered in _answers(watch, said, known):
                _say(answers, answered)


def _next(asked: BinaryIO) -> Sequence[Question] | Told | None:
    """None when there is nobody any more."""
    try:
        # Nobody but the replica that began us holds the other end.
        said: Sequence[Question] | Told = pickle.load(asked)  # noqa: S301
    except EOFError:
        return None
    return said


def _answers(
    watch: Watch, questions: Sequence[Question], known: dict[int, Own]
) -> Iterator[list[Any]]:
    """Several at a time, since each time costs whoever asked; but nobody waits for long."""
    answered, began = [], monotonic()
    for question in questions:
        answered.append(_answer(watch, question, known))
        if monotonic() - began > _MOMENT:
            yield answered
            answered, began = [], monotonic()
    if answered:
        yield answered


def _answer(watch: Watch, question: Question, known: dict[int, Own]) -> list[Any]:
    own = None if question.own is None else known[question.own]
    try:
        heard = in_time(partial(watch.assess, question.text, question.recent, own))
    except TookTooLong:
        return [question.number]
    return [question.number, heard.severity, heard.ask, heard.reasons, heard.version]


def _say(answers: BinaryIO, something: Any) -> None:
    answers.write(line_of(something))
    answers.flush()


if __name__ == "__main__":
    main()
