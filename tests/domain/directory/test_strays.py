"""Nothing of a directory is lost unseen: what belongs to nothing, or is called like nothing."""

import pytest

from domain.directory.files.problems import Rejected
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile
from domain.errors import Refused
from tests.domain.directory.samples import (
    ORGANIZATIONS,
    clinic,
    csv_file,
    json_file,
    read_clinic,
    read_one,
    tables,
)

SERVICES = "id,name,organization_id\ns,Soup,port\n"
HALL = {
    "service_at_location": "id,service_id,location_id\nv,s,l\n",
    "locations": "id,name\nl,Hall\n",
}
NO_SERVICE, NO_LOCATION = "There is no such service.", "There is no such location."
NO_ORGANIZATION = "There is no such organization."
NOTHING = "It names nothing that it belongs to."


def soup(**more: str) -> list[SourceFile]:
    return tables(organizations=ORGANIZATIONS, services=SERVICES, **more)


@pytest.mark.parametrize(
    ("table", "text", "column", "reason"),
    [
        ("phones", "id,service_id,number\n1,x,112\n", "service_id", NO_SERVICE),
        ("phones", "id,organization_id\n1,x\n", "organization_id", NO_ORGANIZATION),
        ("phones", "id,number\n1,112\n", None, NOTHING),
        ("schedules", "location_id,byday\nx,MO\n", "location_id", NO_LOCATION),
        ("schedules", "organization_id,byday\nport,MO\n", None, NOTHING),
        ("service_areas", "service_id,name\nx,Tirana\n", "service_id", NO_SERVICE),
        ("service_at_location", "service_id,location_id\nx,l\n", "service_id", NO_SERVICE),
        ("service_at_location", "location_id\nl\n", None, NOTHING),
        ("addresses", "location_id,city\nx,Vlorë\n", "location_id", NO_LOCATION),
        ("required_documents", "document\nPass\n", None, NOTHING),
    ],
)  # fmt: skip
def test_a_row_that_belongs_to_nothing_is_named(
    table: str, text: str, column: str | None, reason: str
) -> None:
    reading = read_directory(soup(**HALL | {table: text}))

    assert reading.rejected == [Rejected(f"{table}.csv", 2, column, reason)]


def test_what_belongs_to_members_of_staff_or_to_a_faulty_service_is_no_riddle() -> None:
    reading = read_directory(
        tables(
            organizations=ORGANIZATIONS,
            services=f"{SERVICES}t,,port\n",
            phones="id,contact_id,service_id,number\n1,ann,,112\n2,,t,113\n",
            languages="phone_id,code\n1,sq\n",
        )
    )

    assert [(each.file, each.row) for each in reading.rejected] == [("services.csv", 3)]


def test_of_two_organisations_with_one_id_the_first_is_taken_and_the_other_named() -> None:
    organizations = f"{ORGANIZATIONS}port,Port Friends,Neighbours\nport,Harbour,Others\n"
    reading = read_directory(tables(organizations=organizations, services=SERVICES))
    (service,) = reading.services

    assert service.organization is not None
    assert service.organization.name == "Port Friends"
    assert reading.rejected == [
        Rejected("organizations.csv", 4, "id", "Another organization has the same id.")
    ]


def test_an_older_directory_may_call_its_tables_after_one_row() -> None:
    service = read_one(
        *soup(
            **HALL,
            physical_address="id,location_id,city,country\na,l,Vlorë,AL\n",
            regular_schedule="id,service_id,weekday,opens_at\n1,s,1,09:00\n",
        )
    )

    assert [place.city for place in service.locations] == ["Vlorë"]
    assert [each.byday for each in service.schedules] == ["MO"]


def test_an_older_directory_in_json_is_read_under_its_old_names_too() -> None:
    address = {"address_1": "Moli 1", "city": "Vlorë", "country": "AL"}
    service = read_clinic(
        fees="Free",
        schedules=[],
        regular_schedules=[{"weekday": "2", "opens_at": "09:00", "closes_at": "12:00"}],
        service_at_locations=[{"location": {"id": "l", "physical_addresses": [address]}}],
    )

    assert service.fees_description == "Free"
    assert [each.byday for each in service.schedules] == ["TU"]
    assert [place.city for place in service.locations] == ["Vlorë"]


def test_a_spreadsheet_that_is_called_like_no_table_is_named_and_a_text_for_people_is_not() -> None:
    beside = [csv_file(name, "id,number\n1,112\n") for name in ("phons.csv", "contacts.csv")]
    beside.append(csv_file("README.txt", "Read this first."))
    reason = "No table is known by this name, so nothing of it was read."
    reading = read_directory([*soup(), *beside])
    assert reading.rejected == [Rejected("phons.csv", None, None, reason)]


def test_what_stands_within_a_service_that_has_no_id_is_blamed_but_once() -> None:
    reading = read_directory([json_file([clinic(), clinic(id="")])])

    assert reading.rejected == [Rejected("services.json", 2, "id", "A service needs its id.")]


NO_SERVICES = [
    {"id": "t", "code": "BH-1800", "name": "Emergency Shelter", "taxonomy": "AIRS"},
    {"id": "o", "name": "Port Friends", "description": "We run a shelter"},
    {"id": "l", "name": "Shelter", "location_type": "physical", "organization_id": "port"},
    {"id": "p", "name": "Safe Nights", "description": "Shelter", "organization_id": "port"},
]


@pytest.mark.parametrize("item", NO_SERVICES)
def test_what_an_api_lists_beside_services_becomes_no_service_and_they_load(
    item: dict[str, str],
) -> None:
    """Somebody would look for a shelter that is none."""
    reading = read_directory([json_file({"contents": [clinic(), item, clinic(id="other")]})])

    assert [service.id for service in reading.services] == ["clinic", "other"]
    assert reading.rejected == [
        Rejected("services.json", 2, None, "This is no service: it has no status.")
    ]


def test_a_file_that_lists_something_else_than_services_is_refused() -> None:
    files = [json_file([clinic()]), json_file({"contents": NO_SERVICES}, "others.json")]
    with pytest.raises(Refused, match=r"others.json lists no services\."):
        read_directory(files)


def test_pages_of_an_api_that_are_not_there_are_named() -> None:
    """Services would stay away, and nobody would look for them."""

    def page(number: int, total: int) -> SourceFile:
        item = clinic(id=f"{number} of {total}")
        document = {"total_pages": total, "page_number": number, "contents": [item]}
        return json_file(document, f"page-{number}-of-{total}.json")

    def lacking(file: str, total: int, there: str) -> Rejected:
        reason = f"Of {total} pages only these are here: {there}. Bring the others, too."
        return Rejected(file, None, None, reason)

    whole = [page(number, 3) for number in (1, 2, 3)]
    assert read_directory(whole).rejected == []
    assert read_directory([whole[0], whole[2]]).rejected == [lacking("page-3-of-3.json", 3, "1, 3")]
    assert read_directory([*whole, page(1, 2)]).rejected == [lacking("page-1-of-2.json", 2, "1")]


def test_a_list_where_hsds_has_a_text_is_read_as_one() -> None:
    schedule = {
        "freq": "WEEKLY",
        "byday": ["MO", "", "TU"],
        "opens_at": "09:00",
        "closes_at": "17:00",
    }
    assert [each.byday for each in read_clinic(schedules=[schedule]).schedules] == ["MO,TU"]
