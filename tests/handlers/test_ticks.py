"""Ticks belong to the question under which they were set, and to no other."""

from sqlalchemy import select

from storage.kinds import Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from tests.domain.questionnaires.forms.sheets import SETTINGS
from tests.handlers.forms import asked, kept
from tests.handlers.phone import Phone

TWO_LISTS = (
    """
| survey |
| | type | name | label::English (en) | constraint | constraint_message::English (en) |
| | select_multiple need | needs | What do you need? | not(selected(., 'none') and . != 'none') | All or nothing? |
| | select_multiple harm | harms | What happened to you? | | |
| choices |
| | list_name | name | label::English (en) | wayhome_alert |
| | need | work | Work | |
| | need | home | A home | |
| | need | school | School | |
| | need | none | Nothing | |
| | harm | hit | Somebody hit me | urgent |
| | harm | lost | I lost my papers | |
"""  # noqa: E501 - a row is a row
    + SETTINGS
)


async def test_p13_what_was_ticked_at_one_question_is_not_ticked_at_the_next(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, TWO_LISTS)
    await phone.write("/checkin")
    await phone.press("⬜ Work")
    [harms] = await phone.press("Continue")
    assert list(harms.buttons)[:2] == ["⬜ Somebody hit me", "⬜ I lost my papers"]
    assert "Continue" not in harms.buttons
    await phone.press("Skip")

    assert await kept(database) == {"needs": "work", "harms": None}
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).all() == []


async def test_after_more_ticks_than_the_next_question_has_choices_it_can_be_answered(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, TWO_LISTS)
    await phone.write("/checkin")
    for pressed in ("⬜ Work", "⬜ School", "Continue", "⬜ Somebody hit me"):
        await phone.press(pressed)
    [thanks] = await phone.press("Continue")

    assert thanks.notice == "check-in-thanks"
    assert await kept(database) == {"needs": "work school", "harms": "hit"}
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.URGENT


async def test_ticks_that_are_not_taken_stand_there_to_be_changed(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, TWO_LISTS)
    await phone.write("/checkin")
    for pressed in ("⬜ Work", "⬜ Nothing"):
        await phone.press(pressed)
    [refused] = await phone.press("Continue")

    assert "All or nothing?" in refused.text
    assert {"☑️ Work", "⬜ A home", "☑️ Nothing"} <= refused.buttons.keys()
