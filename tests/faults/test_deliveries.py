"""Updates that come again, in a wrong order, or an edit before its original (P1)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import httpx

from simulator.memory.users import User
from tests.faults.conftest import NewWorld
from tests.faults.judging import Verdict, gather, judge_alerts, judge_call
from tests.faults.plugin import Row, Share
from tests.faults.script import CRISIS, DISTRESS, crier
from tests.faults.world import SECRET, World

_TIMES = 100
_PEOPLE = 1_000
_AT_ONCE = 20


class Messenger:
    """Brings updates as Telegram does, to whichever replica."""

    def __init__(self, world: World, client: httpx.AsyncClient) -> None:
        self._world = world
        self._client = client

    async def bring(self, update: dict[str, Any], place: int = 0) -> None:
        answer = await self._client.post(f"{self._world.address(place)}/telegram", json=update)
        assert answer.status_code == 200


@asynccontextmanager
async def two_replicas(new_world: NewWorld) -> AsyncIterator[tuple[World, Messenger]]:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with (
        new_world(intake="webhook") as world,
        httpx.AsyncClient(headers=headers, timeout=60) as client,
    ):
        for place in range(2):
            await world.start(place=place)
            await world.answers(place)
        yield world, Messenger(world, client)


def written(user: User, update_id: int, text: str, *, edited: bool = False) -> dict[str, Any]:
    message = {
        "message_id": 7,
        "date": 1,
        "chat": {"id": user.id, "type": "private", "first_name": "Amal"},
        "from": user.view(),
        "text": text,
    }
    if edited:
        return {"update_id": update_id, "edited_message": message | {"edit_date": 2}}
    return {"update_id": update_id, "message": message}


async def test_p1_p12_the_same_update_a_hundred_times_is_one_case_and_one_answer(
    new_world: NewWorld, share: Share
) -> None:
    row = share.row(f"the same update {_TIMES} times, in a row and on two replicas at once")
    row.runs = 2
    async with two_replicas(new_world) as (world, messenger):
        first, second = world.reader(), world.reader()
        for _ in range(_TIMES):
            await messenger.bring(written(first, 1001, DISTRESS))
        again = written(second, 1002, DISTRESS)
        for _ in range(0, _TIMES, _AT_ONCE):
            await asyncio.gather(*(messenger.bring(again, place % 2) for place in range(_AT_ONCE)))
        await world.quiet()
        row.processes = world.started
        await _judge(world, [first, second], row)


async def test_p1_shuffled_updates_and_edits_before_their_originals_lead_to_the_same_cases(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    """With gaps in the numbers, too. What is written by editing is a cry for help like any."""
    row = share.row("shuffled, with gaps, an edit before its original")
    row.runs = share.of(_PEOPLE)
    async with two_replicas(new_world) as (world, messenger):
        people = [world.reader() for _ in range(row.runs)]
        updates = list(_written(people, random))
        for first in range(0, len(updates), _AT_ONCE):
            some = updates[first : first + _AT_ONCE]
            await asyncio.gather(*(messenger.bring(each, random.randrange(2)) for each in some))
        await world.quiet()
        row.processes = world.started
        await _judge(world, people, row)


async def _judge(world: World, people: Sequence[User], row: Row) -> None:
    """Each is in one case with their cry, told once what to do, and staff know."""
    evidence, verdict = await gather(world), Verdict()
    for user in people:
        judge_call(crier(user), evidence, verdict)
        crises = [text for text, _ in evidence.phones[user.id] if CRISIS in text]
        verdict.repeated += [(user.id, text) for text in crises[1:]]
    judge_alerts(world, evidence, verdict)
    verdict.enter(row)
    assert row.repeated == evidence.set_aside == 0


def _written(people: Sequence[User], random: Random) -> Sequence[dict[str, Any]]:
    updates = []
    for user in people:
        number = random.randrange(10**8)
        updates += [
            written(user, 10 * number, "Hello"),
            written(user, 10 * number + random.randint(1, 9), DISTRESS, edited=True),
        ]
    random.shuffle(updates)
    return updates
