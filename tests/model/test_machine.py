"""Persons, staff, partners, crashes, redeliveries and time against the promises, in any order there
is.

Each step is one thing that somebody does or that goes wrong. In the end nothing goes wrong any
more, everything that is due is done, and the promises must hold.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings, target
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from storage.kinds import Severity
from tests.examples import examples
from tests.model import judge, partnership, prompts, screens, staff_group
from tests.model.conftest import Bench
from tests.model.deploys import rename_dialog_states
from tests.model.faults import NONE, Answer, AtStatement, Fault
from tests.model.partners import JOINT_DAYS, Beginning, Partners
from tests.model.scenes import Scene, Scenes
from tests.model.staff_group import Group, InTheGroup

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
        # Referrals end by then, and what nobody agreed to is kept no longer.
        timedelta(days=31),
    )
)
# Less than what is kept for two days may then be old beyond what Telegram keeps.
_AHEAD = (timedelta(hours=1, minutes=1), timedelta(hours=23))


class Life(Scenes, Partners, InTheGroup):
    @initialize(
        beginning=st.sampled_from(Beginning),
        severity=st.sampled_from(list(Severity)[1:]),
        joint=st.sampled_from(JOINT_DAYS),
        scene=st.sampled_from(Scene),
        group=st.sampled_from(Group),
    )
    def open(
        self, beginning: Beginning, severity: Severity, joint: int, scene: Scene, group: Group
    ) -> None:
        self.bench.do(self._open(beginning, severity, joint, scene, group))

    async def _open(
        self, beginning: Beginning, severity: Severity, joint: int, scene: Scene, group: Group
    ) -> None:
        await self._open_house()
        await self._wish()
        await self._open_partners()
        await self._open_group(group)
        await self._begin(beginning, severity, joint)
        self.house.look = self._look_at_phones
        self.severities: dict[UUID, Severity] = {}
        self.looked_at = 0
        # Whom we know before anybody leaves.
        await self.house.forget_who_left()
        await self._play(scene)
        if group is Group.GROWN:
            self.let_the_group_grow()

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

    @rule(span=spans)
    def pass_time(self, span: timedelta) -> None:
        self.bench.do(self.machinery.time.pass_by(span))

    @rule(span=st.sampled_from(_AHEAD), what=st.sampled_from(("handle", "deliver", "tick")))
    def be_ahead_for_a_while(self, span: timedelta, what: str) -> None:
        """The clock; and then it is set back to what it is."""
        self.bench.do(self.house.be_ahead(span, what))

    @rule()
    def rotate_the_keys(self) -> None:
        """One step of it."""
        self.bench.do(self.house.rotation.step())

    @rule()
    def deploy(self) -> None:
        """A release that calls everything in dialogs otherwise."""
        self.bench.do(rename_dialog_states(self.machinery.database))

    # What must hold

    async def _look_at_phones(self) -> None:
        new, self.looked_at = self.house.shown[self.looked_at :], len(self.house.shown)
        staff = {user.id for _, user in self.house.staff}
        for sent in new:
            if sent.chat in staff or sent.chat in self.house.groups:
                continue
            seen = await screens.not_to_be_seen(self.house, sent)
            assert seen is None, f"{seen}: {sent.words}"
            if sent.is_edit:
                continue
            why_not = await judge.only_when_safe(self.house, sent)
            assert why_not is None, f"unasked {why_not}: {sent.text}"

    @rule()
    def settle(self) -> None:
        self.bench.do(self._settle())

    async def _settle(self) -> None:
        await self.house.settle()
        await judge.nothing_is_lost(self.house)
        await judge.who_asks_is_heard(self.house)
        await judge.what_cannot_be_read_waits_for_a_human(self.house)
        await judge.somebody_is_told(self.house)
        await judge.severity_never_fell(self.house, self.severities)
        await judge.silence_is_theirs(self.house)
        await judge.the_forgotten_are_gone(self.house)
        await partnership.only_their_team_is_told(self.house)
        await partnership.nobody_falls_between(self.house)
        await prompts.nobody_is_asked_twice(self.house)
        await screens.what_was_open_is_covered(self.house)
        await staff_group.the_group_is_told(self.house)
        await staff_group.nobody_speaks_for_a_team(self.house)
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
# Of what the profile says: less than the share, unless `--hypothesis-profile long` says more.
_LONG = 0.05


@pytest.mark.timeout(3600)
def test_p1_p2_p3_p4_p6_p8_p9_p10_p12_p13_hold_whatever_happens_in_whatever_order(
    bench: Bench, share: float
) -> None:
    Life.bench = bench
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=max(int(_EXAMPLES * share), examples(_LONG)),
            stateful_step_count=_MOST_STEPS,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
