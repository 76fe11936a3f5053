"""A year of the whole pathway for people in six time zones, by the rules' clock: days that change,
people who move on, pause, take consent back and give it again, block the bot; outages of ours; a
new version in the middle. Every check-in ends in exactly one final state, none is asked outside a
window, none twice, none is forgotten.
"""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from domain.calendar import FOR_EVER
from domain.check_ins.answering import answer
from domain.check_ins.due import Due, locked
from domain.check_ins.outcomes import confirmed
from domain.check_ins.sending import recall_if_over, send_due
from domain.check_ins.silence import fall_silent, give_up_waiting
from domain.consent import give_consent
from domain.pathways.bringing import bring, move_all, move_next
from domain.pathways.moving import be_in
from domain.pathways.pausing import go_on, move_on
from domain.pathways.placing import Place, put
from domain.pathways.shelf import ours
from domain.pathways.telling import tell_due
from domain.pathways.values import Anchor, Offset, Unit
from domain.safety.phones import resume
from domain.safety.window import Window, choose_window
from storage.kinds import CheckInState, OutboxState, Purpose
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.pathways import Information, OnPathway
from storage.tables.returnees import Returnee, Safety
from tests.clock import set_clock
from tests.domain.checking_in import Office, add_person, open_office
from tests.faults.plugin import Share

PEOPLE = 500
CARE = ours()[0]
ASKED = ("first-days.day-3", "first-days.week-1", "month-1.check-in", "month-3.check-in",
         "month-6.check-in", "month-12.check-in")  # fmt: skip
# Morocco's clocks change for Ramadan, Jordan's never, the others' in spring and autumn.
PLACES = {
    "AL": "Europe/Tirane",
    "MA": "Africa/Casablanca",
    "UA": "Europe/Kyiv",
    "PT": "Europe/Lisbon",
    "JO": "Asia/Amman",
    "CY": "Asia/Nicosia",
}
WINDOWS = (
    Window(),
    Window(opens=time(18, 30), closes=time(21)),
    Window(frozenset({0, 2, 4, 6})),
    # Over midnight, and over the hour that clock changes take away or give twice.
    Window(opens=time(22), closes=time(3, 30)),
)
BEGINNING = datetime(2026, 1, 5, 8, tzinfo=UTC)
END = BEGINNING + timedelta(days=740)
OUTAGES = (
    (datetime(2026, 2, 9, 12, tzinfo=UTC), timedelta(hours=9)),
    # The night of a clock change, and a whole weekend.
    (datetime(2026, 3, 28, 20, tzinfo=UTC), timedelta(hours=14)),
    (datetime(2026, 5, 15, 3, tzinfo=UTC), timedelta(days=5)),
    (datetime(2026, 10, 24, 12, tzinfo=UTC), timedelta(hours=30)),
)
FINAL = {
    CheckInState.ANSWERED,
    CheckInState.MISSED,
    CheckInState.SKIPPED,
    CheckInState.CANCELLED,
    CheckInState.FAILED,
    CheckInState.MISSED_BY_US,
}
Event = Callable[[Session], Awaitable[object]]


