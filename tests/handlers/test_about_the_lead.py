"""What is said about whoever leads the safeguarding, once what was said first is closed."""

import pytest
from sqlalchemy import select

from dialogs.presses import AnswerSafeguarding
from domain.safeguarding.handling import answer_complaint, close_complaint
from domain.safeguarding.story import list_complaints, read_complaint
from domain.staff import actor_of, add_staff
from storage.kinds import OutboxState, Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import ComplaintMessage
from storage.tables.staff import Staff
from tests.handlers.cries import all_arrives, heard
from tests.handlers.phone import Phone

FIRST, AGAIN = "Ilir asks me for money", "Ilir did it again"
NUMBER = 900


async def _works(database: Database, organisation: Organisation, role: Role) -> Staff:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, role)
        return await session.get_one(Staff, new.id)


async def _answers_and_closes(database: Database, admin: Staff) -> None:
    async with database.begin(SERVICE) as session:
        [line] = await list_complaints(session, actor_of(admin))
        await answer_complaint(session, actor_of(admin), line.id, "I look into it.")
        await close_complaint(session, actor_of(admin), line.id)


@pytest.mark.parametrize("how", ["goes on writing", "answers the words", "edits"])
async def test_p10_what_goes_on_about_the_lead_never_reaches_the_lead(
    phone: Phone, database: Database, organisation: Organisation, how: str
) -> None:
    lead = await _works(database, organisation, Role.SAFEGUARDING)
    admin = await _works(database, organisation, Role.ADMIN)
    await phone.write("/help")
    [asked] = await phone.press("About somebody who helps me")
    await phone.press("It is about who reads this")
    await phone.write(FIRST, message_id=NUMBER)
    await _answers_and_closes(database, admin)
    await all_arrives(database)
    match how:
        case "goes on writing":
            await phone.write(AGAIN)
        case "answers the words":
            await phone.press_data(asked.data("That is all"))
            async with database.begin(SERVICE) as session:
                row = select(ComplaintMessage.id).where(ComplaintMessage.staff_id == admin.id)
                words = (await session.scalars(row)).one()
            await phone.press_data(AnswerSafeguarding(message=words).pack())
            await phone.write(AGAIN)
        case _:
            await phone.press_data(asked.data("That is all"))
            changed = phone.message(text=AGAIN) | {"message_id": NUMBER, "edit_date": 1}
            await phone.send(edited_message=changed)

    assert await heard(database, lead) == []
    assert [AGAIN] in await heard(database, admin)


async def _answer_of(database: Database, author: Staff) -> OutboxRow:
    async with database.begin(SERVICE) as session:
        [line] = await list_complaints(session, actor_of(author))
        await answer_complaint(session, actor_of(author), line.id, "I look into it.")
        went = select(OutboxRow).join(ComplaintMessage, ComplaintMessage.outbox_id == OutboxRow.id)
        return (await session.scalars(went)).one()


async def test_p10_what_the_lead_wrote_and_has_not_left_never_arrives_once_it_is_about_the_lead(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    lead = await _works(database, organisation, Role.SAFEGUARDING)
    admin = await _works(database, organisation, Role.ADMIN)
    await phone.write("/help")
    [asked] = await phone.press("About somebody who helps me")
    await phone.write(FIRST)
    answer = await _answer_of(database, lead)
    await phone.press_data(asked.data("It is about who reads this"))

    async with database.begin(SERVICE) as session:
        assert (await session.get_one(OutboxRow, answer.id)).state is OutboxState.FAILED
        [line] = await list_complaints(session, actor_of(admin))
        _, told = await read_complaint(session, actor_of(admin), line.id)
    assert [each.unreached for each in told] == [False, True]


@pytest.mark.parametrize(
    ("role", "headed"),
    [
        (Role.SAFEGUARDING, "From the person in charge of protection"),
        (Role.ADMIN, "From a person who runs this service"),
    ],
)
async def test_p11_an_answer_says_who_wrote_it(
    phone: Phone, database: Database, organisation: Organisation, role: Role, headed: str
) -> None:
    author = await _works(database, organisation, role)
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    await phone.write(FIRST)
    row = await _answer_of(database, author)

    async with database.begin(SERVICE) as session:
        assert headed in (await phone.shown(session, await session.get_one(OutboxRow, row.id))).text
