"""The watch in a process of its own hears what it hears here, and whatever becomes of it, somebody
hears (P1).
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.metrics import Metrics
from bot.stopping import Stopping
from bot.watch import apart, talk
from bot.watch.apart import WatchApart
from domain.distress import Own, Said, Severity, Watch
from domain.distress.own import own_entry
from tests.faults.world import until

CRY = "he locked me in and took my passport"
WRITTEN = (
    CRY,
    "",
    "good morning",
    "حبسني في البيت وأخذ جوازي",
    "😭😭 help",
    "two\nlines\r\n\0",
    "a half of a sign \ud83d",
    "he locked me in " * 320,
)
# What any reader needs that stands in for ours.
OTHER = """
import json, os, sys
VERSION = {version!r}
def say(line):
    os.write(1, line.encode() + b"\\n")
def stay():
    sys.stdin.buffer.read()
"""


@asynccontextmanager
async def keeping(watch: WatchApart, stopping: Stopping | None = None) -> AsyncIterator[Stopping]:
    stopping = stopping or Stopping()
    async with asyncio.TaskGroup() as group:
        group.create_task(watch.run(stopping))
        try:
            yield stopping
        finally:
            stopping.set()


def processes() -> Iterator[int]:
    """Those that this one began for a watch."""
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            if b"bot.watch.process" in told(int(pid), "cmdline"):
                yield int(pid)


def told(pid: int, what: str) -> bytes:
    return Path(f"/proc/{pid}/{what}").read_bytes()


async def reader_of(watch: WatchApart, besides: Collection[int] = ()) -> int:
    """Its number, once it reads what this watch hears."""
    await heard_apart(watch)
    [pid] = set(processes()) - set(besides)
    return pid


async def heard_apart(watch: WatchApart) -> None:
    """Returns once a process reads what this watch hears."""
    await watch.hear("hello")

    async def is_so() -> bool:
        return watch.is_apart

    await until(is_so)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


async def once_logged(action: str, logged: list[EventDict]) -> EventDict:
    """The first such line, as soon as it is there."""

    async def is_logged() -> bool:
        return any(line["action"] == action for line in logged)

    await until(is_logged)
    return next(line for line in logged if line["action"] == action)


@pytest.fixture
def other_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has something else begun instead of the process that reads."""

    def begin_instead(program: str) -> None:
        begun = OTHER.format(version=Watch.load().version) + program
        (tmp_path / "other_reader.py").write_text(begun)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
        monkeypatch.setattr(apart, "_PROCESS", "other_reader")

    return begin_instead


@pytest.fixture
def others() -> Collection[int]:
    """That read already when a test begins."""
    return set(processes())


@pytest.fixture(scope="module")
async def watch() -> AsyncIterator[WatchApart]:
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await reader_of(watch, set(processes()))
        yield watch


async def test_p1_whatever_is_written_is_heard_as_it_is_here(watch: WatchApart) -> None:
    here = Watch.load()

    for text in WRITTEN:
        assert await watch.hear(text) == here.assess(text)
    assert watch.is_apart


async def test_p1_what_was_said_before_is_heard_there_too(watch: WatchApart) -> None:
    heard = await watch.hear("kill myself", ["i am going to"])

    assert heard == Watch.load().assess("kill myself", ["i am going to"])
    assert heard.severity is Severity.EMERGENCY


async def test_p1_an_organisations_own_words_are_heard_there_as_they_stand(
    watch: WatchApart,
) -> None:
    red, blue = own(1, "red house"), own(2, "blue house")

    for listened in (red, blue, None, red):
        for text in ("the red house", "the blue house", CRY):
            assert await watch.hear(text, (), listened) == Watch.load().assess(text, (), listened)
    assert (await watch.hear("the red house", (), red)).severity is Severity.URGENT


def own(version: int, phrase: str) -> Own:
    entry = own_entry(UUID(int=version), "en", "captivity", Severity.URGENT, phrase)
    assert entry is not None
    return Own(version, [entry], frozenset({"en:urgent:nothing:nothing"}))


async def test_many_are_heard_side_by_side_each_as_itself(watch: WatchApart) -> None:
    here = Watch.load()
    texts = [f"{text} {number}" for number in range(40) for text in (CRY, "good morning")]

    heard = await asyncio.gather(*map(watch.hear, texts))

    assert heard == [here.assess(text) for text in texts]


async def test_p1_what_is_asked_together_is_answered_each_as_itself(watch: WatchApart) -> None:
    here = Watch.load()
    said = [
        Said(text, ("i am going to",), own(1, "red house")) for text in (*WRITTEN, "the red house")
    ]

    begun = watch.begin(said)

    # Whoever is not waited for harms nobody, and the last may be waited for first.
    for each in reversed(said[1:]):
        assert await begun[each]() == here.assess(*each)
    assert watch.is_apart


