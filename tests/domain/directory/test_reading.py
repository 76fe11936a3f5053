"""Directories of every make are read; what is wrong with them is said by file, row and column."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from domain.directory.files.assembly import assemble
from domain.directory.files.mapping import load_mapping
from domain.directory.files.problems import Rejected
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile, read_files
from domain.directory.files.tabular import read_tabular
from domain.directory.needs import Need
from domain.errors import Refused
from tests.domain.directory.samples import (
    ORGANIZATIONS,
    REAL,
    clinic,
    csv_file,
    files_in,
    json_file,
    needs_real_data,
    read_clinic,
    read_one,
    tables,
)


def test_the_three_shapes_of_json_say_the_same() -> None:
    single, listed, paged = (
        read_one(json_file(document))
        for document in (clinic(), [clinic()], {"total_items": 1, "contents": [clinic()]})
    )

    assert single == listed == paged
    assert single.locations[0].city == "Durrës"
    assert single.phones[0].languages == ("sq",)


def test_tables_with_semicolons_a_mark_and_foreign_letters_are_read() -> None:
    services = "\ufeffID;Name;Status;Organization_ID;colour\n1;Përkrahje;Active;port;red\n"
    service = read_one(
        SourceFile("services.csv", services.encode("utf-16")),
        csv_file("organizations.csv", ORGANIZATIONS),
    )

    assert service.name == "Përkrahje"
    assert service.organization is not None
    assert service.organization.name == "Port Friends"


def test_an_old_windows_encoding_is_recognised() -> None:
    text = "id,name,status,organization_id,description\n" + "".join(
        f"{n},Юридична допомога,active,port,Безкоштовна допомога людям щодня\n" for n in range(9)
    )
    files = [
        SourceFile("services.csv", text.encode("cp1251")),
        csv_file("organizations.csv", ORGANIZATIONS),
    ]

    assert read_directory(files).services[0].name == "Юридична допомога"


def test_a_data_package_names_the_files() -> None:
    package = {"resources": [{"name": "service", "path": "data/offers.csv"}]}
    files = [
        json_file(package, "datapackage.json"),
        csv_file("data/offers.csv", "id,name,organization_id\n1,Soup,port\n"),
        csv_file("organizations.csv", ORGANIZATIONS),
    ]

    assert read_one(*files).name == "Soup"


def test_hsds_2_is_read_under_its_old_names() -> None:
    service = read_one(
        *tables(
            organizations="id,name,description,url\nport,Port Friends,N,https://example.org\n",
            services="id,organization_id,name,status,fees\n1,port,Soup,active,None\n",
            services_at_location="id,service_id,location_id\nx,1,quay\n",
            locations="id,name\nquay,The quay\n",
            physical_addresses="id,location_id,city,country\na,quay,Vlorë,AL\n",
            regular_schedules="id,service_id,weekday,opens_at,closes_at\ns,1,3,9:00am,5:00pm\n",
            languages="id,service_id,language\nl,1,Albanian\n",
            eligibility="id,service_id,eligibility\ne,1,Adults\n",
            services_taxonomy="id,service_id,taxonomy_id\nt,1,food\n",
            taxonomy="id,name,vocabulary\nfood,Food parcels,AIRS\n",
        )
    )

    assert service.fees_description == "None"
    assert service.eligibility_description == "Adults"
    assert service.languages == ("sq",)
    assert service.categories == ("Food parcels",)
    assert service.needs == (Need.FOOD,)
    assert service.locations[0].city == "Vlorë"
    (schedule,) = service.schedules
    assert (schedule.byday, str(schedule.closes_at)) == ("WE", "17:00:00")


def test_bad_rows_are_named_and_good_ones_load() -> None:
    reading = read_directory(
        tables(
            organizations=ORGANIZATIONS,
            services=(
                "id,name,status,organization_id,assured_date,minimum_age\n"
                "1,Soup,active,port,2026-01-31,\n"
                ",Nameless,active,port,,\n"
                "3,,active,port,,\n"
                "4,Odd,sometimes,port,,\n"
                "1,Again,active,port,,\n"
                "6,Alone,active,nobody,31/01/2026,young\n"
            ),
            phones="id,service_id,number\np,1,\nq,1,ask Ann\nr,1,112\n",
            service_at_location="id,service_id,location_id\nx,1,nowhere\n",
        )
    )

    assert [service.id for service in reading.services] == ["1", "6"]
    assert [phone.number for phone in reading.services[0].phones] == ["112"]
    assert [(bad.file, bad.row, bad.column) for bad in reading.rejected] == [
        ("phones.csv", 2, "number"),
        ("phones.csv", 3, "number"),
        ("service_at_location.csv", 2, "location_id"),
        ("services.csv", 3, "id"),
        ("services.csv", 4, "name"),
        ("services.csv", 5, "status"),
        ("services.csv", 6, "id"),
        ("services.csv", 7, "organization_id"),
        ("services.csv", 7, "minimum_age"),
        ("services.csv", 7, "assured_date"),
    ]


@pytest.mark.parametrize("odd", ["/", ",", ";", "&", "and"])
def test_a_cell_that_names_no_language_is_named_and_everything_else_loads(odd: str) -> None:
    reading = read_directory(
        tables(
            organizations=ORGANIZATIONS,
            services="id,name,status,organization_id\n1,Soup,active,port\n2,Bread,active,port\n",
            taxonomy_terms=(
                "id,taxonomy,code,language\n"
                f'bad,translation,name,"{odd}"\n'
                "good,translation,name,fr\n"
                "own,translation,language,\n"
            ),
            attributes=(
                "link_id,taxonomy_term_id,value\n"
                "1,bad,Soupe\n"
                "2,good,Pain\n"
                f'1,own,"{odd}"\n'
                "2,own,sq\n"
            ),
            meta_table_descriptions=f'name,language\nservices,"{odd}"\n',
        )
    )

    assert [(each.language, each.translations) for each in reading.services] == [
        ("en", {}),
        ("sq", {"fr": {"name": "Pain"}}),
    ]
    reason = f"“{odd}” names no language"
    assert set(reading.rejected) == {
        Rejected("meta_table_descriptions.csv", 2, "language", reason),
        Rejected("taxonomy_terms.csv", 2, "language", reason),
        Rejected("attributes.csv", 4, "value", reason),
    }


def test_a_row_with_more_cells_than_columns_is_named_and_left_out() -> None:
    """A comma that nobody quoted has moved what stands behind it."""
    reading = read_directory(
        tables(
            organizations=ORGANIZATIONS,
            services=(
                "id,name,description,organization_id,status\n"
                "1,Soup,Hot, every day,port,active\n"
                "2,Bread,Fresh,port,active,,\n"
            ),
            phones="id,service_id,number\np,2,112\n",
        )
    )

    assert [service.id for service in reading.services] == ["2"]
    assert [(bad.file, bad.row, bad.column) for bad in reading.rejected] == [
        ("services.csv", 2, None)
    ]


def test_a_fault_in_json_is_named_by_its_path() -> None:
    broken = clinic(id="second", schedules=[{"freq": "DAILY", "opens_at": "09:00"}])
    reading = read_directory([json_file([clinic(), broken])])

    assert reading.rejected == [
        Rejected("services.json", 2, "schedules.freq", "“DAILY” is none of weekly, monthly")
    ]
    assert reading.services[1].schedules == ()


@pytest.mark.parametrize(
    "broken",
    [
        {"freq": "MONTHLY", "bymonthday": "first"},
        {"byday": "Weekdays"},
        {"byday": "Weekend"},
        {"byday": "MoTuWeThFr"},
        {"byday": "MO,Holidays"},
        {"byday": ","},
        {"byweekno": "odd"},
        {"byyearday": "new year"},
        {"valid_to": "30/09/2025"},
        {"valid_from": "1.6.2026"},
        {"until": "soon"},
        {"interval": "two"},
        {"count": "some"},
        {"dtstart": "1.6.2026"},
    ],
)
def test_hours_of_which_anything_is_faulty_are_no_hours(broken: dict[str, Any]) -> None:
    hours = {"byday": "MO", "opens_at": "09:00", "closes_at": "17:00"} | broken
    reading = read_directory([json_file([clinic(schedules=[hours])])])

    assert reading.services[0].schedules == ()
    [fault] = reading.rejected
    assert (fault.column or "").startswith("schedules.")


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("MO,TU", "MO,TU"),
        ("Mon; Tues; Weds; Thurs,", "MO,TU,WE,TH"),
        ("mondays wednesday fri", "MO,WE,FR"),
        ("1SA, -1Sunday", "1SA,-1SU"),
    ],
)
def test_days_are_known_by_their_names_and_by_how_those_are_shortened(
    written: str, days: str
) -> None:
    assert [each.byday for each in read_clinic(schedules=[{"byday": written}]).schedules] == [days]


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("100", "19"), ("", "19"), ("0", "0"), ("north", "19")]
)
def test_impossible_coordinates_are_no_coordinates(latitude: str, longitude: str) -> None:
    location = clinic()["service_at_locations"][0]["location"]
    location |= {"latitude": latitude, "longitude": longitude}
    reading = read_directory([json_file([clinic(service_at_locations=[{"location": location}])])])

    assert reading.services[0].locations[0].latitude is None


def at_the_quay(address: str) -> list[SourceFile]:
    return tables(
        organizations=ORGANIZATIONS,
        services="id,name,organization_id\n1,Soup,port\n",
        service_at_location="id,service_id,location_id\nx,1,quay\n",
        locations="id,name\nquay,The quay\n",
        addresses=f"id,location_id,city,country\na,quay,{address}\n",
    )


def test_an_empty_country_is_named_unless_one_stands_in() -> None:
    files = at_the_quay("Vlorë,")

    assert [bad.column for bad in read_directory(files).rejected] == ["country"]
    found = assemble(read_tabular(files), country="AL", language="sq")
    assert found.services[0].locations[0].country == "AL"


def in_country(country: str) -> dict[str, Any]:
    location = clinic()["service_at_locations"][0]["location"]
    [address] = location["addresses"]
    return clinic(
        service_at_locations=[
            {"location": location | {"addresses": [address | {"country": country}]}}
        ]
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [("UK", "GB"), ("el", "GR"), ("ALB", "AL"), ("GBR", "GB"), ("Greece", "GR"), ("XK", "XK")],
)
def test_a_country_is_one_and_the_same_however_it_is_written(written: str, code: str) -> None:
    assert read_one(json_file([in_country(written)])).locations[0].country == code


@pytest.mark.parametrize("written", ["XQ", "ZZ", "Ruritania"])
def test_a_country_that_there_is_not_is_named_and_nothing_stands_in_for_it(written: str) -> None:
    files = at_the_quay(f"Vlorë,{written}")
    reading = assemble(read_tabular(files), country="AL", language="sq")

    assert reading.services[0].locations[0].country == ""
    assert [bad.column for bad in reading.rejected] == ["country"]


def test_what_spreadsheets_put_around_numbers_from_right_to_left_is_taken_away() -> None:
    hours = {"freq": "WEEKLY", "opens_at": "\u200f09:00", "closes_at": "\u200e17:00\u200f"}
    service = read_clinic(
        phones=[{"number": "\u202a+355 4 555 0101\u202c"}, {"number": "04\u2013555\u20110102"}],
        schedules=[hours],
        assured_date="\u200e2026-01-10",
        name="\u202eClinic",
    )

    assert [phone.number for phone in service.phones] == ["+355 4 555 0101", "04-555-0102"]
    assert service.schedules[0].opens_at is not None
    assert service.assured_date is not None
    assert service.name == "Clinic"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mapping_that_notepad_saved_is_read_too(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "ours.toml").write_text('[[tables]]\nfrom = "a"\nto = "services"', encoding)

    assert load_mapping(tmp_path / "ours.toml").table_for("a") is not None


@pytest.mark.parametrize(
    "text",
    [
        "= 1",
        "tables = 1",
        '[[tables]]\nfrom = "a"\nto = "people"',
        "[[tables]]\nform = 1",
        f"tables = {'9' * 5000}",
        f"tables = {'[' * 5000}",
        '[[tables]]\nfrom="a"\nto="services"\neach={column="a",separator="",as="b"}',
    ],
    ids=["torn", "number", "people", "form", "long", "deep", "no separator"],
)
def test_a_wrong_mapping_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "ours.toml").write_text(text)

    with pytest.raises(Refused, match=r"^The mapping ours\.toml"):
        load_mapping(tmp_path / "ours.toml")


@needs_real_data
def test_the_specifications_own_examples_load() -> None:
    reading = read_directory(read_files(REAL / "hsds-3.0" / "examples"))

    assert [service.name for service in reading.services] == ["Community Counselling"]
    assert [bad.column for bad in reading.rejected] == ["latitude"]
    assert "Persona" not in repr(reading.services)


def test_two_numbers_in_one_cell_are_two_and_are_dialled_in_ascii_digits() -> None:
    phones = read_clinic(phones=[{"number": "04/555 0101 / 04 555 0102; ٠٤ ٥٥٥ ٠١٠٣"}]).phones

    assert [phone.number for phone in phones] == ["04/555 0101", "04 555 0102", "04 555 0103"]


def test_a_service_without_a_phone_is_called_at_its_organization() -> None:
    organization = clinic()["organization"] | {"phones": [{"number": "04 555 0104"}]}

    assert read_clinic(organization=organization).phones[0].number == "+355 4 555 0101"
    assert read_clinic(organization=organization, phones=[]).phones[0].number == "04 555 0104"


@needs_real_data
def test_floridas_spreadsheets_load_through_a_mapping() -> None:
    mapping = load_mapping(Path(__file__).parent / "mappings" / "florida.toml")
    reading = read_directory(read_files(REAL / "florida"), mapping)

    assert len(reading.services) == 135
    misread, *nameless = reading.rejected
    assert (misread.row, misread.column) == (65, "minimum_age")
    # In one row too many commas moved what it says to where no heading is.
    assert [bad.reason.partition(",")[0] for bad in nameless] == [
        "Column 20 has no heading", "Column 21 has no heading",
    ]  # fmt: skip
    assert all(service.organization for service in reading.services)
    assert {area.country for service in reading.services for area in service.areas} == {"US"}


def test_a_zip_archive_reads_as_the_folder_does(tmp_path: Path) -> None:
    files = tables(organizations=ORGANIZATIONS, services="id,name,organization_id\n1,Soup,port\n")
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for file in files:
            (tmp_path / file.name).write_bytes(file.data)
            opened.writestr(f"export/{file.name}", file.data)

    assert (
        read_directory(files_in("export.zip", archive.getvalue())).services
        == read_directory(read_files(tmp_path)).services
    )
