"""How many updates a second go all the way: stored, watched, handled, answered, confirmed."""

from collections.abc import Sequence

from benchmarks.bots import running_bot
from benchmarks.ceiling import server_ceiling
from benchmarks.effort import Effort
from benchmarks.frame import alone
from benchmarks.load import Load
from benchmarks.passes import one_pass
from benchmarks.people import open_centre
from benchmarks.results import Result, Rounds
from benchmarks.service import Service, service

_AIOGRAM = "benchmarks.peers.aiogram_echo"
_TELEGRAM_BOT = "benchmarks.peers.telegram_bot_echo"


async def measure(effort: Effort) -> Sequence[Result]:
    async with service() as wayhome:
        return await measure_on(wayhome, effort)


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    size = effort.of(3000, 60)
    ours, aiogram, telegram_bot = Rounds(), Rounds(), Rounds()
    passed = []
    centre = await open_centre(wayhome.database)
    for _ in range(effort.of(3, 1)):
        passed.append(await one_pass(wayhome, centre, size))
        ours.add(passed[-1].per_second)
        for module, rounds in ((_AIOGRAM, aiogram), (_TELEGRAM_BOT, telegram_bot)):
            rounds.add(await _echoes(wayhome, module, passed[-1].updates))
    ceiling = await server_ceiling(wayhome.telegram, effort.of(20_000, 200))
    if effort.profile is not None:
        await one_pass(wayhome, centre, size, profile=effort.profile)
    last = passed[-1]
    cost = (
        f"processor time per update: {last.milliseconds(*last.own):.1f} ms,"
        f" PostgreSQL {last.milliseconds(last.postgres):.1f} ms;"
        f" {last.calls} calls for {last.updates} updates"
    )
    return [
        Result(
            name="inbound, one process",
            figure=ours.median,
            unit="updates/s",
            peer="bare aiogram",
            peer_figure=aiogram.median,
            at_least=0.5,
            note=f"{ours.spread}; peer {aiogram.spread}; {cost}",
        ),
        Result(
            name="inbound, one process",
            figure=ours.median,
            unit="updates/s",
            peer="python-telegram-bot with persistence",
            peer_figure=telegram_bot.median,
            at_least=1,
            note=f"peer {telegram_bot.spread}",
        ),
        Result(
            name="the Bot API server's own ceiling",
            figure=ceiling,
            unit="sends/s",
            note="to a client that only writes",
        ),
    ]


async def _echoes(wayhome: Service, module: str, size: int) -> float:
    updates = Load.of(range(1, 1 + size)).updates({})
    async with running_bot(wayhome.telegram, module) as bot:
        return await bot.echo(updates)


if __name__ == "__main__":
    alone("inbound")
