"""What is said to whoever lets us write first again after /stop."""

import pytest
from sqlalchemy import select

from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Safety
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone


@pytest.mark.parametrize(
    ("reads", "again", "said"),
    [
        ("Sometimes others", "Write again", "Now I never write first."),
        ("must not know", "Turn on", "Reminders: none."),
    ],
)
async def test_p11_whoever_wished_that_nothing_comes_first_is_not_told_after_a_pause_that_it_may(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    reads: str,
    again: str,
    said: str,
) -> None:
    await enrol(phone, await invite(database, organisation), reads=reads)
    await phone.write("/stop")
    [resumed] = await phone.press(again)
    assert resumed.text == said
    await phone.press("Change")
    await phone.press("")  # the first of the hours

    async with database.begin(SERVICE) as session:
        assert not (await session.scalars(select(Safety))).one().never_first


async def test_whoever_chose_hours_is_told_after_a_pause_that_they_hold_again(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/stop")
    [resumed] = await phone.press("You may write to me again")

    assert "I may write to you first again" in resumed.text
