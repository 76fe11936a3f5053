"""An organisation at work: its people, its staff, and a clock that the test moves."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from domain.actors import Actor
from domain.alerts.telling import escalate
from domain.casework.work import claim, resolve, write
from domain.consent import give_consent
from domain.duty import go_on_duty
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from domain.returnees.phone import who_is_there
from domain.signals.opening import open_or_append
from domain.staff import actor_of, add_staff, join_by_telegram
from storage.kinds import (
    CaseEventKind,
    Identity,
    MessageKind,
    OutboxState,
    Outcome,
    Purpose,
    Role,
    Severity,
)
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.channels import AlertChannel
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.documents import content_of


@dataclass(frozen=True, slots=True)
class Sent:
    chat: int
    params: dict[str, object]
    content: dict[str, object]


@dataclass(frozen=True, slots=True)
class Centre:
    database: Database
    clock: Clock
    organisation: Organisation

    @classmethod
    async def open(cls, database: Database, clock: Clock, name: str = "Tirana") -> "Centre":
        async with database.begin(SERVICE) as session:
            organisation = await add_organisation(session, name, country="AL")
        return cls(database, clock, organisation)

    async def colleague(
        self,
        role: Role = Role.CASEWORKER,
        *,
        name: str = "Vera Hoxha",
        chat: int | None = None,
        on_duty: bool = False,
    ) -> Actor:
        async with self.database.begin(SERVICE) as session:
            new = await add_staff(session, name, self.organisation, role)
            if chat is not None:
                await join_by_telegram(session, new.telegram_code, chat)
            actor = actor_of(await session.get_one(Staff, new.id))
            if on_duty:
                await go_on_duty(session, actor)
        return actor

    async def channel(self, of: UUID | None = None, *, works: bool = True) -> None:
        """A way beside Telegram that has worked, of one of the staff or of all."""
        async with self.database.begin(SERVICE) as session:
            channel = AlertChannel(
                organisation_id=self.organisation.id,
                staff_id=of,
                scheme="mailto",
                address=b"",
                created_at=session.now,
                worked_at=session.now,
                failing_since=None if works else session.now,
            )
            session.add(channel)

    async def person(self, *, consents: bool = True, language: str = "sq") -> Returnee:
        async with self.database.begin(SERVICE) as session:
            chat = 10**9 + secrets.randbelow(10**9)
            returnee = await add_returnee(session, chat, self.organisation, language)
            await give_consent(session, returnee, Purpose.CASEWORKER, consents, "1")
        return returnee

    async def signal(
        self,
        person: Returnee,
        severity: Severity = Severity.URGENT,
        reasons: Sequence[str] = ("threat.threatened",),
    ) -> Case:
        async with self.database.begin(SERVICE) as session:
            return await open_or_append(session, person, self.organisation.id, severity, reasons)

    async def hears(
        self, person: Returnee, text: str = "Hello", kind: MessageKind = MessageKind.TEXT
    ) -> Message | None:
        body = Body(text=text) if kind is MessageKind.TEXT else Body(file_id=text)
        async with self.database.begin(SERVICE) as session:
            return await keep_message(session, person, None, kind, body, session.now)

    async def claims(self, actor: Actor, case: Case) -> Case:
        async with self.database.begin(self.organisation.id) as session:
            await claim(session, actor, case.id)
            return await session.get_one(Case, case.id)

    async def writes(self, actor: Actor, case: Case, text: str = "I am here.") -> Message:
        async with self.database.begin(self.organisation.id) as session:
            return await write(session, actor, case.id, text)

    async def closes(self, actor: Actor, case: Case, outcome: Outcome = Outcome.HELPED) -> None:
        async with self.database.begin(self.organisation.id) as session:
            await resolve(session, actor, case.id, outcome)

    async def all_arrives(self) -> None:
        """What is on its way reaches its phone; its words stay for the test to read."""
        waiting = OutboxRow.state == OutboxState.WAITING
        async with self.database.begin(SERVICE) as session:
            await session.execute(update(OutboxRow).where(waiting).values(state=OutboxState.SENT))

    async def tick(self) -> int:
        """Everything that is due by now, as the clock's ticks do it."""
        await self.all_arrives()
        done = 0
        while True:
            async with self.database.begin(SERVICE) as session:
                more = await escalate(session)
            if not more:
                return done
            done += more

    def later(self, **span: float) -> None:
        self.clock.offset += timedelta(**span)

    async def fresh(self, case: Case) -> Case:
        async with self.database.begin(SERVICE) as session:
            return await session.get_one(Case, case.id)

    async def who_is_there(self, person: Returnee) -> Identity:
        async with self.database.begin(SERVICE) as session:
            return who_is_there(await session.get_one(Returnee, person.id), session.now)

    async def sent(self, notice: Notice) -> list[Sent]:
        """Whatever was put on its way with this notice, in order."""
        async with self.database.begin(SERVICE) as session:
            rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()
            contents = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
        return [
            Sent(chat, content["params"], content)
            for chat, content in contents
            if content.get("notice") == notice
        ]

    async def alerted(self) -> list[int]:
        """The chats that an alert of a case went to, in order."""
        return [sent.chat for sent in await self.sent(Notice.STAFF_ALERT)]

    async def history(self, case_id: UUID) -> list[CaseEventKind]:
        async with self.database.begin(SERVICE) as session:
            kinds = await session.scalars(
                select(CaseEvent.kind)
                .where(CaseEvent.case_id == case_id)
                .order_by(CaseEvent.number)
            )
            return list(kinds)
