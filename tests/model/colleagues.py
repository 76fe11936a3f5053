"""What staff do in the model, in the console and on their own phones."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import ask_to_talk, claim, mark_heard, release, resolve, snooze, write
from domain.colleagues import handing_over
from domain.duty import go_off_duty, go_on_duty
from domain.errors import Refusal, Refused
from domain.identity.trust import Proof, confirm, distrust
from domain.messages.sealing import body_of
from domain.stop_word.freezing import unfreeze
from storage.kinds import Outcome
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case, Message
from tests.model.partnership import ensure_theirs
from tests.model.stage import KNOWN, Stage, returnee_of

#: A caseworker, a supervisor, and whoever works for the other organisation.
colleagues = st.integers(0, 2)


async def _write(session: Session, actor: Actor, case: Case) -> None:
    await write(session, actor, case.id, "I am here.")


async def _listen(session: Session, actor: Actor, case: Case) -> None:
    """To all there is, as somebody does who opens one after the other."""
    unheard = select(Message).where(
        Message.case_id == case.id, Message.listen_by.is_not(None), Message.heard_at.is_(None)
    )
    messages = (await session.scalars(unheard)).all()
    if not messages:
        raise Refused("There is nothing to hear.")
    for message in messages:
        file_id = (await body_of(session, message)).get("file_id")
        await mark_heard(session, actor, message.id, file_id)


async def _snooze(session: Session, actor: Actor, case: Case) -> None:
    await snooze(session, actor, case.id, session.now + timedelta(hours=2))


async def _reject(session: Session, actor: Actor, case: Case) -> None:
    await handing_over.reject(session, actor, case.id, "I am leaving.")


#: Each with a case that may be anybody's.
WORK: dict[str, Callable[[Session, Actor, Case], Awaitable[object]]] = {
    "claim": lambda session, actor, case: claim(session, actor, case.id),
    "write": _write,
    "ask to talk": lambda session, actor, case: ask_to_talk(session, actor, case.id),
    "listen": _listen,
    "resolve": lambda session, actor, case: resolve(session, actor, case.id, Outcome.HELPED),
    "release": lambda session, actor, case: release(session, actor, case.id),
    "snooze": _snooze,
    "accept": lambda session, actor, case: handing_over.accept(session, actor, case.id),
    "reject": _reject,
    "revoke": lambda session, actor, case: handing_over.revoke(session, actor, case.id),
    "make sure": lambda session, actor, case: confirm(session, actor, case.returnee_id, Proof.MET),
    "doubt": lambda session, actor, case: distrust(session, actor, case.returnee_id),
    "unfreeze": lambda session, actor, case: unfreeze(session, actor, case.returnee_id),
}
_ABOUT_THE_PERSON = ("make sure", "doubt", "unfreeze")


class Colleagues(Stage):
    @rule(who=st.sampled_from(KNOWN))
    def plan_a_check_in(self, who: int) -> None:
        self.bench.do(self._plan(who))

    async def _plan(self, who: int) -> None:
        async with self.machinery.database.begin(SERVICE) as session:
            returnee = await returnee_of(session, self.people[who])
        if returnee is not None:
            await self.house.plan_check_in(returnee.id)

    @rule(who=colleagues, which=st.integers(0, 3), does=st.sampled_from(tuple(WORK)))
    def work_on_a_case(self, who: int, which: int, does: str) -> None:
        self.bench.do(self._work(who, which, does))

    async def _work(self, who: int, which: int, does: str) -> None:
        case, (actor, _) = await self._case(which), self.house.staff[who]
        if case is None:
            return
        try:
            async with self.machinery.database.begin(SERVICE) as session:
                await WORK[does](session, actor, case)
        except Refusal:
            return
        if does not in _ABOUT_THE_PERSON:
            ensure_theirs(actor, case)
        if does == "resolve":
            self.house.closed.add((case.code, actor.organisation_id))

    @rule(which=st.integers(0, 3), giver=st.integers(0, 1))
    def offer_to_a_colleague(self, which: int, giver: int) -> None:
        self.bench.do(self._offer(which, giver))

    async def _offer(self, which: int, giver: int) -> None:
        case, (actor, _) = await self._case(which), self.house.staff[giver]
        colleague, _ = self.house.staff[1 - giver]
        if case is None:
            return
        try:
            async with self.machinery.database.begin(SERVICE) as session:
                await handing_over.offer(session, actor, case.id, colleague.staff_id)
        except Refusal:
            pass

    async def _case(self, which: int) -> Case | None:
        async with self.machinery.database.begin(SERVICE) as session:
            cases = (await session.scalars(select(Case).order_by(Case.opened_at, Case.id))).all()
        return cases[which % len(cases)] if cases else None

    @rule(who=colleagues, on=st.booleans())
    def change_shift(self, who: int, on: bool) -> None:
        self.bench.do(self._change_shift(who, on))

    async def _change_shift(self, who: int, on: bool) -> None:
        actor, _ = self.house.staff[who]
        async with self.machinery.database.begin(SERVICE) as session:
            await (go_on_duty if on else go_off_duty)(session, actor)

    @rule(who=colleagues, which=st.integers(0, 50))
    def press_on_a_colleagues_phone(self, who: int, which: int) -> None:
        _, user = self.house.staff[who]
        self._press_shown(user, which)

    @rule(who=colleagues, words=st.sampled_from(("/queue", "/duty on", "/duty off", "Hello")))
    def type_on_a_colleagues_phone(self, who: int, words: str) -> None:
        _, user = self.house.staff[who]
        self.house.simulator.phones.send_text(user.id, words)
