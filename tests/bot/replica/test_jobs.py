"""What one job of a replica ends in ends neither the others nor itself (P1)."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.errors import CannotOpen
from bot.replica import jobs
from bot.replica.jobs import keep_up
from bot.stopping import Stopping
from tests.bot.hasty import Hasty


class Moody:
    """A job that ends in these, one after the other, and then well."""

    def __init__(self, *ends: BaseException) -> None:
        self.ends = list(ends)
        self.begun = 0

    async def __call__(self) -> None:
        self.begun += 1
        if self.ends:
            raise self.ends.pop(0)


async def test_p1_a_job_that_fails_is_begun_again_after_ever_longer_pauses() -> None:
    stopping, job = Hasty(), Moody(*(KeyError("somebody's words") for _ in range(7)))
    with capture_logs() as lines:
        await keep_up(job, stopping)

    assert job.begun == 8
    assert stopping.pauses == [1, 2, 4, 8, 16, 30, 30]
    assert [line["action"] for line in lines] == ["job.failed"] * 7
    assert "words" not in str(lines)


async def test_what_went_on_for_long_is_begun_again_at_once_nearly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "_WELL", -1.0)
    stopping = Hasty()
    await keep_up(Moody(KeyError(), KeyError(), KeyError()), stopping)

    assert stopping.pauses == [1, 1, 1]


async def test_the_place_of_a_fault_in_a_group_is_told() -> None:
    async def job() -> None:
        if not stopping.pauses:
            async with asyncio.TaskGroup() as group:
                group.create_task(Moody(LookupError("words"))())

    stopping = Hasty()
    with capture_logs() as lines:
        await keep_up(job, stopping)

    [line] = lines
    assert line["error"].startswith("LookupError at replica/test_jobs.py:")


async def test_what_no_other_try_mends_ends_the_process() -> None:
    job = Moody(CannotOpen("Telegram refuses the token."))
    with pytest.raises(CannotOpen):
        await keep_up(job, Hasty())

    assert job.begun == 1


@pytest.mark.parametrize("ends", [(), (KeyError(),)])
async def test_when_it_is_time_to_stop_nothing_is_begun_again(
    ends: Sequence[BaseException],
) -> None:
    stopping, job = Hasty(), Moody(*ends)
    stopping.set()
    await keep_up(job, stopping)

    assert (job.begun, stopping.pauses) == (1, [])


async def test_what_is_asked_to_stop_in_a_pause_ends_in_order() -> None:
    stopping, job = Stopping(), Moody(KeyError())
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(keep_up(job, stopping))
        await asyncio.sleep(0)
        stopping.set()

    assert job.begun == 2


async def test_a_job_that_is_cancelled_is_not_begun_again() -> None:
    begun = asyncio.Event()

    async def job() -> None:
        assert not begun.is_set()
        begun.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        working = group.create_task(keep_up(job, Stopping()))
        await begun.wait()
        working.cancel()

    assert working.cancelled()
