import json
import os
import subprocess
import sys
from typing import Any

import pytest

from domain.distress import Watch
from domain.distress.stream import judge_line

GOOD = b'{"id": "b", "text": "good morning"}'


def judged(lines: list[bytes], watch: Watch) -> list[dict[str, Any]]:
    return [judge_line(number, line, watch) for number, line in enumerate(lines, start=1)]


def test_each_line_is_judged_in_order_and_a_bad_one_says_what_is_wrong(watch: Watch) -> None:
    lines = [b'{"id": 7, "text": "I want to die"}', b"{", b"[]", GOOD]
    first, broken, not_an_object, last = judged(lines, watch)
    assert (first["id"], first["severity"], first["ask"]) == (7, "emergency", False)
    assert first["reasons"][0] == "suicide.intent"
    assert broken == {"id": None, "error": "Line 2: this is not JSON."}
    assert not_an_object["error"].startswith("Line 3: a JSON object")
    assert last == {"id": "b", "severity": "none", "ask": False, "reasons": []}


@pytest.mark.parametrize(
    "id_", ["1.5", "-0.25", "1e3", "9007199254740993", "9" * 4000, '"é\\ud800"']
)
def test_every_text_or_number_names_a_message_and_comes_back(watch: Watch, id_: str) -> None:
    (verdict,) = judged([f'{{"id": {id_}, "text": "I want to die"}}'.encode()], watch)
    assert verdict["id"] == json.loads(id_)
    assert verdict["severity"] == "emergency"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"text": "good morning"}', '"id" is missing or is neither a string nor a number.'),
        (b'{"id": null, "text": ""}', '"id" is missing or is neither a string nor a number.'),
        (b'{"id": true, "text": ""}', '"id" is missing or is neither a string nor a number.'),
        (b'{"id": 1e999, "text": ""}', '"id" is missing or is neither a string nor a number.'),
        (b'{"id": NaN, "text": ""}', "this is not JSON."),
        (b'{"id": ' + b"9" * 5000 + b', "text": ""}', "a number in it is too long."),
        (b'{"id": 1}', '"text" is missing or is not a string.'),
        (b"", "this is not JSON."),
        (b'{"id": 1, "text": "caf\xe9"}', "this is not UTF-8."),
        (b"[" * 100_000, "this is not JSON."),
    ],
)
def test_a_bad_line_gets_one_sentence_and_the_next_is_judged(
    watch: Watch, line: bytes, error: str
) -> None:
    bad, good = judged([line, GOOD], watch)
    assert bad == {"id": None, "error": f"Line 1: {error}"}
    assert good["id"] == "b"


def test_a_file_that_begins_with_the_mark_of_its_encoding_loses_no_line(watch: Watch) -> None:
    (verdict,) = judged([b"\xef\xbb\xbf" + GOOD], watch)
    assert verdict["id"] == "b"


def test_the_command_answers_each_line_whatever_the_terminal_speaks() -> None:
    lines = [b'{"id": "\\ud800", "text": "I want to die"}', b'{"id": 2, "text": "\xff"}', GOOD]
    ran = subprocess.run(
        [sys.executable, "-c", "from bot.commands.main import app; app()", "detect"],
        input=b"\n".join(lines),
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    verdicts = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [each["id"] for each in verdicts] == ["\ud800", None, "b"]
    assert (ran.returncode, ran.stderr) == (1, b"")
