"""One person floods: nobody else waits for it, and a cry in the flood is heard (P1)."""

import asyncio
import time
from bisect import bisect
from math import ceil
from random import Random

from sqlalchemy import select

from simulator.memory.users import User
from storage.sessions import SERVICE
from storage.tables.inbox import InboxRow
from tests.faults.conftest import NewWorld
from tests.faults.judging import Verdict, close, gather, judge_call
from tests.faults.plugin import Share
from tests.faults.script import Person, cast, crier, say
from tests.faults.world import World

_SECONDS = 60
_A_SECOND = 50
_OTHERS = 200
# So many of the flood may be handled while a message of anybody else waits. Both are as slow as the
# machine is, so it holds on any. One queue for all would let hundreds go first.
_MOST_MEANWHILE = 50


async def test_p1_p12_nobody_else_waits_for_a_flood_which_hides_no_cry_for_help(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row(f"one person writes {_A_SECOND} messages a second")
    seconds = share.of(_SECONDS)
    row.runs = seconds * _A_SECOND
    began = time.monotonic()
    async with new_world() as world:
        script = await cast(world, random, share.of(_OTHERS))
        flooder = _flooder(world, random, row.runs)
        await world.start()
        for second in range(seconds):
            for line in flooder.lines[second * _A_SECOND : (second + 1) * _A_SECOND]:
                say(world, line)
            script.say(-(-len(script.lines) // seconds))
            # That is what a rate is.
            await asyncio.sleep(1)
        verdict = await close(script, row)
        took = time.monotonic() - began
        evidence = await gather(world)
        overtaken = await _handled_meanwhile(world, flooder.user)
    row.notes.append(f"99 in 100 of the others were answered within {_most(verdict.delays):.1f} s")
    row.notes.append(f"of the flood {max(overtaken)} were handled while another waited")
    assert max(overtaken) <= _MOST_MEANWHILE
    of_the_flood = Verdict()
    judge_call(flooder, evidence, of_the_flood)
    of_the_flood.enter(row)
    told = len(evidence.phones[flooder.user.id])
    row.notes.append(f"the flooder was told {told} things")
    # What the bot is, once a minute, until the cry; where to call; then, once a minute, that it is
    # kept.
    assert told <= 2 + ceil(took / 60)


def _flooder(world: World, random: Random, messages: int) -> Person:
    """Somebody who cries for help once among so many."""
    words, cry = [f"({number})" for number in range(messages - 1)], random.randrange(messages)
    return crier(world.reader(), words[:cry], words[cry:])


async def _handled_meanwhile(world: World, flooder: User) -> list[int]:
    """Of each message of the others: how many of the flood were handled while it waited."""
    async with world.database.begin(SERVICE) as session:
        lane = session.keys.look_up(flooder.id, "chat")
        times = InboxRow.arrived_at, InboxRow.handled_at
        flood = await session.scalars(select(InboxRow.handled_at).where(InboxRow.lane == lane))
        handled = sorted(at for at in flood if at is not None)
        others = await session.execute(select(*times).where(InboxRow.lane != lane))
        return [
            bisect(handled, until) - bisect(handled, since)
            for since, until in others
            if until is not None
        ]


def _most(delays: list[float]) -> float:
    """What all but one in a hundred stay below."""
    return sorted(delays)[len(delays) * 99 // 100]