async def test_p1_what_was_asked_together_of_a_reader_that_is_killed_is_heard(
    others: Collection[int],
) -> None:
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        reader = await reader_of(watch, others)
        os.kill(reader, signal.SIGSTOP)
        begun = watch.begin([Said(CRY), Said("good morning"), Said("hello")])
        os.kill(reader, signal.SIGKILL)

        assert await begun[Said(CRY)]() == Watch.load().assess(CRY)
        assert await begun[Said("hello")]() == Watch.load().assess("hello")


async def test_p1_what_takes_long_is_answered_before_the_rest_is_read(
    other_reader: Callable[[str], None], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    other_reader(
        f"""
import time
from bot.watch import process
from domain.distress import Assessment, Severity, Watch

class Slow:
    version = VERSION
    def assess(self, text, recent, own):
        while text == "shut" and not os.path.exists({str(gate)!r}):
            time.sleep(0.01)
        if text == "long":
            time.sleep(2 * process._MOMENT)
        return Assessment(Severity.NONE, False, (), text)

Watch.load = Slow
process.main()
"""
    )
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)
        begun = watch.begin([Said("long"), Said("shut")])

        assert (await begun[Said("long")]()).version == "long"
        gate.touch()
        assert (await begun[Said("shut")]()).version == "shut"


async def test_p8_the_reader_is_told_no_secret(
    others: Collection[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WAYHOME_BOT_TOKEN", "wayhome_bot_token", "PGPASSWORD"):
        monkeypatch.setenv(name, "42:secret")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        reader = await reader_of(watch, others)

        environ = told(reader, "environ")
        assert b"PATH=" in environ
        assert b"secret" not in environ


async def test_p1_a_message_whose_reader_is_killed_is_heard_and_another_reader_begins(
    others: Collection[int],
) -> None:
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        reader = await reader_of(watch, others)
        os.kill(reader, signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(watch.hear(CRY))
            await asyncio.sleep(0)
            os.kill(reader, signal.SIGKILL)

        assert hearing.result() == Watch.load().assess(CRY)
        assert await reader_of(watch, others) != reader
        assert await watch.hear(CRY) == Watch.load().assess(CRY)


async def test_p1_a_reader_that_hangs_holds_nobody_up_for_long_and_is_replaced(
    others: Collection[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        reader = await reader_of(watch, others)
        os.kill(reader, signal.SIGSTOP)
        monkeypatch.setattr(talk, "_PATIENCE", 0.05)

        assert await watch.hear(CRY) == Watch.load().assess(CRY)
        monkeypatch.undo()
        assert await reader_of(watch, others) != reader


async def test_p1_who_asks_while_everything_ends_is_answered(others: Collection[int]) -> None:
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch) as stopping:
        os.kill(await reader_of(watch, others), signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(watch.hear(CRY))
            await asyncio.sleep(0)
            stopping.set()

        assert hearing.result() == Watch.load().assess(CRY)
    assert set(processes()) == others


async def nowhere(*_: Any, **__: Any) -> None:
    raise FileNotFoundError


async def without_a_thread(*_: Any, **__: Any) -> None:
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("begin", [nowhere, without_a_thread])
async def test_p1_where_no_process_can_begin_messages_are_read_here(
    begin: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, logged: list[EventDict]
) -> None:
    monkeypatch.setattr(asyncio, "create_subprocess_exec", begin)
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        assert await watch.hear(CRY) == Watch.load().assess(CRY)

        await once_logged("watch.none", logged)
        assert await watch.hear(CRY) == Watch.load().assess(CRY)
        assert not watch.is_apart


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("say('Beautiful is better than ugly.'); stay()", id="prose"),
        pytest.param("say('x' * (2**20 + 2**19)); stay()", id="long"),
        pytest.param("say('\"another\"'); stay()", id="another-version"),
        pytest.param("", id="nothing"),
    ],
)
async def test_p1_a_process_that_does_not_begin_as_ours_does_is_asked_nothing(
    program: str, other_reader: Callable[[str], None], logged: list[EventDict]
) -> None:
    other_reader(program)
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        assert await watch.hear(CRY) == Watch.load().assess(CRY)

        await once_logged("watch.ended", logged)
        assert await watch.hear(CRY) == Watch.load().assess(CRY)
    assert not {"watch.apart", "watch.none"} & {line["action"] for line in logged}


async def test_p1_a_process_that_never_begins_is_given_up(
    other_reader: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    logged: list[EventDict],
) -> None:
    monkeypatch.setattr(talk, "_TO_BEGIN", 0.05)
    other_reader("stay()")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        assert await watch.hear(CRY) == Watch.load().assess(CRY)

        await once_logged("watch.ended", logged)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("[" * 100_000, id="deep"),
        pytest.param('"none"', id="short"),
        pytest.param('[0, "calm", false, [], ""]', id="severity"),
        pytest.param('[0, "none", 0, [], ""]', id="asks"),
        pytest.param('[0, "none", false, "all", ""]', id="reasons"),
        pytest.param('[0, "none", false, [0], ""]', id="reason"),
        pytest.param('[0, "none", false, [], 0]', id="version"),
        pytest.param('[false, "none", false, [], ""]', id="number"),
    ],
)
async def test_p1_what_is_no_answer_is_not_believed(
    answer: str, other_reader: Callable[[str], None], logged: list[EventDict]
) -> None:
    other_reader(f"say(json.dumps(VERSION)); os.read(0, 1); say({answer!r}); stay()")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)

        assert await watch.hear(CRY) == Watch.load().assess(CRY)
        await once_logged("watch.ended", logged)
    assert "watch.none" not in {line["action"] for line in logged}


