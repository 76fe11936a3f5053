"""An invite, and a phone that enrols by it."""

from domain.consent import PURPOSES
from domain.enrolment.invites import issue_invites
from domain.returnees.chats import returnee_of_chat
from storage.kinds import Identity
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.handlers.phone import ROW, Phone


async def invite(database: Database, organisation: Organisation) -> str:
    async with database.begin(SERVICE) as session:
        [new] = await issue_invites(session, organisation.id)
    return new.code


async def returnee_on(database: Database, phone: Phone) -> Returnee | None:
    async with database.begin(SERVICE) as session:
        return await returnee_of_chat(session, phone.user_id)


async def known_on(database: Database, phone: Phone) -> Returnee:
    """The same of a phone that has enrolled."""
    found = await returnee_on(database, phone)
    assert found is not None
    return found


async def confirmed(database: Database, phone: Phone) -> None:
    """Somebody has made sure that it is them."""
    returnee = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, returnee.id)
        kept.identity, kept.confirmed_at = Identity.CONFIRMED, session.now


async def enrol(phone: Phone, code: str, reads: str = "Only I", answer: str = "Yes") -> None:
    """Through the whole welcome, to the menu."""
    await phone.write(f"/start {code}")
    await phone.press("English")
    await phone.press("Go on")
    await phone.press("I am back")
    await phone.press(reads)
    if "must not know" in reads:
        await phone.tap(ROW * 2)
    await phone.press("Go on")
    for _ in PURPOSES:
        await phone.press(answer)
    if answer == "Yes" and "Only I" in reads:
        await phone.press("By day")
        await phone.press("Write to me once")
