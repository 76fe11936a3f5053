"""What an update, a tick and a page take with a thousand people, and with a million."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from benchmarks.database import fresh_postgres
from benchmarks.effort import Effort
from benchmarks.results import Result, Rounds, readable
from benchmarks.worlds import COUNTING, Timed, world

_GOAL = 1.2
_WARM_UP = 5
# What takes little is measured more often, since what else the machine does weighs more on it.
_TURNS = range(21, 202)
_SECONDS = 4.0


async def measure(effort: Effort) -> Sequence[Result]:
    sizes: Sequence[int] = (1_000, 2_000) if effort.quick else (1_000, 100_000, 1_000_000)
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(fresh_postgres())
        worlds = [await stack.enter_async_context(world(postgres, size)) for size in sizes]
        found: list[Result] = []
        for name in worlds[0]:
            # With a million people, counting them takes a good part of a minute.
            shown = slice(2) if name in COUNTING else slice(None)
            timed = [each[name] for each in worlds[shown]]
            found.append(await compared(name, sizes[shown], timed, effort))
        return found


async def compared(
    name: str, sizes: Sequence[int], timed: Sequence[Timed], effort: Effort
) -> Result:
    """In turns, so that whatever else this machine does meanwhile falls upon all of them."""
    rounds = [Rounds() for _ in sizes]
    for _ in range(effort.of(_WARM_UP, 1)):
        once = sum([await one() for one in timed])
    for _ in range(effort.of(_turns(once), 2)):
        for size, one in zip(rounds, timed, strict=True):
            size.add(await one() * 1000)
    return Result(
        name=name,
        figure=rounds[-1].median,
        unit=f"ms with {sizes[-1]:,} people",
        peer=f"with {sizes[0]:,}",
        peer_figure=rounds[0].median,
        at_most=None if name in COUNTING else _GOAL,
        note=_note(sizes, rounds) + (", counts everybody" if name in COUNTING else ""),
    )


def _turns(once: float) -> int:
    """How often, where all sizes together take so many seconds."""
    return min(max(int(_SECONDS / once), _TURNS[0]), _TURNS[-1])


def _note(sizes: Sequence[int], rounds: Sequence[Rounds]) -> str:
    between = [
        f"with {size:,} {readable(one.median)}"
        for size, one in list(zip(sizes, rounds, strict=True))[1:-1]
    ]
    return ", ".join([*between, f"spread {rounds[0].spread} and {rounds[-1].spread}"])
