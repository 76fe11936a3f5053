"""What a coordinator does with campaigns in the model, and what people do with check-ins."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from domain.actors import Actor
from domain.campaigns import Outline, draft, edit, pause, start, stop, undo
from domain.campaigns.schedule import JUST_ONCE, Every, Schedule, Unit
from domain.errors import Refusal
from storage.sessions import SERVICE, Session
from storage.tables.campaigns import Campaign
from tests.model.stage import KNOWN, TIRANA, Stage

_SOON = timedelta(minutes=12)
_LATER = timedelta(hours=2)
schedules = st.sampled_from((JUST_ONCE, Every(Unit.DAY)))


def _outline(session: Session, name: str, schedule: Schedule, ahead: timedelta) -> Outline:
    at = (session.now + ahead).astimezone(TIRANA).replace(tzinfo=None)
    return Outline(name=name, questionnaire="safety-and-needs", local_time=at, schedule=schedule)


async def _move(session: Session, actor: Actor, campaign_id: UUID) -> None:
    campaign = await session.get_one(Campaign, campaign_id)
    await edit(session, actor, campaign_id, _outline(session, campaign.name, JUST_ONCE, _LATER))


#: Each with a campaign that may be in any state.
STEERING: dict[str, Callable[[Session, Actor, UUID], Awaitable[object]]] = {
    "pause": pause,
    "go on": start,
    "stop": stop,
    "undo": undo,
    "move": _move,
}


class Campaigns(Stage):
    coordinator: Actor

    @rule(schedule=schedules, at_once=st.booleans())
    def begin_a_campaign(self, schedule: Schedule, at_once: bool) -> None:
        self.bench.do(self._begin_campaign(schedule, at_once))

    async def _begin_campaign(self, schedule: Schedule, at_once: bool) -> None:
        try:
            async with self.machinery.database.begin(SERVICE) as session:
                known = (await session.scalars(select(Campaign.id))).all()
                outline = _outline(session, f"number {len(known)}", schedule, _SOON)
                campaign = await draft(session, self.coordinator, outline)
                await start(session, self.coordinator, campaign.id, at_once=at_once)
        except Refusal:
            pass

    @rule(which=st.integers(0, 2), does=st.sampled_from(tuple(STEERING)))
    def steer_a_campaign(self, which: int, does: str) -> None:
        self.bench.do(self._steer(which, does))

    async def _steer(self, which: int, does: str) -> None:
        newest_first = select(Campaign.id).order_by(Campaign.created_at.desc(), Campaign.id)
        try:
            async with self.machinery.database.begin(SERVICE) as session:
                campaigns = (await session.scalars(newest_first)).all()
                if campaigns:
                    which %= len(campaigns)
                    await STEERING[does](session, self.coordinator, campaigns[which])
        except Refusal:
            pass

    @rule(who=st.sampled_from(KNOWN), which=st.integers(0, 12))
    def press_on_a_check_in(self, who: int, which: int) -> None:
        self._press_shown(self.people[who], which, "(p|d|dc|dd|c):.*")

    async def _ask_everybody(self) -> None:
        """By a campaign, whose prompts are on the phones."""
        await self._begin_campaign(JUST_ONCE, at_once=True)
        await self.machinery.time.pass_by(_SOON)
        await self.house.work(0, "tick", 1000)
        await self.house.send_all()
