"""In which country somebody is now, said below what they read in an emergency."""

import pytest

from dialogs.presses import InCountry
from domain.notices import Notice
from domain.organisations import add_organisation
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from tests.handlers.cries import all_arrives
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.phone import Phone

pytestmark = pytest.mark.usefixtures("worker")


async def test_the_country_that_somebody_is_in_brings_its_numbers(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    [answer] = await phone.press("Ukraine")

    assert "Phone numbers in Ukraine" in answer.text
    assert answer.content["edit"] == 500
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.country == "UA"
    assert returnee.time_zone == "Europe/Kyiv"


async def test_p4_whoever_is_home_in_any_country_with_a_team_says_so_and_lives_by_its_clock(
    phone: Phone, database: Database
) -> None:
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Tunis Centre", country="TN")
        await add_organisation(session, "Dallas", country="US", time_zone="America/Chicago")
    await phone.write("/help")
    for land, code, zone in (
        ("United States", "US", "America/Chicago"),
        ("United Kingdom", "GB", "Europe/London"),
        ("Tunisia", "TN", "Africa/Tunis"),
    ):
        await phone.press(land)
        returnee = await returnee_on(database, phone)
        assert returnee is not None
        assert (returnee.country, returnee.time_zone) == (code, zone)
        await all_arrives(database)


async def test_a_country_that_no_button_names_changes_nothing(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    await phone.press_data("l:XX:help-asked")

    assert phone.toast.alert
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.country == "AL"


@pytest.mark.parametrize(
    "back",
    [
        Notice.CRISIS,
        Notice.CHILD_HEARD,
        Notice.CHILD_CALLED_FOR,
        Notice.HELP_ASKED,
        Notice.NOBODY_YET,
    ],
)
@pytest.mark.parametrize("reads", ["Only I", "Sometimes others", "must not know"])
async def test_the_country_whose_numbers_stand_there_already_is_marked_once_it_is_pressed(
    phone: Phone, database: Database, organisation: Organisation, reads: str, back: Notice
) -> None:
    """Else the message would stay as it is, as if the press had led nowhere."""
    await enrol(phone, await invite(database, organisation), reads=reads)
    await phone.write("/help")
    await phone.press_data(InCountry(country="AL", back=back).pack())

    assert marked(phone, "Phone numbers in Albania") == ["✅ Albania"]
    await all_arrives(database)
    await phone.press("Ukraine")
    assert marked(phone, "Phone numbers in Ukraine") == ["✅ Ukraine"]


def marked(phone: Phone, below: str) -> list[str]:
    assert phone.screen is not None
    assert below in phone.screen.text
    return [label for label in phone.screen.buttons if "✅" in label]


async def test_a_country_that_is_only_taken_for_theirs_is_not_marked(phone: Phone) -> None:
    [answer] = await phone.write("/help")

    assert "Phone numbers in Albania" in answer.text
    assert "Albania" in answer.buttons
