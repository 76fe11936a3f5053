"""Where nobody works nobody is called, so nobody is said to have been (P11)."""

import pytest

from dialogs.presses import InCountry
from domain.notices import Notice
from domain.staff import add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from tests.handlers.cries import EMERGENCY
from tests.handlers.phone import Phone

_UNTRUE = [
    "called", "calling", "has been told", "have told", "have shown", "will read",
    "passed it on", "looks at it",
]  # fmt: skip


def _untrue(text: str) -> list[str]:
    return [each for each in _UNTRUE if each in text]


@pytest.mark.parametrize("words", ["/help", EMERGENCY, "I am 15"])
async def test_p11_where_nobody_works_nobody_is_said_to_have_been_told(
    phone: Phone, words: str
) -> None:
    [answer] = await phone.write(words)

    assert "our team has nobody right now" in answer.text
    assert "/services" in answer.text
    assert "Phone numbers in Albania" in answer.text
    assert _untrue(answer.text) == []


async def test_p11_where_nobody_works_nobody_is_said_to_be_called_still(phone: Phone) -> None:
    await phone.write("/help")
    [waiting] = await phone.press_data(InCountry(country="UA", back=Notice.NOBODY_YET).pack())

    assert "our team has nobody right now" in waiting.text
    assert "Phone numbers in Ukraine" in waiting.text
    assert _untrue(waiting.text) == []


async def test_p11_where_nobody_works_nobody_is_said_to_look_at_what_is_settled(
    phone: Phone,
) -> None:
    await phone.write("/help")
    [answer] = await phone.press("I need nobody any more")

    assert answer.notice == "closing-wished"
    assert "/help" in answer.text
    assert _untrue(answer.text) == []


async def test_p11_those_outside_the_team_are_somebody_since_they_are_called(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        await add_staff(session, "Drita", organisation, Role.ADMIN)
    [answer] = await phone.write("/help")

    assert "Our team has been told" in answer.text
    assert "I have called them anyway" in answer.text
