"""A Telegram that fails in every way it knows (P1, P12)."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from random import Random

import pytest
from sqlalchemy import func, select

from simulator.bot_api.failures import MODES, Mode
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.faults.conftest import NewWorld
from tests.faults.judging import close
from tests.faults.load import say_all
from tests.faults.plugin import Row, Share
from tests.faults.script import Part, cast
from tests.faults.world import World

_WAYS_TO_FAIL = [mode for mode in MODES if mode != "none"]
# A send that is told to wait has a trial of its own.
_MODES = [mode for mode in _WAYS_TO_FAIL if mode != "429"]
# A replica that begins to lead makes sure first that no webhook is set.
_ASKS = "deleteWebhook", "getUpdates"
_UPDATES = 400
# How often it fails when it is asked what people wrote, each time up to so often in a row, while so
# many write.
_FAILURES, _IN_A_ROW, _AT_ONCE = 40, 3, 5
# Of more, on a small machine, one has no processor for seconds, and the other takes it for dead.
_REPLICAS_AT_ONCE = 8
_OFTEN = 0.3
_HANGS = 0.5
_HANGING = 5
_WAITS = 2
_BLOCKED = 0.2


async def test_p1_p12_whatever_becomes_of_a_send_everybody_is_answered_in_order(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    """Several ways at once, since most of the time is waiting."""
    async with asyncio.TaskGroup() as group:
        for mode in random.sample(_MODES, share.of(len(_MODES), least=2)):
            group.create_task(_fail(new_world, share, random, mode))


async def _fail(new_world: NewWorld, share: Share, random: Random, mode: Mode) -> None:
    row = share.row(f"Telegram: {mode}, three sends in ten")
    row.runs = share.of(_UPDATES)
    async with new_world() as world:
        script = await cast(world, random, row.runs)
        world.telegram.fail(mode, "sendMessage", probability=_OFTEN, seconds=_HANGS)
        await world.start()
        await say_all(world, script)
        await world.quiet()
        struck = _struck(world, mode, row)
        await close(script, row, unheard=struck if mode == "accept_then_reset" else 0)


@pytest.mark.parametrize("replicas", [1, 2])
async def test_p1_p12_however_telegram_fails_when_it_is_asked_what_people_wrote_nothing_is_lost(
    new_world: NewWorld, share: Share, random: Random, replicas: int
) -> None:
    """One replica asks, or one of two, whose place the other may take meanwhile."""
    room = asyncio.Semaphore(_REPLICAS_AT_ONCE // replicas)

    async def fail(mode: Mode) -> None:
        async with room:
            await _fail_to_tell(new_world, share, random, mode, replicas)

    async with asyncio.TaskGroup() as group:
        for mode in random.sample(_WAYS_TO_FAIL, share.of(len(_WAYS_TO_FAIL))):
            group.create_task(fail(mode))


async def _fail_to_tell(
    new_world: NewWorld, share: Share, random: Random, mode: Mode, replicas: int
) -> None:
    row = share.row(f"Telegram, asked what people wrote: {mode}, replicas: {replicas}")
    row.runs = share.of(_FAILURES)
    async with new_world() as world:
        script = await cast(world, random, row.runs * _IN_A_ROW * _AT_ONCE)
        for place in range(replicas):
            await world.start(place=place)
        for number in range(row.runs):
            # The first hangs until the client has had enough, where there is time for that.
            hangs = None if share.is_all and number == 0 else _HANGS
            times = random.randint(1, _IN_A_ROW)
            enough = world.telegram.simulator.failures.struck[mode]
            world.telegram.fail(mode, *_ASKS, count=times, seconds=hangs, retry_after=_WAITS)
            for _ in range(times):
                script.say(_AT_ONCE)
                enough += 1
                await world.until(partial(_has_struck, world, mode, enough))
            if replicas > 1:
                await world.take_turns(random)
            await world.until(world.handed_over)
        script.say(script.left)
        verdict = await close(script, row)
        assert verdict.repeated == []
        # Whoever takes another's place has not heard that Telegram wants to be left alone.
        if mode == "429" and replicas == 1:
            assert [wait for wait in _waits(world, *_ASKS) if wait < _WAITS] == []


def _has_struck(world: World, mode: Mode, times: int) -> bool:
    return world.telegram.simulator.failures.struck[mode] >= times


def _struck(world: World, mode: Mode, row: Row) -> int:
    """How many calls failed: a trial in which none did has tried nothing."""
    struck = world.telegram.simulator.failures.struck[mode]
    row.notes.append(f"{struck} calls struck")
    assert struck > 0
    return struck


async def test_p1_p12_a_send_that_hangs_is_given_up_by_whoever_made_it_and_made_once_more(
    new_world: NewWorld, random: Random, share: Share
) -> None:
    """Well before its lease ends, so nobody takes it over meanwhile."""
    row = share.row("Telegram: sends hang until the client has had enough, two replicas")
    row.runs = _HANGING
    async with new_world() as world:
        script = await cast(world, random, 4 * _HANGING)
        world.telegram.fail("hang", "sendMessage", count=_HANGING)
        for place in range(2):
            await world.start(place=place)
        await say_all(world, script)
        verdict = await close(script, row)
        assert _struck(world, "hang", row) == _HANGING
        assert verdict.repeated == []
        async with world.database.begin(SERVICE) as session:
            again = select(OutboxRow.fence, OutboxRow.error).where(OutboxRow.fence > 1)
            made = (await session.execute(again)).all()
    assert [fence for fence, _ in made] == [2] * _HANGING
    # Whoever loses a row to another writes nothing there.
    assert all(error is not None for _, error in made)


async def test_p12_nothing_is_sent_to_a_chat_before_telegram_said(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row(f"Telegram: 429, retry after {_WAITS} s, three sends in ten")
    row.runs = share.of(_UPDATES)
    async with new_world() as world:
        script = await cast(world, random, row.runs)
        world.telegram.fail("429", "sendMessage", probability=_OFTEN, retry_after=_WAITS)
        await world.start()
        await say_all(world, script)
        await close(script, row)
        _struck(world, "429", row)
        early = [wait for wait in _waits(world, "sendMessage") if wait < _WAITS]
        row.notes.append(f"{len(early)} sends too early")
        assert early == []


def _waits(world: World, *methods: str) -> Iterator[float]:
    """How long it was left alone after it said so: for each chat, where it is about one."""
    told: dict[str, datetime] = {}
    for call in world.telegram.simulator.log.calls:
        if call.method not in methods:
            continue
        chat, at = call.params.get("chat_id", ""), datetime.fromisoformat(call.at)
        if chat in told:
            yield (at - told.pop(chat)).total_seconds()
        if call.error is not None:
            told[chat] = at


async def test_p12_who_has_blocked_the_bot_is_tried_once_and_all_others_are_answered(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("Telegram: one in five has blocked the bot")
    row.runs = share.of(_UPDATES)
    async with new_world() as world:
        script = await cast(world, random, row.runs)
        for person in script.people:
            person.gone = person.part is not Part.TALKER and random.random() < _BLOCKED
        script.say(script.left)
        for person in script.people:
            if person.gone:
                world.telegram.simulator.phones.block(person.user.id)
        await world.start()
        await close(script, row)
        tried = [str(call.params["chat_id"]) for call in world.telegram.calls("sendMessage")]
        gone = [person for person in script.people if person.gone]
        for person in gone:
            assert tried.count(str(person.user.id)) == 1
        # Staff are not left to wait for somebody who reads nothing.
        async with world.database.begin(SERVICE) as session:
            known = await session.scalar(
                select(func.count()).where(Returnee.blocked_at.is_not(None))
            )
        assert known == sum(person.part is not Part.STRANGER for person in gone)
