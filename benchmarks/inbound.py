"""How many updates a second go all the way: stored, watched, handled, answered, confirmed."""

from collections.abc import Sequence

from benchmarks.bots import running_bot
from benchmarks.ceiling import server_ceiling
from benchmarks.effort import Effort
from benchmarks.frame import alone
from benchmarks.load import Load
from benchmarks.passes import Pass, handed_over, one_pass
from benchmarks.people import open_centre
from benchmarks.results import Result, Rounds
from benchmarks.service import Service, service

_AIOGRAM = "benchmarks.peers.aiogram_echo"
_TELEGRAM_BOT = "benchmarks.peers.telegram_bot_echo"
_ENGINE = "benchmarks.echo_engine"
_WARM_UP = 200


async def measure(effort: Effort) -> Sequence[Result]:
    async with service() as wayhome:
        return await measure_on(wayhome, effort)


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    size = effort.of(3000, 60)
    ours, aiogram, telegram_bot = Rounds(), Rounds(), Rounds()
    engine, words = Rounds(), Rounds()
    passed, engine_passed = [], []
    centre = await open_centre(wayhome.database)
    for _ in range(effort.of(3, 1)):
        passed.append(await one_pass(wayhome, centre, size))
        ours.add(passed[-1].per_second)
        mixed = Load.of(range(1, 1 + passed[-1].updates))
        aiogram.add(await _echoes(wayhome, _AIOGRAM, mixed))
        telegram_bot.add(await _echoes(wayhome, _TELEGRAM_BOT, mixed))
        engine_passed.append(await _through_engine(wayhome, size))
        engine.add(engine_passed[-1].per_second)
        words.add(await _echoes(wayhome, _AIOGRAM, Load.of_words(range(1, 1 + size))))
    ceiling = await server_ceiling(wayhome.telegram, effort.of(20_000, 200))
    if effort.profile is not None:
        await one_pass(wayhome, centre, size, profile=effort.profile)
    return [
        Result(
            name="inbound, one process",
            figure=ours.median,
            unit="updates/s",
            peer="bare aiogram",
            peer_figure=aiogram.median,
            at_least=0.5,
            note=f"{ours.spread}; peer {aiogram.spread}; {_cost(passed[-1])}",
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
            name="the engine with an echo for its dialogs",
            figure=engine.median,
            unit="updates/s",
            peer="bare aiogram, the same words",
            peer_figure=words.median,
            at_least=0.5,
            note=f"{engine.spread}; peer {words.spread}; {_cost(engine_passed[-1])}",
        ),
        Result(
            name="the Bot API server's own ceiling",
            figure=ceiling,
            unit="sends/s",
            note="to a client that only writes",
        ),
    ]


def _cost(last: Pass) -> str:
    return (
        f"processor time per update: {last.milliseconds(*last.own):.1f} ms,"
        f" PostgreSQL {last.milliseconds(last.postgres):.1f} ms;"
        f" {last.calls} calls for {last.updates} updates"
    )


async def _through_engine(wayhome: Service, size: int) -> Pass:
    """Words alone, by a process that has echoed a few already."""
    warm_up, chats = wayhome.new_chats(_WARM_UP), wayhome.new_chats(size)
    async with wayhome.running(module=_ENGINE) as process:
        await wayhome.put(Load.of_words(warm_up).updates({}))
        await wayhome.until_done()
        return await handed_over(wayhome, Load.of_words(chats).updates({}), [process])


async def _echoes(wayhome: Service, module: str, load: Load) -> float:
    async with running_bot(wayhome.telegram, module) as bot:
        return await bot.echo(load.updates({}))


if __name__ == "__main__":
    alone("inbound")
