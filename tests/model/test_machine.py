"""Persons, staff, crashes, redeliveries and time against the promises, in any order there is.

Each step is one thing that somebody does or that goes wrong. In the end nothing goes wrong any
more, everything that is due is done, and the promises must hold.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings, target
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from domain.actors import Actor
from domain.cases.work import claim, mark_heard, resolve, write
from domain.duty import go_off_duty, go_on_duty
from domain.errors import Refused
from domain.messages.sealing import body_of
from simulator.memory.users import User
from storage.kinds import Outcome, Role, Severity
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case, Message
from storage.tables.returnees import Returnee, Safety
from tests.model import judge
from tests.model.calls import BUTTON
from tests.model.conftest import Bench
from tests.model.faults import NONE, Answer, AtStatement, Fault
from tests.model.house import House, Machinery

CRIES = (
    "He locked me in and he will kill me",
    "do të më vrasë",
    "il va me tuer",
    "він мене вб'є",
    "غادي يقتلني",
    "они забрали паспорт, он меня убьёт",
)
CALM = ("Good morning", "Faleminderit", "шукаю роботу", "ok", "👍", "a\x00b", "\u202eok", "/help")
COMMANDS = ("/start", "/help", "/stop", "/checkin", "/hide", "/services", "/privacy", "/queue")

people = st.integers(0, 4)
texts = st.sampled_from(CRIES) | st.sampled_from(CALM)
faults = st.one_of(
    st.just(NONE),
    st.builds(Fault, at=st.sampled_from(AtStatement), statement=st.integers(1, 40)),
    st.builds(Fault, answers=st.lists(st.sampled_from(Answer), min_size=1, max_size=4).map(tuple)),
)
spans = st.sampled_from(
    (
        timedelta(minutes=1),
        timedelta(minutes=6),
        timedelta(minutes=16),
        timedelta(hours=1, minutes=1),
        # To the edges of the safe window, which is open from nine to eight.
        timedelta(hours=9),
        timedelta(hours=8, minutes=59),
        timedelta(hours=24, minutes=1),
        timedelta(days=3),
    )
)


class Life(RuleBasedStateMachine):
    bench: ClassVar[Bench]

    @property
    def machinery(self) -> Machinery:
        return self.bench.machinery

    @initialize()
    def open(self) -> None:
        self.bench.do(self._open())

    async def _open(self) -> None:
        self.house = await House.open(self.machinery)
        self.people: list[User] = [
            await self.house.enrolled(),
            await self.house.enrolled(),
            self.house.phone("uk"),
            self.house.phone("fr"),
            await self.house.enrolled(),
        ]
        async with self.machinery.database.begin(SERVICE) as session:
            for safety in await session.scalars(select(Safety)):
                safety.second_prompt = True
        await self.house.colleague()
        await self.house.colleague(Role.SUPERVISOR)
        self.sent: dict[int, list[int]] = defaultdict(list)
        self.closed: set[str] = set()
        self.severities: dict[UUID, Severity] = {}
        self.looked_at = 0

    # What persons do

    @rule(who=people, words=texts)
    def say(self, who: int, words: str) -> None:
        self._send(who, f"{words} {len(self.sent[who])}" if words in CRIES else words)

    @rule(who=people, command=st.sampled_from(COMMANDS))
    def give_a_command(self, who: int, command: str) -> None:
        self._send(who, command)

    @rule(who=people, what=st.sampled_from(("voice", "photo")))
    def send_what_no_machine_can_read(self, who: int, what: str) -> None:
        voice = {"file_id": "v", "file_unique_id": "v", "duration": 1}
        photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
        if not self.people[who].blocked:
            content = {"voice": voice} if what == "voice" else {"photo": photo}
            self.house.simulator.phones.send(self.people[who].id, content)

    @rule(who=people, which=st.integers(0, 20))
    def press_for_a_human(self, who: int, which: int) -> None:
        """Wherever that button stands, be its message long gone."""
        user = self.people[who]
        numbers = [
            sent.message_id
            for sent in self.house.accepted
            if sent.chat == user.id and BUTTON in sent.buttons
        ]
        if numbers:
            number = numbers[-1 - which % len(numbers)]
            self.house.simulator.phones.press(user.id, user.id, number, BUTTON)

    @rule(who=people, which=st.integers(0, 3), words=texts)
    def edit(self, who: int, which: int, words: str) -> None:
        user, sent = self.people[who], self.sent[who]
        there = self.house.simulator.chat(user.id).messages
        mine = [number for number in sent if number in there]
        if mine:
            number = mine[-1 - which % len(mine)]
            self.house.simulator.phones.edit(user.id, user.id, number, words)

    @rule(who=people, which=st.integers(0, 200))
    def press(self, who: int, which: int) -> None:
        """Any button that this phone ever showed, be its message long gone."""
        user = self.people[who]
        buttons = [
            (sent.message_id, data)
            for sent in self.house.accepted
            if sent.chat == user.id
            for data in sent.buttons
        ]
        if buttons:
            message_id, data = buttons[-1 - which % len(buttons)]
            self.house.simulator.phones.press(user.id, user.id, message_id, data)

    @rule(who=people, blocked=st.booleans())
    def block(self, who: int, blocked: bool) -> None:
        phones = self.house.simulator.phones
        (phones.block if blocked else phones.unblock)(self.people[who].id)

    def _send(self, who: int, words: str) -> None:
        user = self.people[who]
        if user.blocked:
            return
        message = self.house.simulator.phones.send_text(user.id, words)
        self.sent[who].append(message.id)

    # What staff do

    @rule(who=st.sampled_from((0, 4)))
    def plan_a_check_in(self, who: int) -> None:
        self.bench.do(self._plan(self.people[who]))

    async def _plan(self, user: User) -> None:
        async with self.machinery.database.begin(SERVICE) as session:
            key = session.keys.look_up(user.id, "chat")
            returnee = await session.scalar(select(Returnee.id).where(Returnee.chat_key == key))
        assert returnee is not None
        await self.house.plan_check_in(returnee)

    @rule(
        who=st.integers(0, 1),
        which=st.integers(0, 3),
        does=st.sampled_from(("claim", "write", "listen", "resolve")),
    )
    def work_on_a_case(self, who: int, which: int, does: str) -> None:
        self.bench.do(self._work(who, which, does))

    async def _work(self, who: int, which: int, does: str) -> None:
        actor, _ = self.house.staff[who]
        async with self.machinery.database.begin(SERVICE) as session:
            cases = (await session.scalars(select(Case).order_by(Case.opened_at, Case.id))).all()
        if not cases:
            return
        case = cases[which % len(cases)]
        try:
            async with self.machinery.database.begin(self.house.organisation.id) as session:
                if does == "claim":
                    await claim(session, actor, case.id)
                elif does == "write":
                    await write(session, actor, case.id, "I am here.")
                elif does == "listen":
                    await self._listen(session, actor, case)
                else:
                    await resolve(session, actor, case.id, Outcome.HELPED)
                    self.closed.add(case.code)
        except Refused:
            pass

    async def _listen(self, session: Session, actor: Actor, case: Case) -> None:
        """To all there is, as somebody does who opens one after the other."""
        unheard = select(Message).where(
            Message.case_id == case.id, Message.listen_by.is_not(None), Message.heard_at.is_(None)
        )
        for message in (await session.scalars(unheard)).all():
            file_id = (await body_of(session, message)).get("file_id")
            await mark_heard(session, actor, message.id, file_id)

    @rule(who=st.integers(0, 1), on=st.booleans())
    def change_shift(self, who: int, on: bool) -> None:
        self.bench.do(self._change_shift(who, on))

    async def _change_shift(self, who: int, on: bool) -> None:
        actor, _ = self.house.staff[who]
        async with self.machinery.database.begin(SERVICE) as session:
            await (go_on_duty if on else go_off_duty)(session, actor)

    # What Telegram, the machine and time do

    @rule(seed=st.integers(0, 1000), again=st.booleans(), early_edits=st.booleans())
    def hand_over(self, seed: int, again: bool, early_edits: bool) -> None:
        """Everything new, under numbers of any order with gaps, some of it twice."""
        chance = random.Random(seed)
        updates = self.house.waiting()
        if early_edits:
            # Within the places that each chat had, its edits come first.
            updates = _edits_first(updates)
        self.house.renumbered(updates, [chance.randrange(1, 2**40) for _ in updates])
        self.house.handed_over += updates
        known = [update for update in self.house.handed_over if self._is_kept(update)]
        old = chance.sample(known, min(3, len(known)))
        self.bench.do(self.house.hand_over([*updates, *(old if again else ())]))

    def _is_kept(self, update: dict[str, Any]) -> bool:
        """Telegram forgets after a day what it could not hand over."""
        now = self.machinery.time.now
        return now - self.house.came_at.get(update["update_id"], now) < _TELEGRAM_KEEPS

    @rule(
        replica=st.integers(0, 1),
        what=st.sampled_from(("handle", "deliver", "tick")),
        most=st.sampled_from((1, 3, 1000)),
        fault=faults,
    )
    def run(self, replica: int, what: str, most: int, fault: Fault) -> None:
        self.bench.do(self.house.work(replica, what, most, fault))
        self._look_at_phones()

    @rule(span=spans)
    def pass_time(self, span: timedelta) -> None:
        self.bench.do(self.machinery.time.pass_by(span))

    # What must hold

    def _look_at_phones(self) -> None:
        new, self.looked_at = self.house.accepted[self.looked_at :], len(self.house.accepted)
        staff = {user.id for _, user in self.house.staff}
        for sent in new:
            if sent.chat in staff:
                continue
            why_not = self.bench.do(judge.only_when_safe(self.house, sent))
            assert why_not is None, f"unasked {why_not}: {sent.text}"

    @rule()
    def settle(self) -> None:
        self.bench.do(self.house.settle())
        self._look_at_phones()
        self.bench.do(judge.nothing_is_lost(self.house))
        self.bench.do(judge.who_asks_is_heard(self.house))
        self.bench.do(judge.what_cannot_be_read_waits_for_a_human(self.house))
        self.bench.do(judge.somebody_is_told(self.house, self.closed))
        self.bench.do(judge.severity_never_fell(self.house, self.severities))
        self.bench.do(judge.silence_is_theirs(self.house))
        judge.every_press_is_answered(self.house)

    def teardown(self) -> None:
        if hasattr(self, "looked_at"):
            self.settle()
            target(self.house.restarts, label="restarts")


def _edits_first(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_chat: dict[int, list[dict[str, Any]]] = defaultdict(list)
    places = []
    for update in updates:
        event = update.get("message") or update.get("edited_message")
        chat = event["chat"]["id"] if event else 0
        places.append(chat)
        by_chat[chat].append(update)
    queues: dict[int, Iterator[dict[str, Any]]] = {
        chat: iter(sorted(theirs, key=lambda update: "edited_message" not in update))
        if chat
        else iter(theirs)
        for chat, theirs in by_chat.items()
    }
    return [next(queues[chat]) for chat in places]


_TELEGRAM_KEEPS = timedelta(hours=24)
_MOST_STEPS = 25
_EXAMPLES = 500


@pytest.mark.timeout(3600)
def test_p1_p2_p3_p4_p9_p12_p13_hold_whatever_happens_in_whatever_order(
    bench: Bench, share: float
) -> None:
    Life.bench = bench
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=int(_EXAMPLES * share),
            stateful_step_count=_MOST_STEPS,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
