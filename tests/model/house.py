"""One installation and all around it: phones, staff, replicas, and a time that a test moves."""

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
from sqlalchemy import func, or_, select, text

from bot.delivery.sending import NOTHING
from domain.actors import Actor
from domain.duty import go_on_duty
from domain.organisations import add_organisation
from domain.staff import actor_of, add_staff, join_by_telegram
from simulator.memory.users import User
from simulator.simulator import Simulator
from storage.away import AWAY
from storage.inbox.arrivals import take_in
from storage.kinds import CheckInState, OutboxState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.base import Base
from storage.tables.check_ins import CheckIn
from storage.tables.inbox import InboxRow
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff
from tests.domain.checking_in import add_person
from tests.model.calls import Calls, chat_of, code_closed_by
from tests.model.departures import Departures
from tests.model.faults import NONE, Fault, Killed
from tests.model.machinery import MOST_ROUNDS, Machinery, Replica
from tests.model.presence import Presence
from tests.model.rotation import Rotation
from tests.model.telegram import Accepted, InProcess
from tests.model.time import BEGINNING

Cries = defaultdict[int, defaultdict[int, set[str]]]

_TOKEN = "4242424242:AAF-simulated-token-of-thirty-five-x"  # opens nothing
_KEPT = {"alembic_version", "directory_service", "directory_place"}
# Longer than any lease, retry or pause of the engine.
_A_WHILE = timedelta(seconds=70)


