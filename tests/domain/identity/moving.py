"""Somebody comes with another phone, and is let in."""

from dataclasses import dataclass

from domain.actors import Actor
from domain.identity import new_phone
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import add_returnee
from domain.safeguarding.complaints import hear_in_confidence
from storage.kinds import (
    MessageKind,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

NEW_CHAT = 4242


async def code_for(centre: Centre, person: Returnee, one: Actor, other: Actor) -> str:
    async with centre.database.begin(centre.organisation.id) as session:
        await new_phone.propose(session, one, person.id)
    async with centre.database.begin(centre.organisation.id) as session:
        return await new_phone.confirm(session, other, person.id)


async def moves_in(centre: Centre, code: str, chat: int = NEW_CHAT) -> None:
    async with centre.database.begin(SERVICE) as session:
        await new_phone.move_in(session, chat, code)


async def holder(centre: Centre, chat: int) -> Returnee | None:
    async with centre.database.begin(SERVICE) as session:
        return await returnee_of_chat(session, chat)


@dataclass
class Stray:
    """The person's new phone, before anybody knows whose it is."""

    centre: Centre
    returnee: Returnee

    @classmethod
    async def of(cls, centre: Centre) -> "Stray":
        async with centre.database.begin(SERVICE) as session:
            return cls(centre, await add_returnee(session, NEW_CHAT, centre.organisation, "sq"))

    async def writes(self, number: int, body: Body, kind: MessageKind = MessageKind.TEXT) -> None:
        async with self.centre.database.begin(SERVICE) as session:
            body = {**body, "number": number}
            await keep_message(session, self.returnee, None, kind, body, session.now)

    async def confides(self, number: int, text: str) -> None:
        async with self.centre.database.begin(SERVICE) as session:
            stray = await session.get_one(Returnee, self.returnee.id)
            body = Body(text=text, number=number)
            await hear_in_confidence(session, stray, MessageKind.TEXT, body, Severity.NONE)


async def lets_in(centre: Centre, person: Returnee) -> None:
    code = await code_for(centre, person, await centre.colleague(), await centre.colleague())
    await moves_in(centre, code)