@dataclass
class Life:
    """Somebody, and what was asked of them when."""

    id: UUID
    window: Window
    arrival: date
    second: bool
    asked: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Year:
    database: Database
    clock: Clock
    office: Office
    chance: random.Random
    lives: dict[UUID, Life] = field(default_factory=dict)
    events: list[tuple[datetime, int, Event]] = field(default_factory=list)
    number: "count[int]" = field(default_factory=count)

    def at(self, moment: datetime, event: Event) -> None:
        heapq.heappush(self.events, (moment, next(self.number), event))

    async def begin(self, people: int) -> None:
        set_clock(self.clock, BEGINNING)
        async with self.database.begin(SERVICE) as session:
            for number in range(people):
                await self._add(session, number)
        self.at(BEGINNING + timedelta(days=120), self._write_anew)

    async def _add(self, session: Session, number: int) -> None:
        country = list(PLACES)[number % len(PLACES)]
        person = await add_person(
            session,
            self.office.organisation,
            900_000 + number,
            # So they are asked one question.
            agrees_to=(Purpose.CHECK_INS, Purpose.CASEWORKER),
            country=country,
            time_zone=PLACES[country],
        )
        window = WINDOWS[number % len(WINDOWS)]
        await choose_window(session, person.id, window)
        second = number % 3 == 0
        (await session.get_one(Safety, person.id)).second_prompt = second
        arrival = (BEGINNING + timedelta(days=10 + 6 * self.chance.randrange(6))).date()
        self.lives[person.id] = life = Life(person.id, window, arrival, second)
        await put(session, self.office.coordinator, person.id, there(arrival), {})
        # Some live through nothing, some through several of these.
        for happens in (self._day_changes, self._moves_on, self._pauses, self._travels,
                        self._takes_back, self._blocks):  # fmt: skip
            if self.chance.random() < 0.25:
                happens(life, BEGINNING + timedelta(hours=self.chance.randrange(24, 24 * 300)))

    def _day_changes(self, life: Life, moment: datetime) -> None:
        day = life.arrival + timedelta(days=self.chance.choice((-20, -2, 3, 25)))
        self.at(moment, lambda session: self._put(session, life, day))

    def _moves_on(self, life: Life, moment: datetime) -> None:
        async def go(session: Session) -> None:
            returnee = await session.get_one(Returnee, life.id)
            country = next(each for each in PLACES if each != returnee.country)
            await move_on(session, self.office.coordinator, life.id, country)

        async def arrive(session: Session) -> None:
            await go_on(session, self.office.coordinator, life.id)
            await self._put(session, life, session.now.date() + timedelta(days=5))

        self.at(moment, go)
        self.at(moment + timedelta(days=self.chance.randrange(2, 40)), arrive)

    def _pauses(self, life: Life, moment: datetime) -> None:
        async def rest(session: Session) -> None:
            (await session.get_one(Returnee, life.id)).paused_until = FOR_EVER

        async def back(session: Session) -> None:
            await resume(session, await session.get_one(Returnee, life.id))

        self.at(moment, rest)
        self.at(moment + timedelta(days=self.chance.randrange(1, 30)), back)

    def _travels(self, life: Life, moment: datetime) -> None:
        country = self.chance.choice(list(PLACES))

        async def travel(session: Session) -> None:
            await be_in(session, await session.get_one(Returnee, life.id), country, PLACES[country])

        self.at(moment, travel)

    def _takes_back(self, life: Life, moment: datetime) -> None:
        def says(granted: bool) -> Event:
            async def say(session: Session) -> None:
                returnee = await session.get_one(Returnee, life.id)
                await give_consent(session, returnee, Purpose.CHECK_INS, granted, "1")

            return say

        self.at(moment, says(False))
        if self.chance.random() < 0.5:
            self.at(moment + timedelta(days=self.chance.randrange(1, 90)), says(True))

    def _blocks(self, life: Life, moment: datetime) -> None:
        async def block(session: Session) -> None:
            (await session.get_one(Returnee, life.id)).blocked_at = session.now

        self.at(moment, block)

    async def _put(self, session: Session, life: Life, day: date) -> None:
        life.arrival = day
        await put(session, self.office.coordinator, life.id, there(day), {})

    async def _write_anew(self, session: Session) -> None:
        """Half a year becomes 27 weeks, and everybody goes on with that."""
        stages = [
            replace(
                stage,
                steps=tuple(replace(step, due=Offset(27, Unit.WEEKS)) for step in stage.steps),
            )
            if stage.key == "month-6"
            else stage
            for stage in CARE.stages
        ]
        coordinator = self.office.coordinator
        anew = await bring(session, coordinator, replace(CARE, stages=tuple(stages)))
        await move_all(session, coordinator, CARE.key, anew.version)

    async def live(self) -> int:
        """From one instant at which something is due to the next; returns how many there were."""
        steps = 0
        now = BEGINNING
        while (moment := await self._next(now)) < END:
            now = max(_up_again(_half_hour(moment)), now)
            set_clock(self.clock, now + timedelta(seconds=1))
            await self._happen(now)
            for tick in (move_next, send_due, fall_silent, give_up_waiting, tell_due):
                await self._all(tick)
            await self._deliver()
            await self._all(tell_due)
            now += timedelta(seconds=1)
            steps += 1
        set_clock(self.clock, END)
        await self._all(give_up_waiting)
        return steps

    async def _next(self, now: datetime) -> datetime:
        waits = (CheckInState.PLANNED, CheckInState.HELD)
        asked = (CheckInState.SENT, CheckInState.STARTED)
        async with self.database.begin(SERVICE) as session:
            dues = [
                await session.scalar(select(func.min(column)).where(state.in_(states)))
                for column, state, states in (
                    (CheckIn.due_at, CheckIn.state, waits),
                    (CheckIn.silent_at, CheckIn.state, asked),
                    (Information.due_at, Information.state, waits),
                )
            ]
        found = [each for each in dues if each is not None]
        found += [moment for moment, _, _ in self.events[:1]]
        return min(found, default=END)

    async def _happen(self, now: datetime) -> None:
        while self.events and self.events[0][0] <= now:
            _, _, event = heapq.heappop(self.events)
            async with self.database.begin(SERVICE) as session:
                await event(session)

    async def _all(self, tick: Callable[[Session], Awaitable[int]]) -> None:
        while True:
            async with self.database.begin(SERVICE) as session:
                if not await tick(session):
                    return

    async def _deliver(self) -> None:
        """As the courier does: what must not go any more is called back, the rest arrives."""
        async with self.database.begin(SERVICE) as session:
            found = await session.scalars(
                select(OutboxRow)
                .where(OutboxRow.state == OutboxState.WAITING)
                .order_by(OutboxRow.number)
            )
            rows = found.all()
            prompts = await locked(session, [row.check_in_id for row in rows if row.check_in_id])
            arrived = []
            for row in rows:
                row.finished_at = session.now
                row.state = OutboxState.SENT
                if row.check_in_id is None:
                    continue
                due = prompts[row.check_in_id]
                if recall_if_over(session, due):
                    row.state = OutboxState.CANCELLED
                    continue
                self._arrives(due, session.now)
                arrived.append(row.check_in_id)
            await confirmed(session, arrived, session.now)

    def _arrives(self, due: Due, now: datetime) -> None:
        life, check_in = self.lives[due.returnee.id], due.check_in
        local = now.astimezone(ZoneInfo(due.returnee.time_zone))
        assert life.window.holds(local), (check_in.step, local)
        assert due.consents
        assert not due.rests
        assert due.returnee.blocked_at is None
        assert due.returnee.paused_until is None
        assert now <= check_in.expires_at
        life.asked[check_in.step].append(now)
        if self.chance.random() < 0.6:
            self.at(now + timedelta(hours=self.chance.randrange(1, 40)), self._answer(due))

    def _answer(self, due: Due) -> Event:
        check_in_id, person = due.check_in.id, due.returnee.id

        async def say(session: Session) -> None:
            returnee = await session.get_one(Returnee, person)
            await answer(session, returnee, check_in_id, "contact", "no")

        return say


