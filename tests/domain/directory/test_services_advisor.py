"""UNHCR Jordan's services, converted, load through the ordinary importer and are found."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.directory.files.reading import read_directory
from domain.directory.files.sources import read_files
from domain.directory.files.writing import write_directory
from domain.directory.finding import Search, find_services
from domain.directory.freshness import Age
from domain.directory.importing import import_directory
from domain.directory.needs import Need
from domain.directory.services_advisor import convert
from storage.sessions import SERVICE, Database
from tests.domain.directory.samples import REAL, feature, needs_real_data

NOW = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize("comment", ["Ann Persona", "Ann Persona of our office - 0785550000"])
def test_a_comment_that_may_name_a_person_is_left_out(comment: str) -> None:
    (service,) = convert([feature(comments=comment)], [])

    assert service.description == "Primary healthcare"


def test_two_activities_under_one_id_are_two_services_each_with_its_translation() -> None:
    english = [feature(), feature(activity=2, activityName="Water")]
    arabic = [feature(activity=2, activityName="مياه"), feature(activityName="الخدمات الصحية")]

    first, second = convert(english, arabic)

    assert first.id != second.id
    assert first.translations["ar"]["name"] == "الخدمات الصحية"
    assert second.translations["ar"]["name"] == "مياه"


@needs_real_data
async def test_the_real_directory_is_found_in_english_and_arabic(
    database: Database, tmp_path: Any
) -> None:
    converted = tmp_path / "converted.zip"
    converted.write_bytes(write_directory(convert(*real())))
    reading = read_directory(read_files(converted))
    assert reading.rejected == []

    async with database.begin(SERVICE) as session:
        report = await import_directory(session, reading, "unhcr-jordan", NOW)
        health = Search(need=Need.HEALTH, country="JO", words="irbid")
        in_english = await find_services(session, health, now=NOW)
        shelter = Search(words="المفرق النقد")
        in_arabic = await find_services(session, shelter, now=NOW, language="ar")

    assert (report.loaded, report.updated) == (562, 0)
    assert in_english
    assert all(found.age is Age.UNKNOWN for found in in_english)
    assert "Irbid" in in_english[0].service.locations[0].city
    assert in_arabic
    assert "المفرق" in in_arabic[0].service.locations[0].city


@needs_real_data
def test_the_real_files_share_their_ids() -> None:
    services = convert(*real())

    assert all("ar" in service.translations for service in services)


def real() -> list[Any]:
    """In English and in Arabic."""
    names = ("unhcr-jordan-en.json", "unhcr-jordan-ar.json")
    return [json.loads((REAL / name).read_text("utf-8")) for name in names]
