"""Information for a whole group: read with one tap, and owed no answer."""

import pytest
from sqlalchemy import select

from domain.notices import Notice, tell
from domain.returnees.chats import returnee_of_chat
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from tests.domain.questionnaires.forms.sheets import TO_READ
from tests.handlers.forms import asked
from tests.handlers.phone import Phone, Said

OFFERED = "Hello! I have something for you to read, and no questions. Is now a good time?"


async def offered(phone: Phone, database: Database) -> Said:
    """What its prompt looks like as it is sent."""
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        check_in = (await session.scalars(select(CheckIn))).one()
        assert returnee is not None
        params = {"check_in": str(check_in.id)}
        row = await tell(session, returnee, Notice.CHECK_IN_PROMPT, params)
        phone.screen = await phone.shown(session, row)
        return phone.screen


async def booked(database: Database) -> CheckIn:
    async with database.begin(SERVICE) as session:
        check_in: CheckIn = (await session.scalars(select(CheckIn))).one()
    return check_in


@pytest.mark.parametrize(
    ("reads", "opens", "ends"),
    [
        ("Only I", None, "Thank you, that was all."),
        ("Sometimes others", "Open", "Thank you, that was all."),
        ("must not know", "See", "Thank you."),
    ],
)
async def test_what_is_only_to_be_read_says_so_and_counts_as_read_once_it_is_opened(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    reads: str,
    opens: str | None,
    ends: str,
) -> None:
    await asked(phone, database, organisation, TO_READ, reads=reads)
    said = await offered(phone, database)
    if opens is not None:
        assert "no questions" not in said.text
        opened = await phone.press(opens)
        said, *_ = await phone.tap() if opens == "See" else opened
    assert said.text == OFFERED

    note, *_ = await phone.press("Yes, now")
    assert "The office is closed on Monday." in note.text
    assert (await booked(database)).state is CheckInState.ANSWERED
    await phone.press("Continue")
    end, *_ = await phone.press("Continue")
    assert end.text == ends


async def test_whoever_wants_to_tell_something_is_not_given_something_to_read(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, TO_READ)
    [said] = await phone.write("/checkin")

    assert "How safe" in said.text