@dataclass
class House:
    machinery: Machinery
    simulator: Simulator
    organisation: Organisation
    rotation: Rotation
    staff: list[tuple[Actor, User]] = field(default_factory=list)
    enrolled_chats: set[int] = field(default_factory=set)
    accepted: list[Accepted] = field(default_factory=list)
    #: The same together with what was changed there since.
    shown: list[Accepted] = field(default_factory=list)
    #: Every row that was ever booked as sent, with its chat and number; they are swept after two
    #: days.
    sent_rows: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    #: When each chat last did something, of all that Wayhome has dealt with.
    acted_at: dict[int, datetime] = field(default_factory=dict)
    handed_over: list[dict[str, Any]] = field(default_factory=list)
    #: When each update came for the first time, by its number.
    came_at: dict[int, datetime] = field(default_factory=dict)
    #: What the watch must hear, by chat and by the message's number there.
    cries: Cries = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    calls: Calls = field(default_factory=Calls)
    departures: Departures = field(default_factory=Departures)
    #: The codes of the cases that somebody of the staff closed, with their organisation.
    closed: set[tuple[str, UUID]] = field(default_factory=set)
    #: The numbers that the staff group of the first organisation has had, the newest last.
    groups: list[int] = field(default_factory=list)
    #: Asked after each step of Wayhome, of what came to phones in it.
    look: Callable[[], Awaitable[None]] | None = None
    presses: set[str] = field(default_factory=set)
    #: Those that a process began to answer, if only to be killed at it.
    answered: set[str] = field(default_factory=set)
    restarts: int = 0
    #: By how much the clock was ahead at most: what it booked then as silence stays so.
    ahead: timedelta = timedelta()
    #: What it showed while it was, from when until when, and when that really was.
    _wrong_times: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)
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
        machinery.chance.begin()
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
        for update, first in zip(updates, ids, strict=True):
            number = next(number for number in count(first) if number not in self._used_ids)
            self._used_ids.add(number)
            update["update_id"] = number

    async def hand_over(self, updates: Sequence[dict[str, Any]]) -> None:
        async with self.machinery.database.begin(SERVICE) as session:
            await take_in(session, updates)
        for update in updates:
            if update["update_id"] not in self.came_at:
                self.came_at[update["update_id"]] = self.machinery.time.now
                self._note(update)

    def _note(self, update: dict[str, Any]) -> None:
        number, press = update["update_id"], update.get("callback_query")
        colleagues = {user.id: actor for actor, user in self.staff}
        if press is not None:
            self.presses.add(press["id"])
            actor = colleagues.get(press["from"]["id"])
            if actor is not None and (code := code_closed_by(press["data"])):
                self.closed.add((code, actor.organisation_id))
            at = self._presence.when(self._pressed_at[press["id"]], self.came_at[number])
            self._undealt[number] = press["from"]["id"], at
        message = update.get("message") or update.get("edited_message")
        if message is not None:
            at = datetime.fromtimestamp(message.get("edit_date", message["date"]), UTC)
            self._undealt[number] = message["chat"]["id"], at
        if chat_of(update) not in colleagues and chat_of(update) > 0:
            self.calls.note(update)
            if message is not None:
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
        before = self._on_phones()
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
        unbooked = self._on_phones() - before - newly_booked
        assert unbooked <= fault.most_unbooked, "sent, and not booked as sent"
        await self.forget_who_left()
        if self.look is not None:
            await self.look()

    async def forget_who_left(self) -> None:
        """What they had said up to then is no more to be found."""
        async with self.machinery.database.begin(SERVICE) as session:
            closed = {code for code, _ in self.closed}
            for chat in await self.departures.look(session, self.calls, closed):
                self.cries.pop(chat, None)
                self.calls.forget(chat)
                self.enrolled_chats.discard(chat)

    def _accept(self, sent: Accepted) -> None:
        sent.asked_at, sent.decided_after = self.acted_at.get(sent.chat), self._step_began
        self.shown.append(sent)
        if not sent.is_edit:
            self.accepted.append(sent)

    def _on_phones(self) -> int:
        """How often anything was sent or changed there, but for what wipes out what can't go."""
        return sum(sent.text != NOTHING for sent in self.shown)

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

    async def _sent(self) -> dict[UUID, tuple[int, int]]:
        keys = self.machinery.database.keychain.held
        async with self.machinery.owner.connect() as connection:
            rows = await connection.execute(
                select(OutboxRow.id, OutboxRow.chat, OutboxRow.message_id).where(
                    OutboxRow.state == OutboxState.SENT,
                    OutboxRow.message_id.is_not(None),
                    OutboxRow.id.not_in(self.sent_rows),
                )
            )
            for row in rows:
                chat = int(keys.open(row.chat, "outbox chat"))
                self.sent_rows[row.id] = chat, row.message_id
        return self.sent_rows

    async def be_ahead(self, span: timedelta, what: str) -> None:
        """The clock is ahead for a while, in which Wayhome does some work; then it is set right,
        and that is noticed.
        """
        await self.work(0, "tick", 1000)
        await self.machinery.time.pass_by(span)
        # The database's own is a little behind.
        began = self.machinery.time.now - timedelta(minutes=1)
        for each in ("tick", what):
            await self.work(0, each, 1000)
        ended = self.machinery.time.now
        await self.machinery.time.pass_by(-span)
        self._set_right(self.machinery.time.now)
        self.ahead = max(self.ahead, span)
        await self.work(0, "tick", 1000)
        self._wrong_times.append((began, ended, self.machinery.time.now))

    def really(self, at: datetime) -> datetime:
        """When something was that the database says was then."""
        wrong = (really for began, ended, really in self._wrong_times if began <= at <= ended)
        return next(wrong, at)

    def _set_right(self, now: datetime) -> None:
        """What happened while the clock was ahead happened by now."""
        for times in (self.acted_at, self.came_at):
            times.update({key: min(at, now) for key, at in times.items()})
        self._pressed_at = {press: min(at, now) for press, at in self._pressed_at.items()}
        self._undealt = {key: (chat, min(at, now)) for key, (chat, at) in self._undealt.items()}
        for sent in self.shown:
            sent.at = min(sent.at, now)
        self._presence.set_right(now)

    async def settle(self) -> None:
        """Nothing goes wrong any more, and as much time passes as it takes."""
        await self._bring()
        for _ in range(MOST_ROUNDS):
            for what in ("handle", "deliver", "tick", "deliver"):
                await self.work(0, what, 1000)
            if not await self._busy():
                return
            await self.machinery.time.pass_by(_A_WHILE)
        raise AssertionError("it never came to rest")

    async def answer(self) -> None:
        """What people did is dealt with at once, and nothing goes wrong."""
        await self._bring()
        await self.work(0, "handle", 1000)
        await self.send_all()

    async def send_all(self) -> None:
        """What may go now; one after the other in each chat."""
        for _ in range(MOST_ROUNDS):
            if not await self._unsent():
                return
            await self.work(0, "deliver", 1000)

    async def _bring(self) -> None:
        """Under Telegram's own numbers."""
        waiting = self.waiting()
        if waiting:
            self.renumbered(waiting, [update["update_id"] for update in waiting])
            await self.hand_over(waiting)

    async def _busy(self) -> bool:
        return await self._unsent() or await self._unhandled()

    async def _unsent(self) -> bool:
        async with self.machinery.database.begin(SERVICE) as session:
            unsent = await session.scalar(
                select(func.count()).where(
                    OutboxRow.finished_at.is_(None),
                    # What waits goes whenever it was put: the clock may have been ahead then.
                    or_(
                        OutboxRow.state == OutboxState.WAITING,
                        OutboxRow.not_before <= session.now,
                    ),
                )
            )
        return bool(unsent)

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
