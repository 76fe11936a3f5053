"""An organisation at work, seen through its console."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from console.cookies import SESSION, cookie_name
from console.settings import ConsoleSettings
from domain.actors import Actor
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from domain.signals.opening import open_or_append
from domain.staff import add_staff
from domain.staff.browsers import forgery_token, open_session
from storage.kinds import MessageKind, Role, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

# Seconds. A busy machine fails no test.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Colleague:
    actor: Actor
    #: The cookie of a browser that is signed in.
    cookie: str


@dataclass(frozen=True, slots=True)
class Office:
    database: Database
    settings: ConsoleSettings
    organisation: Organisation

    @classmethod
    async def open(cls, database: Database, settings: ConsoleSettings, name: str) -> "Office":
        async with database.begin(SERVICE) as session:
            organisation = await add_organisation(session, name, country="AL")
        return cls(database, settings, organisation)

    async def colleague(self, role: Role, name: str = "Vera Hoxha") -> Colleague:
        async with self.database.begin(SERVICE) as session:
            new = await add_staff(session, name, self.organisation, role)
            cookie = await open_session(session, await session.get_one(Staff, new.id))
        return Colleague(Actor(new.id, self.organisation.id, role), cookie)

    @asynccontextmanager
    async def browser(self, role: Role) -> AsyncIterator["Browser"]:
        """Without scripts, signed in as a new colleague of that role."""
        async with self.browser_of(await self.colleague(role)) as browser:
            yield browser

    @asynccontextmanager
    async def browser_of(self, colleague: Colleague) -> AsyncIterator["Browser"]:
        async with httpx.AsyncClient(
            base_url=self.settings.public_url,
            cookies={cookie_name(SESSION, self.settings): colleague.cookie},
            headers={"Origin": self.settings.origin, "Sec-Fetch-Site": "same-origin"},
            timeout=PATIENCE,
            # There is no certificate to look at, and to read those of all authorities takes longer
            # than a page.
            verify=False,
        ) as client:
            yield Browser(client, colleague.actor)

    async def person(self, language: str = "sq") -> Returnee:
        chat = secrets.randbelow(10**9)
        async with self.database.begin(SERVICE) as session:
            return await add_returnee(session, chat, self.organisation, language)

    async def case(
        self,
        person: Returnee,
        words: str = "",
        severity: Severity = Severity.URGENT,
        reason: str = "threat.urgent.threatened",
        kind: MessageKind = MessageKind.TEXT,
    ) -> Case:
        """A cry for help of this person; with words, those lie in the case."""
        async with self.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            case = await open_or_append(session, returnee, self.organisation.id, severity, [reason])
            body = Body(text=words) if kind is MessageKind.TEXT else Body(file_id=words)
            await keep_message(session, returnee, case, kind, body, session.now)
        return case


@dataclass(frozen=True, slots=True)
class Browser:
    """Follows no redirect by itself, and sends the hidden token of forms along."""

    client: httpx.AsyncClient
    actor: Actor

    async def get(self, path: str, **asked: str) -> httpx.Response:
        return await self.client.get(path, params=asked or None)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data={"form_token": self.form_token(), **fields})

    async def look(self, page: str) -> httpx.Response:
        """At a person without an open case, having said why."""
        await self.post(f"{page}/open", reason="We have an appointment")
        return await self.get(page)

    def form_token(self) -> str:
        """What every form of this session carries: no page needs to be drawn for it."""
        held = self.client.cookies.items()
        return forgery_token(next(value for name, value in held if name.endswith(SESSION)))
