"""One person floods: everybody else is as well as before, and a cry in the flood is heard (P1)."""

import asyncio
import itertools
from collections import Counter
from random import Random

from tests.faults.conftest import NewWorld
from tests.faults.judging import close, gather
from tests.faults.plugin import Share
from tests.faults.script import DISTRESS, cast

_SECONDS = 60
_A_SECOND = 50
_OTHERS = 200


async def test_p1_p12_a_flood_harms_nobody_and_hides_no_cry_for_help(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row(f"one person writes {_A_SECOND} messages a second")
    seconds = share.of(_SECONDS)
    row.runs = seconds * _A_SECOND
    cry = random.randrange(row.runs)
    async with new_world() as world:
        script = await cast(world, random, share.of(_OTHERS))
        flooder = world.reader()
        await world.start()
        numbers = itertools.count()
        for _ in range(seconds):
            for number in itertools.islice(numbers, _A_SECOND):
                world.telegram.send_text(flooder, DISTRESS if number == cry else f"({number})")
            script.say(-(-len(script.lines) // seconds))
            # That is what a rate is.
            await asyncio.sleep(1)
        await close(script, row)
        evidence = await gather(world)
    assert len(evidence.cases[flooder.id]) == 1
    assert evidence.kept[flooder.id].count(DISTRESS) == 1
    minutes = -(-(seconds + int(row.worst)) // 60)
    told = Counter(text for text, _ in evidence.phones[flooder.id])
    row.notes.append(f"the flooder was told {sum(told.values())} things")
    assert max(told.values()) <= 1 + minutes
