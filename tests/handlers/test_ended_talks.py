"""What is said and done of a talk that the team has ended, however late it is looked at."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dialogs.presses import (
    AboutHelper,
    InCountry,
    KeepLastTalk,
    KeepTalk,
    OpenCovered,
    SayWhen,
    WishClosed,
)
from domain.notices import Notice
from domain.signals.good_time import GoodTime
from storage.kinds import CaseState, ComplaintKind
from storage.sessions import Clock, Database
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


async def test_p5_whoever_says_that_a_talk_may_be_kept_keeps_that_one_and_no_newer_one(
    phone: Phone, database: Database, clock: Clock, organisation: Organisation
) -> None:
    await phone.write(EMERGENCY)
    first = await ends_the_talk(database, organisation)
    clock.offset += timedelta(days=20)
    await phone.write(EMERGENCY)
    second = await ends_the_talk(database, organisation)
    [noted] = await phone.press_data(KeepTalk(case=first.id).pack())

    assert noted.notice == "consent-noted"
    erased_at = {case.id: case.erase_at for case in await cases(database)}
    assert erased_at == {first.id: None, second.id: second.erase_at}


async def test_p9_an_older_button_that_does_not_say_which_talk_keeps_the_last_one(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(EMERGENCY)
    await ends_the_talk(database, organisation)
    [noted] = await phone.press_data(KeepLastTalk().pack())

    assert noted.notice == "consent-noted"
    [case] = await cases(database)
    assert case.erase_at is None


@pytest.mark.parametrize("became", ["open again", "erased"])
async def test_p5_a_talk_that_is_not_kept_by_it_is_not_said_to_be(
    phone: Phone, database: Database, organisation: Organisation, became: str
) -> None:
    await phone.write(EMERGENCY)
    ended = await ends_the_talk(database, organisation)
    if became == "open again":
        await phone.write(EMERGENCY)
    pressed = ended.id if became == "open again" else uuid4()
    [shown] = await phone.press_data(KeepTalk(case=pressed).pack())

    assert "You can change it" not in shown.text
    assert "I still need help" in shown.buttons
    [case] = await cases(database)
    assert (case.agreed_at, case.erase_at is None) == (None, became == "open again")


async def test_p11_that_it_is_safe_to_talk_now_opens_a_talk_that_a_colleague_has_ended_meanwhile(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    ended = await ends_the_talk(database, organisation)
    [said] = await phone.press_data(SayWhen(case=ended.id, answer=GoodTime.NOW).pack())

    assert said.notice == "talk-answered"
    [case] = await cases(database)
    assert (case.state, case.alerts_sent) == (CaseState.OPEN, 1)


async def test_p11_where_nobody_waits_for_the_answer_any_more_they_read_how_to_call_somebody(
    phone: Phone, database: Database, clock: Clock, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    ended = await ends_the_talk(database, organisation)
    await all_arrives(database)
    clock.offset += timedelta(days=20)
    [shown] = await phone.press_data(SayWhen(case=ended.id, answer=GoodTime.NOW).pack())

    assert "Our team has ended this talk" in shown.text
    [asked] = await phone.press("I still need help")
    assert asked.notice == "help-asked"


async def test_later_opens_no_talk_that_has_ended(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    ended = await ends_the_talk(database, organisation)
    [said] = await phone.press_data(SayWhen(case=ended.id, answer=GoodTime.LATER).pack())

    assert said.notice == "talk-answered"
    [case] = await cases(database)
    assert case.state is CaseState.RESOLVED


@pytest.mark.parametrize("answer", ["Yes", "No"])
@pytest.mark.parametrize(("days", "opens"), [(1, True), (20, False)])
async def test_p11_whose_words_open_no_ended_talk_any_more_is_not_told_to_just_write(
    phone: Phone,
    database: Database,
    clock: Clock,
    organisation: Organisation,
    answer: str,
    days: int,
    opens: bool,
) -> None:
    await enrol(phone, await invite(database, organisation), answer=answer)
    await phone.write("/help")
    await ends_the_talk(database, organisation)
    clock.offset += timedelta(days=days)
    [shown] = await phone.press_data(OpenCovered(notice=Notice.CASE_CLOSED).pack())

    assert ("or just write" in shown.text) is opens
    assert "I still need help" in shown.buttons
    await phone.write("hello again")
    [case] = await cases(database)
    assert (case.state is CaseState.OPEN) is opens


async def test_p11_whoever_took_back_that_they_are_read_is_not_told_to_just_write(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await phone.write("/privacy")
    await phone.press("A person reads and answers")
    await ends_the_talk(database, organisation)
    [shown] = await phone.press_data(OpenCovered(notice=Notice.CASE_CLOSED).pack())

    assert "or just write" not in shown.text
    assert "I still need help" in shown.buttons


async def test_p11_whoever_confides_as_a_talk_ends_is_not_told_to_just_write(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Their words go past the team."""
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await ends_the_talk(database, organisation)
    await phone.press_data(AboutHelper(kind=ComplaintKind.ABOUT_STAFF).pack())
    [shown] = await phone.press_data(OpenCovered(notice=Notice.CASE_CLOSED).pack())

    assert "or just write" not in shown.text
    assert "I still need help" in shown.buttons
