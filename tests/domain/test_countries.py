"""A country decides whose numbers people read, and by which clock they live."""

import pytest

from domain.countries import COUNTRIES, codes, first_weekday, zone_of
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


async def test_an_organisation_elsewhere_has_the_clock_of_its_country_where_there_is_one(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        one = await add_organisation(session, "Casa", country="RO")
        wide = await add_organisation(session, "Shelter", country="KZ")
        many = await add_organisation(session, "Home", country="US", time_zone="America/Chicago")
    zones = [each.time_zone for each in (one, wide, many)]
    assert zones == ["Europe/Bucharest", "Asia/Almaty", "America/Chicago"]


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [(None, "US has several time zones"), ("Chicago", "no time zone Chicago")],
)
async def test_p4_where_nobody_can_tell_the_clock_of_an_organisation_it_is_asked(
    database: Database, zone: str | None, sentence: str
) -> None:
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match=sentence):
            await add_organisation(session, "Shelter", country="US", time_zone=zone)


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_countries_where_people_may_be_have_a_time_zone(country: str) -> None:
    assert zone_of(country)


def test_a_country_of_many_time_zones_or_none_has_no_single_one() -> None:
    assert zone_of("US") is zone_of("") is zone_of(None) is None


def test_a_week_begins_somewhere_in_every_country_that_an_organisation_may_be_in() -> None:
    assert {first_weekday(code) for code in codes()} == {0, 4, 5, 6}
