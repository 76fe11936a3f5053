"""A cry for help, and what becomes of it."""

from typing import Any

from sqlalchemy import select, update

from bot.delivery.packing import Packing
from dialogs.notices import refer
from dialogs.presses import OpenCovered
from domain.casework.work import claim, resolve, write
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.replies.sending import Conditions
from domain.safeguarding.story import list_complaints, read_complaint
from domain.staff import actor_of, add_staff
from locales.catalogues import Catalogues
from storage.kinds import CaseState, OutboxState, Outcome, Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff
from tests.handlers.phone import OURS, Phone, Said

EMERGENCY = "They locked me in and took my passport, he says he will kill me"


async def cases(database: Database) -> list[Case]:
    async with database.begin(SERVICE) as session:
        return list(await session.scalars(select(Case)))


async def kept(database: Database) -> list[Message]:
    async with database.begin(SERVICE) as session:
        return list(await session.scalars(select(Message).order_by(Message.number)))


async def texts(database: Database) -> list[str | None]:
    """What is kept of it, as whoever reads it later sees it."""
    async with database.begin(SERVICE) as session:
        return [(await body_of(session, each)).get("text") for each in await kept(database)]


def notices(said: list[Said]) -> list[str | None]:
    return [each.notice for each in said if each.notice]


async def all_arrives(database: Database) -> None:
    waiting = OutboxRow.state == OutboxState.WAITING
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).where(waiting).values(state=OutboxState.SENT))


async def all_comes(database: Database) -> None:
    """To the phone, where the person sees when."""
    waiting = OutboxRow.state == OutboxState.WAITING
    async with database.begin(SERVICE) as session:
        came = {"state": OutboxState.SENT, "finished_at": session.now}
        await session.execute(update(OutboxRow).where(waiting).values(came))


async def held_by_identity(database: Database) -> int:
    """How much of what would go now waits until somebody has made sure who is there."""
    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow))).all()
        packing = await Packing.of(session, Catalogues.load(), rows)
        for row in packing.rows:
            await packing.pack(row)
        return sum(row.held == "identity" for row in packing.rows)


async def words_from_a_caseworker(
    database: Database, organisation: Organisation, *, only_confirmed: bool = False
) -> str:
    """A caseworker claims the only case and writes; returns the data of the button that opens."""
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
        actor = actor_of(await session.get_one(Staff, new.id))
        case = await session.scalar(select(Case))
        assert case is not None
        await claim(session, actor, case.id)
        words = "Are you <alone> & safe to talk?"
        how = Conditions(only_confirmed=only_confirmed)
        message = await write(session, actor, case.id, words, how)
        params = {"message": str(message.id)}
    notice = Notice.CASEWORKER_WORDS
    return OpenCovered(notice=notice, refers=refer(notice, params)).pack()


async def ends_the_talk(database: Database, organisation: Organisation) -> Case:
    """A caseworker claims the only case that is open and closes it."""
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", organisation, Role.CASEWORKER)
        actor = actor_of(await session.get_one(Staff, new.id))
        is_open = select(Case).where(Case.state != CaseState.RESOLVED)
        case = (await session.scalars(is_open)).one()
        await claim(session, actor, case.id)
        await resolve(session, actor, case.id, Outcome.HELPED)
        return case


async def heard(database: Database, keeper: Staff) -> list[list[str]]:
    """What safeguarding reads, message by message."""
    actor = actor_of(keeper)
    async with database.begin(SERVICE) as session:
        return [
            list(told.texts)
            for line in await list_complaints(session, actor)
            for told in (await read_complaint(session, actor, line.id))[1]
        ]


async def workers_words_as_shown(phone: Phone) -> dict[str, Any]:
    """What a caseworker wrote last, as it stands in the chat, to be answered by the gesture."""
    async with phone.database.begin(SERVICE) as session:
        newest = select(OutboxRow).join(Message, Message.outbox_id == OutboxRow.id)
        row = (await session.scalars(newest.order_by(OutboxRow.number.desc()))).first()
        assert row is not None
        row.state, row.message_id = OutboxState.SENT, 700
    return phone.message(text="…") | {"message_id": 700, "from": OURS}
