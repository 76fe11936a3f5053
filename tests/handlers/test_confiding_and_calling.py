"""Whoever confides while a talk with the team is open is told what the team reads, and what not."""

from datetime import timedelta

import pytest

from dialogs.presses import AboutHelper, AskForHuman, InCountry, OpenCovered, WishClosed
from domain.notices import Notice
from domain.safeguarding.complaints import CONFIDES_FOR
from storage.kinds import ComplaintKind
from storage.sessions import Clock, Database
from storage.tables.organisations import Organisation
from tests.handlers.cries import all_arrives, texts
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

pytestmark = pytest.mark.usefixtures("worker")

_PAST_THE_TEAM = "Your team does not read what you write here now."
_READ = ["They will read it", "they still read what you write", "You can write to them here"]


@pytest.fixture
async def confiding(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    """Somebody to whom the team has been called, too."""
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await phone.press_data(AboutHelper(kind=ComplaintKind.ABOUT_STAFF).pack())
    await phone.write("Vera asks me for money")
    await all_arrives(database)
    return phone


@pytest.mark.parametrize(
    "asks",
    [
        AskForHuman(),
        WishClosed(),
        *(
            OpenCovered(notice=notice)
            for notice in (Notice.CHILD_HEARD, Notice.CASE_CLOSED, Notice.FORGET_WAITS)
        ),
    ],
    ids=str,
)
async def test_p11_whoever_confides_is_told_that_the_team_reads_nothing_of_it_and_what_ends_that(
    confiding: Phone, database: Database, asks: AskForHuman | WishClosed | OpenCovered
) -> None:
    [said] = await confiding.press_data(asks.pack())
    assert _PAST_THE_TEAM in said.text
    assert [each for each in _READ if each in said.text] == []
    [over] = await confiding.press("That is all")
    assert over.notice == "said-all"
    await confiding.write("I need a place to sleep")

    assert await texts(database) == ["I need a place to sleep"]


async def test_p11_whoever_cries_for_help_in_confidence_is_not_told_that_the_team_reads_it(
    confiding: Phone, clock: Clock
) -> None:
    clock.offset += timedelta(minutes=11)
    said = await confiding.write("He has a knife and says he will kill me tonight")

    [cry] = [each for each in said if each.notice == "crisis"]
    assert "so I have called people of our team. They do not see what you wrote." in cry.text
    assert "have shown" not in cry.text


@pytest.mark.parametrize(
    "again", [OpenCovered(notice=Notice.CRISIS), InCountry(country="UA", back=Notice.CRISIS)]
)
async def test_p11_a_cry_in_confidence_that_is_drawn_again_later_does_not_say_it_was_shown(
    confiding: Phone, clock: Clock, again: OpenCovered | InCountry
) -> None:
    clock.offset += timedelta(minutes=11)
    await confiding.write("He has a knife and says he will kill me tonight")
    clock.offset += CONFIDES_FOR + timedelta(minutes=1)
    [said] = await confiding.press_data(again.pack())

    assert "so I have called people of our team." in said.text
    assert "have shown" not in said.text


@pytest.mark.parametrize(
    "again", [OpenCovered(notice=Notice.CRISIS), InCountry(country="UA", back=Notice.CRISIS)]
)
async def test_p11_a_cry_that_is_drawn_again_while_they_confide_does_not_say_that_nobody_saw_it(
    confiding: Phone, again: OpenCovered | InCountry
) -> None:
    """It may have been cried before, and then the team was shown it."""
    await confiding.write("He has a knife and says he will kill me tonight")
    [said] = await confiding.press_data(again.pack())

    assert "so I have called people of our team." in said.text
    assert "They do not see what you wrote" not in said.text


@pytest.mark.parametrize("back", [Notice.CHILD_HEARD, Notice.CHILD_CALLED_FOR])
async def test_p11_only_who_told_their_age_just_now_is_thanked_for_it(
    confiding: Phone, back: Notice
) -> None:
    for again in (OpenCovered(notice=back), InCountry(country="UA", back=back)):
        [said] = await confiding.press_data(again.pack())
        assert ("telling me your age" in said.text) == (back is Notice.CHILD_HEARD)
        assert "Your family is not told." in said.text


async def test_p11_once_it_has_ended_by_itself_they_are_told_again_that_they_are_read(
    confiding: Phone, clock: Clock
) -> None:
    clock.offset += CONFIDES_FOR + timedelta(minutes=1)
    [said] = await confiding.write("/help")

    assert "They will read it" in said.text
    assert "That is all" not in said.buttons
