"""What is said and done of a talk that the team has ended, however late it is looked at."""

import pytest

from dialogs.presses import InCountry, OpenCovered, WishClosed
from domain.notices import Notice
from storage.kinds import CaseState
from storage.sessions import Database
from storage.tables.organisations import Organisation
from tests.handlers.cries import EMERGENCY, all_arrives, cases, ends_the_talk
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

pytestmark = pytest.mark.usefixtures("worker")

_UNTRUE = [
    "has been told", "have told", "have shown", "have called", "keep calling", "on duty",
]  # fmt: skip
_CRIES = {
    Notice.HELP_ASKED: "/help",
    Notice.CRISIS: EMERGENCY,
    Notice.CHILD_HEARD: "I am 15",
    Notice.NOBODY_YET: "/help",
}


@pytest.mark.parametrize("reads", ["Only I", "Sometimes others"])
@pytest.mark.parametrize("notice", _CRIES)
async def test_p11_what_answered_a_cry_says_nothing_of_calling_somebody_once_the_talk_has_ended(
    phone: Phone, database: Database, organisation: Organisation, notice: Notice, reads: str
) -> None:
    await enrol(phone, await invite(database, organisation), reads=reads)
    await phone.write(_CRIES[notice])
    await ends_the_talk(database, organisation)
    await all_arrives(database)
    again = OpenCovered(notice=notice).pack()
    if reads == "Only I":
        again = InCountry(country="UA", back=notice).pack()
    [shown] = await phone.press_data(again)

    assert [each for each in _UNTRUE if each in shown.text] == []
    assert "Phone numbers in" in shown.text
    assert "I need nobody any more" not in shown.buttons
    [asked] = await phone.press("I still need help")
    assert asked.notice == "help-asked"
    [case] = await cases(database)
    assert case.state is CaseState.OPEN


async def test_p11_nobody_is_said_to_look_at_a_wish_once_the_talk_has_ended(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("/help")
    await phone.press_data(WishClosed().pack())
    await ends_the_talk(database, organisation)
    [shown] = await phone.press_data(OpenCovered(notice=Notice.CLOSING_WISHED).pack())

    assert shown.text == "All right. /help works at any time."
