"""How many updates a second go all the way: stored, watched, handled, answered, confirmed.

Once with a Telegram that answers in no time, which shows what each bot costs by itself, and once
with one that takes as long for an answer as the real one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

from benchmarks.bots import EchoBot, Peer, running_bot
from benchmarks.ceiling import server_ceiling
from benchmarks.effort import Effort
from benchmarks.load import Load
from benchmarks.passes import Pass, handed_over, one_pass
from benchmarks.people import Centre, open_centre
from benchmarks.results import Result, Rounds
from benchmarks.service import Service


def _telegram_bot(updates_at_once: int, said: str) -> Peer:
    name = f"python-telegram-bot with persistence, {said}"
    module, settings = "benchmarks.peers.telegram_bot_echo", (str(updates_at_once),)
    return Peer(name, module, at_least=1, settings=settings, share=3)


PEERS = (
    Peer("bare aiogram", "benchmarks.peers.aiogram_echo", at_least=0.5),
    _telegram_bot(1, "one update after the other (its default)"),
    _telegram_bot(16, "16 at once (its best of 1 to 256 when Telegram takes 20 ms)"),
    _telegram_bot(256, "256 at once (its concurrent_updates=True)"),
)
_ENGINE = "benchmarks.echo_engine"
# Peers are warm from the rounds before: connections made, statements prepared, caches filled.
_WARM_UP = 1000
# An assumption. In Paris somebody counts 10 ms for a ping to api.telegram.org (issue 595 of
# tdlib/telegram-bot-api); for a call others count 50 to 100 (39 of telegram-rs/telegram-bot, 420 of
# tdlib/telegram-bot-api). So it is on the short side.
_DELAY = 0.02


@dataclass(slots=True)
class Entry:
    """One way to run Wayhome, and what it made of the load."""

    name: str
    get_through: Callable[[Service, Centre, int], Awaitable[Pass]]
    rounds: Rounds = field(default_factory=Rounds)
    cost: str = ""

    async def round(self, wayhome: Service, centre: Centre, size: int) -> None:
        passed = await self.get_through(wayhome, centre, size)
        self.rounds.add(passed.per_second)
        self.cost = _cost(passed)


@dataclass(frozen=True, slots=True)
class Contest:
    """The same load for Wayhome and its peers, in turns."""

    delay: float
    load_of: Callable[[Sequence[int]], Load]
    entries: Sequence[Entry]
    peers: Mapping[Peer, Rounds]

    async def round(
        self, wayhome: Service, centre: Centre, bots: Mapping[Peer, EchoBot], size: int
    ) -> None:
        await wayhome.telegram.delay(wayhome.token, self.delay)
        for entry in self.entries:
            await entry.round(wayhome, centre, size)
        for peer, rounds in self.peers.items():
            load = self.load_of(range(1, 1 + size // peer.share))
            rounds.add(await bots[peer].echo(load.updates({}), self.delay))

    def results(self) -> list[Result]:
        return [
            Result(
                name=f"{entry.name}, {_said(self.delay)}",
                figure=entry.rounds.median,
                unit="updates/s",
                peer=peer.name,
                peer_figure=rounds.median,
                at_least=peer.at_least,
                note=f"{entry.rounds.spread}; peer {rounds.spread}; {entry.cost}",
            )
            for entry in self.entries
            for peer, rounds in self.peers.items()
        ]


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    size = effort.of(3000, 60)
    delays = (_DELAY,) if effort.quick else (0, _DELAY)
    # The others are the last with other numbers.
    peers = PEERS[:2] if effort.quick else PEERS
    contests = [contest for delay in delays for contest in _contests(delay, peers, effort)]
    centre = await open_centre(wayhome.database)
    async with AsyncExitStack() as running:
        # Whoever has nothing to do waits for Telegram, which costs the others nothing.
        bots = {
            peer: await running.enter_async_context(running_bot(wayhome.telegram, peer))
            for peer in peers
        }
        for _ in range(effort.of(3, 1)):
            for contest in contests:
                await contest.round(wayhome, centre, bots, size)
    await wayhome.telegram.delay(wayhome.token, 0)
    ceiling = await server_ceiling(wayhome.telegram, effort.of(20_000, 200))
    if effort.profile is not None:
        await one_pass(wayhome, centre, size, profile=effort.profile)
    return [
        *(result for contest in contests for result in contest.results()),
        Result(
            name="the Bot API server's own ceiling",
            figure=ceiling,
            unit="sends/s",
            note="to a client that only writes",
        ),
    ]


def _contests(delay: float, peers: Sequence[Peer], effort: Effort) -> list[Contest]:
    """With docker-compose.yml two processes run; the engine has no people, so it hears words."""
    alone = Entry("inbound, one process", one_pass)
    installed = Entry("inbound, two processes, as installed", partial(one_pass, replicas=2))
    engine = Entry("the engine with an echo for its dialogs", _through_engine)
    ours = [alone] if effort.quick else [alone, installed]
    return [
        Contest(delay, load_of, entries, {peer: Rounds() for peer in peers})
        for load_of, entries in ((Load.of, ours), (Load.of_words, [engine]))
    ]


def _said(delay: float) -> str:
    return f"Telegram takes {delay * 1000:.0f} ms a call" if delay else "Telegram answers at once"


def _cost(last: Pass) -> str:
    return (
        f"processor time per update: {last.milliseconds(*last.own):.1f} ms,"
        f" PostgreSQL {last.milliseconds(last.postgres):.1f} ms;"
        f" {last.calls} calls for {last.updates} updates"
    )


async def _through_engine(wayhome: Service, _: Centre, size: int) -> Pass:
    """Words alone, by a process that has echoed a few already."""
    warm_up, chats = wayhome.new_chats(min(_WARM_UP, size)), wayhome.new_chats(size)
    async with wayhome.running(module=_ENGINE) as process:
        await wayhome.put(Load.of_words(warm_up).updates({}))
        await wayhome.until_done()
        return await handed_over(wayhome, Load.of_words(chats).updates({}), [process])
