"""An organisation's country decides whose numbers people read, and by which clock they live."""

import pytest

from domain.countries import codes, first_weekday
from domain.directory.hotlines import numbers_for
from domain.errors import Refused
from domain.organisations import add_organisation
from storage.sessions import SERVICE, Database


@pytest.mark.parametrize(("written", "code"), [("UK", "GB"), ("el", "GR"), ("al", "AL")])
async def test_a_country_that_is_written_in_another_way_has_its_numbers_and_its_clock(
    database: Database, written: str, code: str
) -> None:
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Harbour", country=written)
    assert organisation.country == code
    assert organisation.time_zone != "UTC"
    assert numbers_for(code, session.now.date())


@pytest.mark.parametrize("written", ["XQ", "ZZ", "Albania", "A1", "A"])
async def test_a_country_that_there_is_not_is_refused(database: Database, written: str) -> None:
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="is no country"):
            await add_organisation(session, "Harbour", country=written)


def test_a_week_begins_somewhere_in_every_country_that_an_organisation_may_be_in() -> None:
    assert {first_weekday(code) for code in codes()} == {0, 4, 5, 6}
