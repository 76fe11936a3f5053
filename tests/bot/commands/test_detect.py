"""`wayhome detect`, which reads on all cores at once."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.distress import Watch
from domain.distress.stream import judge_line

DETECT = [sys.executable, "-c", "from bot.commands.main import app; app()", "detect"]
HELD_OUT = Path(__file__).parents[2] / "domain/distress/held_out.jsonl"
# Some words of which whoever reads them never comes to the end.
LOSING_ITSELF = """
import re
from bot.commands.main import app
from bot.watch import in_time
from domain.distress import Watch
assess = Watch.assess

def lost(watch, text):
    re.match("(a+)+$", text)
    return assess(watch, text)

in_time._LONGEST = 0.5
Watch.assess = lost
app()
"""
CRY = b'{"id": 1, "text": "I want to die"}\n'


@contextmanager
def detecting() -> Iterator["subprocess.Popen[bytes]"]:
    """That has answered a line before it is given the next."""
    pipe = subprocess.PIPE
    with subprocess.Popen(DETECT, stdin=pipe, stdout=pipe, stderr=pipe) as running:
        say(running, CRY)
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["severity"] == "emergency"
        yield running


def say(running: "subprocess.Popen[bytes]", line: bytes) -> None:
    assert running.stdin is not None
    running.stdin.write(line)
    running.stdin.flush()


def readers_of(running: "subprocess.Popen[bytes]") -> list[int]:
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text()
    return [*map(int, children.split())]


def test_many_lines_are_judged_as_one_after_the_other_and_in_their_order() -> None:
    lines = [*HELD_OUT.read_bytes().splitlines()[:300], b"{", CRY.strip()]

    ran = subprocess.run(DETECT, input=b"\n".join(lines), capture_output=True, check=False)

    verdicts = [json.loads(line) for line in ran.stdout.splitlines()]
    watch = Watch.load()
    assert verdicts == [judge_line(number, line, watch) for number, line in enumerate(lines, 1)]
    assert (ran.returncode, ran.stderr) == (1, b"")


def test_a_line_that_comes_in_pieces_is_one_line_and_the_last_needs_no_end() -> None:
    with detecting() as running:
        say(running, CRY[:9])
        said, _ = running.communicate(CRY[9:] + b"\n" + CRY.strip())

    first, empty, last = map(json.loads, said.splitlines())
    assert first == last
    assert (first["severity"], empty["id"]) == ("emergency", None)
    assert empty["error"].startswith("Line 3: ")


def test_a_line_over_which_a_reader_loses_itself_is_a_bad_one_and_the_next_is_judged() -> None:
    lost = json.dumps({"id": 1, "text": "a" * 60 + "b"}).encode()
    command = [sys.executable, "-c", LOSING_ITSELF, "detect"]

    ran = subprocess.run(command, input=lost + b"\n" + CRY, capture_output=True, check=False)

    bad, cry = map(json.loads, ran.stdout.splitlines())
    assert bad == {"id": None, "error": "Line 1: reading it takes too long."}
    assert (cry["severity"], ran.returncode, ran.stderr) == ("emergency", 1, b"")


def test_a_line_as_long_as_a_book_has_the_time_that_it_takes() -> None:
    book = json.dumps({"id": 1, "text": "He will kill me. " * 3_000}).encode()
    in_a_hurry = LOSING_ITSELF.replace("= 0.5", "= 0.05")

    ran = subprocess.run(
        [sys.executable, "-c", in_a_hurry, "detect"], input=book, capture_output=True, check=False
    )

    assert json.loads(ran.stdout)["severity"] == "emergency"


def test_what_a_killed_reader_leaves_unjudged_is_said() -> None:
    with detecting() as running:
        for reader in readers_of(running):
            os.kill(reader, signal.SIGKILL)
        said, complained = running.communicate(CRY)

    assert (said, running.returncode) == (b"", 1)
    assert complained == b"A process that read was killed: what comes next was not judged.\n"


def test_readers_end_with_whoever_asks_them_however_that_ends() -> None:
    with detecting() as running:
        readers = [os.pidfd_open(reader) for reader in readers_of(running)]
        running.kill()
        for reader in readers:
            assert select.select([reader], [], [], 60)[0]
            os.close(reader)
    assert readers
