"""One installation and all around it: phones, staff, replicas, and a time that a test moves."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.clockwork.clockwork import Clockwork
from bot.clockwork.ticks import TICKS
from bot.delivery.courier import Courier
from bot.health.metrics import Metrics
from bot.lanes.current import Current
from bot.lanes.dialog_states import DialogStates
from bot.lanes.handling import Handling
from bot.lanes.lanes import Lanes
from bot.lanes.windows import WindowsToOutbox
from domain.actors import Actor
from domain.distress import Watch
from domain.duty import go_on_duty
from domain.organisations import add_organisation
from domain.staff import actor_of, add_staff, join_by_telegram
from handlers.dispatcher import create_dispatcher
from locales.catalogues import Catalogues
from simulator.memory.users import User
from simulator.simulator import Simulator
from storage.away import AWAY
from storage.inbox.arrivals import take_in
from storage.kinds import CheckInState, OutboxState, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.base import Base
from storage.tables.check_ins import CheckIn
from storage.tables.inbox import InboxRow
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff
from storage.wakes import Wakes
from tests.bot.outgoing import HURRIED
from tests.domain.checking_in import add_person
from tests.model.calls import Calls, code_closed_by
from tests.model.departures import Departures
from tests.model.faults import NONE, Fault, Faults, Killed
from tests.model.presence import Presence
from tests.model.rotation import FIRST, Rotation
from tests.model.telegram import Accepted, InProcess
from tests.model.time import BEGINNING, Time
from tests.postgres import DatabaseUrls

Cries = defaultdict[int, defaultdict[int, set[str]]]

_TOKEN = "4242424242:AAF-simulated-token-of-thirty-five-x"  # opens nothing
_KEPT = {"alembic_version", "directory_service", "directory_place"}
# Longer than any lease, retry or pause of the engine.
_A_WHILE = timedelta(seconds=70)
_MOST_ROUNDS = 200


@dataclass(frozen=True)
class Machinery:
    """What takes long to make, and remembers nothing: made once for all examples."""

    database: Database
    owner: AsyncEngine
    time: Time
    faults: Faults
    watch: Watch
    catalogues: Catalogues

    @classmethod
    async def build(cls, urls: DatabaseUrls) -> "Machinery":
        owner = create_async_engine(urls.owner_url)
        await Time.bend(owner, str(owner.url.database))
        await owner.dispose()
        database = Database(urls.run_url, FIRST, Clock(), Wakes())
        faults = Faults()
        faults.watch(database.engine)
        return cls(database, owner, Time(owner), faults, Watch.load(), Catalogues.load())

    async def close(self) -> None:
        await self.database.close()
        await self.owner.dispose()


class Replica:
    """One process of Wayhome, driven step by step."""

    def __init__(self, machinery: Machinery, bot: Bot) -> None:
        current = Current()
        dispatcher = create_dispatcher(
            DialogStates(current),
            WindowsToOutbox(current),
            machinery.catalogues,
            machinery.watch,
        )
        database, metrics = machinery.database, Metrics()
        handling = Handling(bot, dispatcher, machinery.watch, current)
        self.lanes = Lanes(database, handling, metrics)
        self.courier = Courier(database, bot, machinery.catalogues, HURRIED, metrics)
        self.clockwork = Clockwork(database, TICKS, metrics)

    async def handle(self, most: int = 1000) -> None:
        for _ in range(most):
            if not await self.lanes.handle_one():
                return

    async def deliver(self) -> None:
        for _ in range(_MOST_ROUNDS):
            async with asyncio.TaskGroup() as group:
                try:
                    more = await self.courier.deliver_some(group)
                except AWAY:
                    # What was taken before still arrives, as when the courier runs by itself.
                    return
            if more is None or more > timedelta():
                return

    async def tick(self) -> None:
        await self.clockwork.tick_all()


@dataclass
class House:
    machinery: Machinery
    simulator: Simulator
    organisation: Organisation
    rotation: Rotation
    staff: list[tuple[Actor, User]] = field(default_factory=list)
    enrolled_chats: set[int] = field(default_factory=set)
    accepted: list[Accepted] = field(default_factory=list)
    sent_rows: set[UUID] = field(default_factory=set)
    #: When each chat last did something, of all that Wayhome has dealt with.
    acted_at: dict[int, datetime] = field(default_factory=dict)
    handed_over: list[dict[str, Any]] = field(default_factory=list)
    #: When each update came for the first time, by its number.
    came_at: dict[int, datetime] = field(default_factory=dict)
    #: What the watch must hear, by chat and by the message's number there.
    cries: Cries = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    calls: Calls = field(default_factory=Calls)
    departures: Departures = field(default_factory=Departures)
    #: The codes of the cases that somebody of the staff closed.
    closed: set[str] = field(default_factory=set)
    #: Asked after each step of Wayhome, of what came to phones in it.
    look: Callable[[], Awaitable[None]] | None = None
    presses: set[str] = field(default_factory=set)
    #: Those that a process began to answer, if only to be killed at it.
    answered: set[str] = field(default_factory=set)
    restarts: int = 0
    replicas: list[Replica] = field(init=False)
    _bot: Bot = field(init=False)
    #: What was not dealt with yet: by the update's number, whose it is, and when it was done.
    _undealt: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    _pressed_at: dict[str, datetime] = field(default_factory=dict)
    _presence: Presence = field(default_factory=Presence)
    _step_began: datetime = BEGINNING
    _used_ids: set[int] = field(default_factory=set)
    _steps: Iterator[int] = field(default_factory=count)

    @classmethod
    async def open(cls, machinery: Machinery) -> "House":
        tables = ", ".join(f'"{name}"' for name in Base.metadata.tables if name not in _KEPT)
        async with machinery.owner.begin() as connection:
            await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
        await machinery.time.set(BEGINNING)
        simulator = Simulator(_TOKEN, clock=lambda: machinery.time.now)
        rotation = await Rotation.begin(machinery.database, machinery.owner)
        async with machinery.database.begin(SERVICE) as session:
            organisation = await add_organisation(session, "Tirana", country="AL")
        return cls(machinery, simulator, organisation, rotation)

    def __post_init__(self) -> None:
        session = InProcess(self.simulator, self.machinery.faults, self._accept, self.answered.add)
        default = DefaultBotProperties(parse_mode=ParseMode.HTML)
        self._bot = Bot(_TOKEN, session=session, default=default)
        self.replicas = [Replica(self.machinery, self._bot) for _ in range(2)]

    def phone(self, language: str = "en") -> User:
        user = self.simulator.phones.add_user("Amal", language_code=language)
        user.started = True
        return user

    async def enrolled(self, **facts: Any) -> User:
        user = self.phone()
        async with self.machinery.database.begin(SERVICE) as session:
            await add_person(session, self.organisation, user.id, **facts)
        self.enrolled_chats.add(user.id)
        return user

    async def colleague(
        self, role: Role = Role.CASEWORKER, organisation: Organisation | None = None
    ) -> None:
        user = self.phone()
        async with self.machinery.database.begin(SERVICE) as session:
            new = await add_staff(session, "Vera Hoxha", organisation or self.organisation, role)
            await join_by_telegram(session, new.telegram_code, user.id)
            actor = actor_of(await session.get_one(Staff, new.id))
            await go_on_duty(session, actor)
        self.staff.append((actor, user))

    async def plan_check_in(self, returnee_id: UUID) -> UUID:
        async with self.machinery.database.begin(SERVICE) as session:
            check_in = CheckIn(
                organisation_id=self.organisation.id,
                returnee_id=returnee_id,
                version=1,
                step=f"number {next(self._steps)}",
                questionnaire="safety-and-needs@1",
                state=CheckInState.PLANNED,
                due_at=session.now,
                expires_at=session.now + timedelta(hours=24),
            )
            session.add(check_in)
        return check_in.id

    # What Telegram does

    def waiting(self) -> list[dict[str, Any]]:
        """What people did since the last hand-over, oldest first."""
        waiting = list(self.simulator.updates.waiting)
        self.simulator.updates.clear()
        for pending in waiting:
            press = pending.update.get("callback_query")
            if press is not None:
                self._pressed_at[press["id"]] = datetime.fromtimestamp(pending.date, UTC)
        return [pending.update for pending in waiting]

    def renumbered(self, updates: Sequence[dict[str, Any]], ids: Sequence[int]) -> None:
        """Other numbers than Telegram's: any, in any order, each only once."""
        for update, number in zip(updates, ids, strict=True):
            while number in self._used_ids:
                number += 1
            self._used_ids.add(number)
            update["update_id"] = number

    async def hand_over(self, updates: Sequence[dict[str, Any]]) -> None:
        async with self.machinery.database.begin(SERVICE) as session:
            await take_in(session, updates)
        for update in updates:
            if update["update_id"] not in self.came_at:
                self.came_at[update["update_id"]] = self.machinery.time.now
                self._note(update)
                self.calls.note(update)

    def _note(self, update: dict[str, Any]) -> None:
        number, press = update["update_id"], update.get("callback_query")
        if press is not None:
            self.presses.add(press["id"])
            if code := code_closed_by(press["data"]):
                self.closed.add(code)
            at = self._presence.when(self._pressed_at[press["id"]], self.came_at[number])
            self._undealt[number] = press["from"]["id"], at
        message = update.get("message") or update.get("edited_message")
        if message is not None:
            at = datetime.fromtimestamp(message.get("edit_date", message["date"]), UTC)
            self._undealt[number] = message["chat"]["id"], at
            self._note_cry(message)

    def _note_cry(self, message: dict[str, Any]) -> None:
        if "forward_origin" in message:
            # Somebody else's words.
            return
        words = message.get("text", "")
        if self.machinery.watch.assess(words).severity is Severity.EMERGENCY:
            self.cries[message["chat"]["id"]][message["message_id"]].add(words)

    # What Wayhome does

    async def work(self, replica: int, what: str, most: int, fault: Fault = NONE) -> None:
        """One replica does some of its work; if it is killed meanwhile, another starts."""
        before = len(self.accepted)
        booked = len(await self._sent())
        worker = self.replicas[replica]
        self._step_began = self.machinery.time.now
        with self.machinery.faults.armed(fault) as fate:
            try:
                await {
                    "handle": lambda: worker.handle(most),
                    "deliver": worker.deliver,
                    "tick": worker.tick,
                }[what]()
            except AWAY:
                pass
            except BaseException as error:
                if not _is_kill(error):
                    raise
        if fate.dead:
            self.restarts += 1
            self.replicas[replica] = Replica(self.machinery, self._bot)
        if what == "tick":
            self._presence.ticked(self._step_began, self.machinery.time.now)
        await self._note_what_was_dealt_with()
        # P12: only what was in flight when something broke may come a second time.
        newly_booked = len(await self._sent()) - booked
        unbooked = len(self.accepted) - before - newly_booked
        assert unbooked <= fault.most_unbooked, "sent, and not booked as sent"
        await self._forget_who_left()
        if self.look is not None:
            await self.look()

    async def _forget_who_left(self) -> None:
        """What they had said up to then is no more to be found."""
        async with self.machinery.database.begin(SERVICE) as session:
            for chat in await self.departures.look(session, self.calls, self.closed):
                self.cries.pop(chat, None)
                self.calls.forget(chat)
                self.enrolled_chats.discard(chat)

    def _accept(self, sent: Accepted) -> None:
        sent.asked_at, sent.decided_after = self.acted_at.get(sent.chat), self._step_began
        self.accepted.append(sent)

    async def _note_what_was_dealt_with(self) -> None:
        """By the watch, or by all of Wayhome."""
        dealt_with = select(InboxRow.update_id).where(
            InboxRow.update_id.in_(self._undealt), InboxRow.watched_at.is_not(None)
        )
        async with self.machinery.owner.connect() as connection:
            numbers = (await connection.execute(dealt_with)).scalars().all()
        for number in numbers:
            chat, at = self._undealt.pop(number)
            self.acted_at[chat] = max(at, self.acted_at.get(chat, at))

    async def _sent(self) -> set[UUID]:
        """Every row that was ever booked as sent; they are swept after two days."""
        async with self.machinery.owner.connect() as connection:
            rows = await connection.execute(
                select(OutboxRow.id).where(
                    OutboxRow.state == OutboxState.SENT, OutboxRow.message_id.is_not(None)
                )
            )
            self.sent_rows.update(rows.scalars())
        return self.sent_rows

    async def settle(self) -> None:
        """Nothing goes wrong any more, and as much time passes as it takes."""
        waiting = self.waiting()
        if waiting:
            self.renumbered(waiting, [update["update_id"] for update in waiting])
            await self.hand_over(waiting)
        for _ in range(_MOST_ROUNDS):
            for what in ("handle", "deliver", "tick", "deliver"):
                await self.work(0, what, 1000)
            if not await self._busy():
                return
            await self.machinery.time.pass_by(_A_WHILE)
        raise AssertionError("it never came to rest")

    async def _busy(self) -> bool:
        async with self.machinery.database.begin(SERVICE) as session:
            unsent = await session.scalar(
                select(func.count()).where(
                    OutboxRow.finished_at.is_(None), OutboxRow.not_before <= session.now
                )
            )
        return bool(unsent) or await self._unhandled()

    async def _unhandled(self) -> bool:
        async with self.machinery.owner.connect() as connection:
            found = await connection.scalar(
                select(func.count()).where(
                    InboxRow.handled_at.is_(None), InboxRow.set_aside_at.is_(None)
                )
            )
        return bool(found)


def _is_kill(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_is_kill(each) for each in error.exceptions)
    return isinstance(error, Killed)
