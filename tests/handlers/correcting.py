"""Somebody corrects what is kept of them."""

from sqlalchemy import select

from dialogs.presses import CorrectWords
from domain.casework.reading import read_case
from domain.casework.story import Said
from domain.casework.work import claim, write
from domain.staff import actor_of, add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.handlers.cries import all_arrives
from tests.handlers.enrolling import confirmed, enrol, invite
from tests.handlers.phone import Phone

WRONG = "You are from Rabat."


RIGHT = "I am from Fes, مرحبا 🙂"


async def answered(
    phone: Phone, database: Database, organisation: Organisation, reads: str = "Only I"
) -> None:
    """Somebody who is sure to be themselves, and was written something wrong."""
    await enrol(phone, await invite(database, organisation), reads=reads)
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
        actor = actor_of(await session.get_one(Staff, new.id))
        case = (await session.scalars(select(Case))).one()
        await claim(session, actor, case.id)
        await write(session, actor, case.id, WRONG)
    await all_arrives(database)
    await confirmed(database, phone)


async def corrections(database: Database, organisation: Organisation) -> list[list[str]]:
    """As staff read them, by message."""
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", organisation, Role.SUPERVISOR)
        actor = actor_of(await session.get_one(Staff, new.id))
        case = (await session.scalars(select(Case))).one()
        file = await read_case(session, actor, case.id)
    said = [entry for entry in file.timeline if isinstance(entry, Said)]
    return [list(entry.corrections) for entry in said if entry.text == WRONG]


async def choose(phone: Phone) -> None:
    await phone.press_data(CorrectWords().pack())
    await phone.press(WRONG[:10])
