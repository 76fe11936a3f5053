"""An imported form on a phone."""

from sqlalchemy import select

from domain.check_ins.answers import answers_of
from domain.questionnaires.importing import take_in
from domain.returnees.chats import returnee_of_chat
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from tests.domain.questionnaires.forms.sheets import form
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone


async def asked(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    table: str,
    *,
    reads: str = "Only I",
) -> None:
    """A form's check-in was sent."""
    await enrol(phone, await invite(database, organisation), reads)
    async with database.begin(SERVICE) as session:
        await take_in(session, organisation.id, form(table))
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        session.add(
            CheckIn(
                organisation_id=organisation.id,
                returnee_id=returnee.id,
                version=1,
                questionnaire="first-days@1",
                state=CheckInState.SENT,
                due_at=session.now,
                expires_at=session.now,
            )
        )


async def kept(database: Database) -> dict[str, str | None]:
    async with database.begin(SERVICE) as session:
        check_in = (await session.scalars(select(CheckIn))).one()
        return await answers_of(session, check_in)


async def goes_on_to_the_words(phone: Phone) -> None:
    """From the note of the form to its last question, which is answered in words."""
    await phone.press("Continue")
    await phone.press("No")
    for _ in range(2):
        await phone.press("Skip")
