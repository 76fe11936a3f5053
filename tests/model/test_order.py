"""Whatever the order in which Telegram's updates come, they end as they would have in order."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.distress import Severity
from simulator.memory.users import User
from storage.kinds import CaseEventKind
from storage.sessions import SERVICE
from storage.tables.cases import CaseEvent
from storage.tables.inbox import InboxRow
from tests.model.conftest import Bench
from tests.model.house import House
from tests.model.judge import heard_of

CRIES = ("He locked me in and he will kill me", "do të më vrasë", "він мене вб'є", "il va me tuer")
CALM = ("Good morning", "ok", "шукаю роботу", "Faleminderit")
# Somebody who agreed to a caseworker is heard with less than that.
WORRIES = ("My husband hits me", "Nuk kam ku të fle")
_SIGNALS = (CaseEventKind.OPENED, CaseEventKind.SIGNAL, CaseEventKind.RAISED)
_EXAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A message with its edits, and the order in which they come in the shuffled telling."""

    stranger: bool
    editions: tuple[str, ...]
    order: tuple[int, ...]

    @property
    def loses_an_edit(self) -> bool:
        """Whether a calm edit comes after its original and before an older edit that is a cry.

        Of what nobody must hear nothing is kept (P5), so the case can't say that the cry was edited
        away again.
        """
        return any(
            before > after > 0 and 0 in self.order[:place] and self.editions[before] in CALM
            for place, before in enumerate(self.order)
            for after in self.order[place:]
            if self.editions[after] not in CALM
        )


@st.composite
def tellings(draw: st.DrawFn) -> Told:
    stranger = draw(st.booleans())
    words = st.sampled_from(CRIES + CALM + (() if stranger else WORRIES))
    editions = tuple(draw(st.lists(words, min_size=1, max_size=3)))
    told = Told(stranger, editions, tuple(draw(st.permutations(range(len(editions))))))
    assume(not told.loses_an_edit)
    return told


def updates_of(user: User, number: int, told: Told, *, shuffled: bool) -> list[dict[str, Any]]:
    chat = {"id": user.id, "type": "private", "first_name": "Amal"}
    sender = {"id": user.id, "is_bot": False, "first_name": "Amal"}
    message = {"message_id": number, "date": 1_777_000_000, "chat": chat, "from": sender}
    editions = [
        {"edited_message": message | {"text": text, "edit_date": 1_777_000_000 + edition}}
        if edition
        else {"message": message | {"text": text}}
        for edition, text in enumerate(told.editions)
    ]
    return [editions[place] for place in told.order] if shuffled else editions


def interleaved(lanes: list[list[dict[str, Any]]], chance: random.Random) -> list[dict[str, Any]]:
    """Each chat's own order is kept; which chat comes next is anybody's guess."""
    places = [lane for lane, updates in enumerate(lanes) for _ in updates]
    chance.shuffle(places)
    queues = [iter(updates) for updates in lanes]
    return [next(queues[place]) for place in places]


async def end_of(house: House, user: User) -> Any:
    """All that staff will ever see of what this person said."""
    heard = await heard_of(house, user.id)
    if heard is None:
        return None
    assert max(heard.numbers.values(), default=0) <= 1
    async with house.machinery.database.begin(SERVICE) as session:
        events = await session.execute(
            select(CaseEvent.severity, CaseEvent.reasons).where(
                CaseEvent.case_id.in_([case.id for case in heard.cases]),
                CaseEvent.kind.in_(_SIGNALS),
            )
        )
        signals = Counter((severity, *reasons) for severity, reasons in events)
    cases = [(case.state, case.severity) for case in heard.cases]
    return heard.words, heard.kinds, cases, signals


async def tell(
    house: House, updates: list[dict[str, Any]], chance: random.Random, *, twice: bool
) -> None:
    """In batches of any size, under numbers with gaps and in no order, some of them again."""
    house.renumbered(updates, [chance.randrange(1, 2**40) for _ in updates])
    done = 0
    while done < len(updates):
        size = chance.randint(1, 4)
        again = chance.sample(updates[:done], min(done, 2)) if twice else []
        await house.hand_over([*again, *updates[done : done + size]])
        done += size
        if chance.random() < 0.5:
            await asyncio.gather(*(replica.handle() for replica in house.replicas))
    await asyncio.gather(*(replica.handle() for replica in house.replicas))


async def both_ways(bench: Bench, story: list[Told], seed: int) -> None:
    chance = random.Random(seed)
    house = await House.open(bench.machinery)
    in_order = [await house.enrolled(), house.phone()]
    shuffled = [await house.enrolled(), house.phone()]
    lanes: list[list[dict[str, Any]]] = [[], []]
    plain: list[dict[str, Any]] = []
    for number, told in enumerate(story, 1):
        plain += updates_of(in_order[told.stranger], number, told, shuffled=False)
        lanes[told.stranger] += updates_of(shuffled[told.stranger], number, told, shuffled=True)
    await tell(house, plain, random.Random(0), twice=False)
    await tell(house, interleaved(lanes, chance), chance, twice=True)

    for one, other in zip(in_order, shuffled, strict=True):
        assert await end_of(house, other) == await end_of(house, one)


@pytest.mark.timeout(3600)
def test_p1_shuffled_repeated_and_edited_before_their_originals_updates_end_as_in_order(
    bench: Bench, share: float
) -> None:
    @settings(max_examples=int(_EXAMPLES * share), suppress_health_check=list(HealthCheck))
    @given(st.lists(tellings(), min_size=1, max_size=6), st.integers(0, 2**32))
    def holds(story: list[Told], seed: int) -> None:
        bench.do(both_ways(bench, story, seed))

    holds()


def test_p1_p12_the_same_update_a_hundred_times_is_one_row_one_case_and_one_reply(
    bench: Bench,
) -> None:
    bench.do(_a_hundred_times(bench))


async def _a_hundred_times(bench: Bench) -> None:
    house = await House.open(bench.machinery)
    person = house.phone()
    house.simulator.phones.send_text(person.id, "He locked me in and he will kill me")
    [update] = house.waiting()
    for number in range(100):
        await house.hand_over([update])
        if number % 10 == 0:
            await asyncio.gather(*(replica.handle() for replica in house.replicas))
    await asyncio.gather(*(house.hand_over([update]) for _ in range(20)))
    await asyncio.gather(*(replica.handle() for replica in house.replicas))
    await house.settle()

    async with bench.machinery.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(InboxRow)) == 1
    heard = await heard_of(house, person.id)
    assert heard is not None
    assert [case.severity for case in heard.cases] == [Severity.EMERGENCY]
    assert len(heard.words) == 1
    assert len([sent for sent in house.accepted if sent.chat == person.id]) == 1
