"""The watch in a process of its own hears what it hears here, and whatever becomes of it, somebody
hears (P1).
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from bot.metrics import Metrics
from bot.stopping import Stopping
from bot.watch import apart, talk
from bot.watch.apart import WatchApart
from domain.distress import Own, Severity, Watch
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


@asynccontextmanager
async def keeping(watch: WatchApart) -> AsyncIterator[Stopping]:
    stopping = Stopping()
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
    await watch.hear("hello")

    async def reads() -> bool:
        return watch.is_apart and bool(set(processes()) - set(besides))

    await until(reads)
    [pid] = set(processes()) - set(besides)
    return pid


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


async def test_p8_the_reader_is_told_no_secret(
    others: Collection[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYHOME_BOT_TOKEN", "42:secret")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        reader = await reader_of(watch, others)

        assert b"WAYHOME" not in told(reader, "environ")


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


async def test_p1_where_no_process_can_begin_messages_are_read_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        assert await watch.hear(CRY) == Watch.load().assess(CRY)

        await until_logged("watch.none", capsys)
        assert await watch.hear(CRY) == Watch.load().assess(CRY)
        assert not watch.is_apart


async def test_p1_a_process_that_says_what_is_no_answer_is_not_believed(
    others: Collection[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Lines of prose, and then it ends.
    monkeypatch.setattr(apart, "_PROCESS", "this")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        assert await watch.hear(CRY) == Watch.load().assess(CRY)

        await until_logged("watch.ended", capsys)
        assert await watch.hear(CRY) == Watch.load().assess(CRY)
    assert set(processes()) == others


async def until_logged(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def is_logged() -> bool:
        return action in "".join(capsys.readouterr())

    await until(is_logged)


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
