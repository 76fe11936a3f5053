"""How many updates a second go all the way: stored, watched, handled, answered, confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bots import echo, running_bot
from benchmarks.database import usage_of_postgres
from benchmarks.effort import Effort
from benchmarks.frame import alone
from benchmarks.load import Load
from benchmarks.people import Centre, open_centre
from benchmarks.processes import usage_of
from benchmarks.results import Result, Rounds
from benchmarks.service import Service, service

_AIOGRAM = "benchmarks.peers.aiogram_echo"
_TELEGRAM_BOT = "benchmarks.peers.telegram_bot_echo"


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of a load came to."""

    per_second: float
    #: Of processor time, per update: ours, and PostgreSQL's.
    own_ms: float
    postgres_ms: float
    calls: int


async def measure(effort: Effort) -> Sequence[Result]:
    size = effort.of(6000, 60)
    ours, aiogram, telegram_bot = Rounds(), Rounds(), Rounds()
    passed = []
    async with service() as wayhome:
        centre = await open_centre(wayhome.database)
        for number in range(effort.of(3, 1)):
            passed.append(await one_pass(wayhome, centre, number, size))
            ours.add(passed[-1].per_second)
            for module, rounds in ((_AIOGRAM, aiogram), (_TELEGRAM_BOT, telegram_bot)):
                rounds.add(await _echoes(wayhome, module, number, size))
        if effort.profile is not None:
            await one_pass(wayhome, centre, len(passed), size, effort.profile)
    last = passed[-1]
    cost = (
        f"processor time per update: {last.own_ms:.1f} ms, PostgreSQL {last.postgres_ms:.1f} ms;"
        f" {last.calls} calls for {size} updates"
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
    ]


async def one_pass(
    wayhome: Service, centre: Centre, number: int, size: int, profile: Path | None = None
) -> Pass:
    load = await Load.arranged(wayhome, centre, number, size)
    async with wayhome.running(profile=profile) as process:
        updates = load.updates(await load.warm_up(wayhome))
        await wayhome.telegram.forget(wayhome.token)
        own, postgres = usage_of(process.pid), usage_of_postgres(wayhome.postgres)
        await wayhome.put(updates)
        await wayhome.until_done()
        own, postgres = usage_of(process.pid) - own, usage_of_postgres(wayhome.postgres) - postgres
    seen = await wayhome.telegram.seen(wayhome.token)
    end = max(seen.calls[-1].at, await wayhome.last_handled())
    return Pass(
        per_second=len(updates) / (end - seen.handed[0].at),
        own_ms=own.cpu_seconds / len(updates) * 1000,
        postgres_ms=postgres.cpu_seconds / len(updates) * 1000,
        calls=len(seen.calls),
    )


async def _echoes(wayhome: Service, module: str, number: int, size: int) -> float:
    updates = Load.planned(number, size).updates({})
    async with running_bot(wayhome.telegram, module) as token:
        return await echo(wayhome.telegram, token, updates)


if __name__ == "__main__":
    alone("inbound")
