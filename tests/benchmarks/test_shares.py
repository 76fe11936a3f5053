"""A process that is measured with a part of a core gets no more."""

import asyncio
import sys

import pytest

from benchmarks.processes import family, usage_of
from benchmarks.shares import may_share, part_of_a_core

# Says so when it has been busy for a second of the wall's time, and stays.
BUSY = """
import time
end = time.monotonic() + 1
while time.monotonic() < end:
    pass
print("done", flush=True)
input()
"""


# Begins one process after the other, and says so when the first has ended.
BREEDING = """
import os
while True:
    if not (pid := os.fork()):
        os._exit(0)
    os.waitpid(pid, 0)
    os.write(1, b".")
"""

pytestmark = pytest.mark.skipif(not may_share(), reason="nobody may make control groups here")


async def test_a_busy_process_gets_no_more_than_its_part_and_then_all_again() -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BUSY, stdin=pipe, stdout=pipe
    )
    with part_of_a_core(process.pid, 0.1):
        assert process.stdout is not None
        await process.stdout.readline()
        used = usage_of(process.pid).cpu_seconds
    await process.communicate(b"\n")

    # A tenth of a second, and what it took before it was limited.
    assert used < 0.4


async def test_who_has_ended_has_begun_nobody() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()

    assert list(family(process.pid)) == [process.pid]


async def test_what_it_has_begun_meanwhile_is_let_go_with_it() -> None:
    """Race: a process begins another while it is taken out of its group, which must be empty."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BREEDING, stdout=pipe)
    assert process.stdout is not None
    try:
        for _ in range(50):
            with part_of_a_core(process.pid, 1):
                await process.stdout.readexactly(1)
    finally:
        process.kill()
        await process.communicate()
