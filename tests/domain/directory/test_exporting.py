"""In an export each service stands with its own copy of a place, as its source said it last."""

from typing import Any

import pytest

from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile
from domain.directory.files.tabular import read_tabular
from domain.directory.files.writing import write_directory
from domain.directory.importing import export_directory, import_directory
from storage.sessions import SERVICE, Database
from tests.domain.directory.samples import clinic, files_in, json_file

SECRET: list[dict[str, Any]] = [
    {"description": "A shelter. The address is confidential."},
    {"attributes": [{"taxonomy_term": {"code": "confidential"}, "value": "true"}]},
]
# What comes first in a file is written first.
ORDERS = [("shelter", "clinic"), ("clinic", "shelter")]


def exported(*services: dict[str, Any]) -> list[SourceFile]:
    reading = read_directory([json_file(list(services))])
    return files_in("out.zip", write_directory(reading.services))


def streets(files: list[SourceFile]) -> dict[str, list[str]]:
    """What anybody who reads the tables finds under each service."""
    tables = read_tabular(files)
    addresses = tables.by("addresses", "location_id")
    return {
        service: [
            address["address_1"]
            for visit in visits
            for address in addresses.get(visit["location_id"], ())
        ]
        for service, visits in tables.by("service_at_location", "service_id").items()
    }


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("secret", SECRET, ids=["said", "marked"])
def test_p14_an_export_gives_no_secret_place_the_address_that_another_service_has_there(
    secret: dict[str, Any], order: tuple[str, str]
) -> None:
    said = {"shelter": clinic(id="shelter", **secret), "clinic": clinic()}
    files = exported(*(said[each] for each in order))

    assert streets(files) == {"shelter": [""], "clinic": ["Rruga e Portit 1"]}
    again = read_directory(files)
    assert {each.id: each.locations[0].city for each in again.services} == {
        "shelter": "",
        "clinic": "Durrës",
    }
    assert {each.locations[0].country for each in again.services} == {"AL"}


def test_a_place_that_services_share_is_written_once_and_keeps_its_id_from_run_to_run() -> None:
    shelter = clinic(id="shelter", **SECRET[0])
    services = (shelter, clinic(), clinic(id="dentist"), shelter | {"id": "refuge"})
    first, second = (read_tabular(exported(*services)) for _ in range(2))

    assert len(first["locations"]) == 2
    assert len(first["organizations"]) == 1
    assert [row["id"] for row in first["locations"]] == [row["id"] for row in second["locations"]]


async def test_what_a_source_names_no_more_keeps_its_old_place_and_gives_it_to_nobody_else(
    database: Database,
) -> None:
    visit = clinic()["service_at_locations"][0]
    moved = visit | {
        "location": visit["location"]
        | {"name": "The mill", "addresses": [{"city": "Vlorë", "country": "AL"}]}
    }
    renamed = {"id": "port", "name": "Friends of the Mill"}
    async with database.begin(SERVICE) as session:
        for list_of_the_day in (
            [clinic(id="a"), clinic(id="b")],
            [clinic(id="b", service_at_locations=[moved], organization=renamed)],
        ):
            reading = read_directory([json_file(list_of_the_day)])
            await import_directory(session, reading, "test", session.now)
        files = files_in("out.zip", await export_directory(session))

    reading = read_directory(files)
    assert reading.rejected == []
    assert {
        each.id: (each.organization and each.organization.name, place.name, place.city)
        for each in reading.services
        for place in each.locations
    } == {
        "a": ("Port Friends", "The quay house", "Durrës"),
        "b": ("Friends of the Mill", "The mill", "Vlorë"),
    }
