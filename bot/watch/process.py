"""The watch's process: reads one message after the other, until nobody is there to ask."""

import gc
import os
import pickle
import sys
from typing import Any, BinaryIO

from bot.watch.talk import Question, Told, line_of
from domain.distress import Own, Watch


def main() -> None:
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a library prints, and be it not by Python, is no answer.
    os.dup2(2, 1)
    watch = Watch.load()
    # What was loaded lives as long as the process.
    gc.collect()
    gc.freeze()
    _say(answers, watch.version)
    known: dict[int, Own] = {}
    while (said := _next(asked)) is not None:
        if isinstance(said, Told):
            known = {number: known[number] for number in said.kept} | {said.number: said.own}
        else:
            _say(answers, _answer(watch, said, known))


def _next(asked: BinaryIO) -> Question | Told | None:
    """None when there is nobody any more."""
    try:
        # Nobody but the replica that began us holds the other end.
        said: Question | Told = pickle.load(asked)  # noqa: S301
    except EOFError:
        return None
    return said


def _answer(watch: Watch, question: Question, known: dict[int, Own]) -> list[Any]:
    own = None if question.own is None else known[question.own]
    heard = watch.assess(question.text, question.recent, own)
    return [question.number, heard.severity, heard.ask, heard.reasons, heard.version]


def _say(answers: BinaryIO, something: Any) -> None:
    answers.write(line_of(something))
    answers.flush()


if __name__ == "__main__":
    main()