def there(day: date) -> Place:
    return Place(CARE.key, {Anchor.DEPARTURE: day - timedelta(days=1), Anchor.ARRIVAL: day})


def _half_hour(moment: datetime) -> datetime:
    """The next one: what is due within it is dealt with together, a little late as in life."""
    return moment + timedelta(seconds=-moment.timestamp() % 1800)


def _up_again(moment: datetime) -> datetime:
    """When it is dealt with: nothing of ours runs during an outage."""
    for beginning, length in OUTAGES:
        if beginning <= moment < beginning + length:
            return beginning + length
    return moment


def _during_outage(check_in: CheckIn) -> bool:
    return any(
        check_in.planned_for is not None
        and check_in.planned_for < beginning + length
        and beginning < check_in.expires_at
        for beginning, length in OUTAGES
    )


# All five hundred take minutes.
@pytest.mark.timeout(3600)
async def test_p3_p4_p12_a_year_of_the_pathway_ends_with_one_outcome_for_every_check_in(
    database: Database, clock: Clock, share: Share
) -> None:
    set_clock(clock, BEGINNING)
    year = Year(database, clock, await open_office(database), random.Random(share.seed))
    row = share.row("a year of the pathway")
    row.runs = share.of(PEOPLE, least=30)
    await year.begin(row.runs)

    steps = await year.live()

    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(CheckIn))).all()
        on = {each.returnee_id: each for each in await session.scalars(select(OnPathway))}
        told = (await session.scalars(select(Information))).all()
    states = Counter(each.state for each in rows)
    row.notes.append(f"{steps} instants, {len(rows)} check-ins: {dict(states)}")
    by_step: dict[tuple[UUID, str], list[CheckIn]] = defaultdict(list)
    for each in rows:
        by_step[each.returnee_id, each.step].append(each)

    # None is forgotten, and each has exactly one final state; an older version only gave way.
    assert set(by_step) == {(person, step) for person in year.lives for step in ASKED}
    for found in by_step.values():
        last = [each for each in found if each.state is not CheckInState.SUPERSEDED]
        assert [each.state in FINAL for each in last] == [True], [
            (each.step, each.version, each.state, each.reason) for each in found
        ]
    # None twice: a second prompt only where it is allowed, and never before a day has passed.
    for life in year.lives.values():
        assert on[life.id].moves_to is None
        for moments in life.asked.values():
            assert len(moments) <= (2 if life.second else 1)
            assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(moments))
    # Missed by us is what an outage of ours or a window too narrow explains, and nothing else.
    missed = [each for each in rows if each.state is CheckInState.MISSED_BY_US]
    assert all(_during_outage(each) or each.reason == "window" for each in missed)
    assert {each.state for each in told} <= {
        CheckInState.SENT,
        CheckInState.SKIPPED,
        CheckInState.SUPERSEDED,
        CheckInState.MISSED_BY_US,
    }
    # There was something to see.
    assert states[CheckInState.ANSWERED] > row.runs
    assert {CheckInState.MISSED, CheckInState.SKIPPED, CheckInState.SUPERSEDED} <= set(states)
