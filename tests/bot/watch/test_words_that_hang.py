"""Words over which the watch loses itself hold up neither the replica nor what others say (P1)."""

import asyncio
import re
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bot.metrics.metrics import Metrics
from bot.watch import in_time
from bot.watch.apart import WatchApart
from bot.watch.in_time import TookTooLong
from domain.distress import Assessment, Said, Watch
from tests.bot.watch.readers import CRY, heard_apart, keeping

LOST = "a" * 60 + "b"
READER = """
import re
from bot.watch import in_time, process
from domain.distress import Assessment, Severity, Watch

in_time._LONGEST = 0.1

class Lost:
    version = VERSION
    def assess(self, text, recent, own):
        re.match("(a+)+$", text)
        return Assessment(Severity.NONE, False, (), f"{os.getpid()} {text}")

Watch.load = Lost
process.main()
"""


async def test_p1_the_process_goes_on_to_the_next_message_and_says_which_it_could_not_read(
    other_reader: Callable[[str], None],
) -> None:
    other_reader(READER)
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)
        before = await watch.hear("good morning")
        begun = watch.begin([Said("one"), Said(LOST), Said("other"), Said(f"{LOST} unasked")])

        with pytest.raises(TookTooLong):
            await begun[Said(LOST)]()
        after = [(await begun[Said(text)]()).version for text in ("one", "other")]

    reader = before.version.partition(" ")[0]
    assert after == [f"{reader} one", f"{reader} other"]


async def test_p1_where_no_process_reads_the_replica_breaks_it_off_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assess = Watch.assess

    def lost(self: Watch, text: str, *more: Any) -> Assessment:
        re.match("(a+)+$", text)
        return assess(self, text, *more)

    monkeypatch.setattr(Watch, "assess", lost)
    monkeypatch.setattr(in_time, "_LONGEST", 0.05)
    watch = WatchApart(Watch.load(), Metrics())

    with pytest.raises(TookTooLong):
        await watch.hear(LOST)
    monkeypatch.undo()
    assert await watch.hear(CRY) == Watch.load().assess(CRY)


async def test_p1_who_heeds_nothing_any_more_ends_and_is_missed() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c"),
        "from itertools import repeat\n"
        "from bot.watch import in_time\n"
        "in_time._LONGEST, in_time._DEADLY = 0.05, 0.1\n"
        "in_time.in_time(lambda: all(repeat(True)))",
    )
    async with asyncio.timeout(60):
        assert await process.wait() == -signal.SIGPROF