async def test_the_log_says_what_a_reader_died_of_though_it_falls_silent_first(
    other_reader: Callable[[str], None], logged: list[EventDict]
) -> None:
    other_reader("import time; os.close(1); time.sleep(0.1); os._exit(3)")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await watch.hear("hello")

        assert (await once_logged("watch.ended", logged))["number"] == 3


class Impatient(Stopping):
    """Skips pauses, and knows how long they were meant to be."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


async def test_a_reader_that_begins_and_never_answers_is_begun_ever_more_rarely(
    other_reader: Callable[[str], None],
) -> None:
    other_reader("say(json.dumps(VERSION))")
    watch, stopping = WatchApart(Watch.load(), Metrics()), Impatient()

    async def three_ended() -> bool:
        return len(stopping.pauses) >= 3

    async with keeping(watch, stopping):
        await watch.hear("hello")
        await until(three_ended)

    assert stopping.pauses[:3] == [2.0, 4.0, 8.0]


async def test_what_a_library_prints_without_python_is_no_answer(
    other_reader: Callable[[str], None],
) -> None:
    other_reader(
        """
from bot.watch import process
from domain.distress import Watch

class Loud(Watch):
    def assess(self, *said):
        os.write(1, b"reading\\n")
        return super().assess(*said)

def load():
    os.write(1, b"loading\\n")
    return loud

loud = Watch.load()
loud.__class__ = Loud
Watch.load = load
process.main()
"""
    )
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)

        assert await watch.hear(CRY) == Watch.load().assess(CRY)
        assert watch.is_apart


async def test_the_reader_imports_nothing_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)


async def test_p1_words_that_cannot_be_told_are_heard_here_and_confuse_nobody_elses(
    watch: WatchApart,
) -> None:
    class Untellable(Own):
        def __reduce__(self) -> tuple[Any, ...]:
            raise RecursionError

    untellable, red, blue = Untellable(3, []), own(1, "red door"), own(2, "blue door")

    for listened in (untellable, red, blue):
        for text in ("the red door", "the blue door", CRY):
            assert await watch.hear(text, (), listened) == Watch.load().assess(text, (), listened)
    assert watch.begin([Said(CRY), Said(CRY, (), untellable)]) == {}
    assert watch.is_apart


async def test_what_nobody_listens_for_any_more_is_forgotten_there_too(
    other_reader: Callable[[str], None],
) -> None:
    other_reader(
        """
import gc
from bot.watch import process
from domain.distress import Assessment, Own, Severity, Watch

class Counts:
    version = VERSION
    def assess(self, text, recent, own):
        gc.collect()
        known = sum(isinstance(each, Own) for each in gc.get_objects())
        return Assessment(Severity.NONE, False, (), f"{known}+{own and own.version}")

Watch.load = Counts
process.main()
"""
    )
    blue = own(1, "blue house")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)
        await watch.hear("hello", (), blue)
        for version in range(2, 6):
            red = own(version, "red house")
            assert (await watch.hear("hello", (), red)).version.endswith(f"+{version}")

        assert (await watch.hear("hello", (), blue)).version == "2+1"


async def test_who_is_killed_leaves_no_reader_behind() -> None:
    """Whatever happens to its parent, it reads the end of its questions."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.watch.process"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.close()

    assert await process.wait() == 0
