"""A watch whose reader has begun, and readers that are not ours."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.metrics.metrics import Metrics
from bot.watch import apart
from bot.watch.apart import WatchApart
from domain.distress import Watch
from tests.bot.watch.readers import OTHER, keeping, processes, reader_of


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


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
