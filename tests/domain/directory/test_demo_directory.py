"""The demo's invented directory loads as any other."""

from collections import Counter
from pathlib import Path

from domain.directory.files.reading import read_directory
from domain.directory.files.sources import read_files
from domain.directory.needs import Need

DEMO = Path(__file__).parents[3] / "bot" / "demo" / "directory"
LANGUAGES = {"AL": {"sq"}, "MA": {"ar", "fr"}, "UA": {"uk"}}


def test_each_country_has_services_for_nearly_every_need_in_its_languages() -> None:
    reading = read_directory(read_files(DEMO))
    countries: Counter[str] = Counter()

    assert reading.rejected == []
    for service in reading.services:
        places: list[str | None] = [place.country for place in service.locations]
        (country,) = places or [area.country for area in service.areas]
        assert country
        assert set(service.translations) == LANGUAGES[country]
        assert service.alert == "An invented example, not a real service."
        countries[country] += 1
    assert countries == {"AL": 12, "MA": 12, "UA": 12}
    assert {need for service in reading.services for need in service.needs} == set(Need) - {
        Need.EMERGENCY
    }
