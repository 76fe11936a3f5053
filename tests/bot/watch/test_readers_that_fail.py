"""Whatever becomes of the process that reads, somebody hears (P1)."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Collection
from typing import Any

import pytest
from structlog.typing import EventDict

from bot.metrics.metrics import Metrics
from bot.watch import talk
from bot.watch.apart import WatchApart
from domain.distress import Said, Watch
from tests.bot.hasty import Hasty
from tests.bot.watch.readers import CRY, heard_apart, keeping, once_logged, processes, reader_of
from tests.faults.world import until


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


async def test_a_reader_that_begins_and_never_answers_is_begun_ever_more_rarely(
    other_reader: Callable[[str], None],
) -> None:
    other_reader("say(json.dumps(VERSION))")
    watch, stopping = WatchApart(Watch.load(), Metrics()), Hasty()

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
