"""The processes that read beside this one, and what is asked of them."""

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from structlog.typing import EventDict

from benchmarks.processes import begun_by
from bot.stopping import Stopping
from bot.watch.apart import WatchApart
from domain.distress import Own, Severity
from domain.distress.own import own_entry
from tests.faults.world import until

CRY = "he locked me in and took my passport"
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
    for pid in begun_by(os.getpid()):
        if b"bot.watch.process" in told(pid, "cmdline"):
            yield pid


def told(pid: int, what: str) -> bytes:
    return Path(f"/proc/{pid}/{what}").read_bytes()


async def reader_of(watch: WatchApart, besides: Collection[int]) -> int:
    """The number of the only one `besides` these, once it reads what this watch hears."""
    await heard_apart(watch)
    [pid] = set(processes()) - set(besides)
    return pid


async def heard_apart(watch: WatchApart) -> None:
    """Returns once a process reads what this watch hears."""
    await watch.hear("hello")

    async def is_so() -> bool:
        return watch.is_apart

    await until(is_so)


async def once_logged(action: str, logged: list[EventDict]) -> EventDict:
    """The first such line, as soon as it is there."""

    async def is_logged() -> bool:
        return any(line["action"] == action for line in logged)

    await until(is_logged)
    return next(line for line in logged if line["action"] == action)


def own(version: int, phrase: str) -> Own:
    entry = own_entry(UUID(int=version), "en", "captivity", Severity.URGENT, phrase)
    assert entry is not None
    return Own(version, [entry], frozenset({"en:urgent:nothing:nothing"}))
