"""The watch's process: reads one message after the other, until nobody is there to ask."""

import gc
import json
import pickle
import sys
from typing import Any, BinaryIO

from bot.watch.talk import Question
from domain.distress import Own, Watch


def main() -> None:
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    # Whatever a library prints is no answer.
    sys.stdout = sys.stderr
    watch = Watch.load()
    # What was loaded lives as long as the process.
    gc.collect()
    gc.freeze()
    _say(answers, None)
    known: list[Own] = []
    while (said := _next(asked)) is not None:
        if isinstance(said, Own):
            known.append(said)
        else:
            _say(answers, _answer(watch, said, known))


def _next(asked: BinaryIO) -> Question | Own | None:
    """None when there is nobody any more."""
    try:
        # Nobody but the replica that began us holds the other end.
        said: Question | Own = pickle.load(asked)  # noqa: S301
    except EOFError:
        return None
    return said


def _answer(watch: Watch, question: Question, known: list[Own]) -> list[Any]:
    own = None if question.own is None else known[question.own]
    heard = watch.assess(question.text, question.recent, own)
    return [question.number, heard.severity, heard.ask, heard.reasons, heard.version]


def _say(answers: BinaryIO, something: Any) -> None:
    answers.write(json.dumps(something).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
