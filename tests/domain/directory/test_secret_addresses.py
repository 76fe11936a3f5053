"""No staff and no address that anybody calls secret is taken in, however it is said."""

from typing import Any

import pytest

from domain.directory.files.mapping import Mapping
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile
from domain.directory.values import Location, Service
from tests.domain.directory.samples import (
    ORGANIZATIONS,
    clinic,
    csv_file,
    json_file,
    read_clinic,
    tables,
)


def test_p14_staff_are_never_taken_in() -> None:
    person = {
        "id": "ann",
        "name": "Ann Persona",
        "email": "ann@example.org",
        "phones": [{"number": "+355 4 555 0199"}],
    }
    service = read_clinic(
        contacts=[person],
        assurer_email="ann@example.org",
        phones=[{"number": "+355 4 555 0199", "contact_id": "ann"}, {"number": "+355 4 555 0101"}],
    )

    assert "ann@example.org" not in repr(service)
    assert "Ann Persona" not in repr(service)
    assert "0199" not in repr(service)


@pytest.mark.parametrize(
    "secret",
    [
        {"name": "Secret shelter"},
        {"name": "Adresse confidentielle"},
        {"description": "The address is confidential; call first."},
        {"addresses": [{"address_1": "Undisclosed", "city": "Durrës", "country": "AL"}]},
        {"addresses": [{"address_1": "عنوان سري", "city": "Durrës", "country": "AL"}]},
        {"attributes": [{"taxonomy_term": {"name": "Confidential"}, "value": "true"}]},
    ],
)
def test_an_address_that_is_called_secret_is_never_taken(secret: dict[str, Any]) -> None:
    location = clinic()["service_at_locations"][0]["location"] | secret
    service = clinic(service_at_locations=[{"id": "x", "location": location}])
    reading = read_directory([json_file([service])])

    (place,) = reading.services[0].locations
    assert (place.latitude, place.address_1, place.city, place.name) == (None, "", "", "")
    assert [bad.reason for bad in reading.rejected] == [
        "The address is said to be secret and was left out."
    ]


def test_a_service_that_calls_its_address_secret_has_none() -> None:
    reading = read_directory(
        [json_file([clinic(description="The location of the shelter is secret.")])]
    )

    assert reading.services[0].locations[0].city == ""


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Women's shelter (confidential address)"},
        {"alternate_name": "Refuge, undisclosed location"},
        {"application_process": "The address is confidential: call the hotline first."},
        {"description": "A confidential shelter for women and children."},
        {"description": "Foyer dont l'emplacement est tenu secret."},
        {"description": "Ο χώρος βρίσκεται σε τοποθεσία που είναι απόρρητη."},
        {"description": "Притулок, розташування не розголошується."},
        {"description": "Acolhimento em morada sigilosa."},
        {"description": "Strehim në një adresë të fshehtë."},
        {"description": "Mieszkanie pod niejawnym adresem."},
        {"description": "Refugio con ubicación secreta."},
        {"description": "Wohnung an einem Standort, der vertraulich ist."},
        {"description": "نستقبل النساء بعنوان غير معلن"},
        {"description": "Приют, адрес держится в тайне."},
        {
            "attributes": [
                {
                    "value": "Adresse confidentielle",
                    "taxonomy_term": {
                        "code": "description",
                        "taxonomy": "translation",
                        "language": "fr",
                    },
                }
            ]
        },
    ],
    ids=lambda said: next(iter(said.values()))[:30] if "attributes" not in said else "translated",
)
def test_p14_however_a_service_says_that_its_address_is_secret_it_has_none(
    said: dict[str, Any],
) -> None:
    (place,) = read_directory([json_file([clinic(**said)])]).services[0].locations

    assert (place.address_1, place.city, place.latitude) == ("", "", None)


WOMEN = "Women only. The address is confidential: call the hotline first."


@pytest.mark.parametrize(
    "files",
    [
        tables(
            organizations=ORGANIZATIONS,
            services="id,name,organization_id,status\n1,Night house,port,active\n",
            services_at_location="id,service_id,location_id\nx,1,quay\n",
            locations="id,name,latitude,longitude\nquay,The quay,41.31,19.45\n",
            physical_addresses="id,location_id,address_1,city,country\na,quay,Moli 1,Durrës,AL\n",
            eligibility=f"id,service_id,eligibility\ne,1,Adults\nf,1,{WOMEN}\n",
        ),
        [json_file([clinic(eligibility=[{"eligibility": "Adults"}, {"eligibility": WOMEN}])])],
    ],
    ids=["as a table", "within the service"],
)
def test_p14_older_directories_may_say_that_an_address_is_secret_where_they_say_for_whom_it_is(
    files: list[SourceFile],
) -> None:
    (service,) = read_directory(files).services
    (place,) = service.locations

    assert service.eligibility_description == f"Adults\n{WOMEN}"
    assert (place.name, place.address_1, place.city, place.latitude) == ("", "", "", None)


@pytest.mark.parametrize(
    "secret",
    [
        {"alternate_name": "Secret shelter"},
        {"transportation": "The address is confidential: we fetch you."},
        {"accessibility": [{"description": "A ramp; the address is kept secret."}]},
        {
            "attributes": [
                {
                    "value": "عنوان سري",
                    "taxonomy_term": {"code": "name", "taxonomy": "translation", "language": "ar"},
                }
            ]
        },
    ],
    ids=["another name", "the way there", "how one gets in", "translated"],
)
def test_p14_whatever_of_a_place_says_that_it_is_secret_keeps_it_out(
    secret: dict[str, Any],
) -> None:
    location = clinic()["service_at_locations"][0]["location"] | secret
    reading = read_directory([json_file([clinic(service_at_locations=[{"location": location}])])])

    (place,) = reading.services[0].locations
    assert (place.address_1, place.city, place.latitude) == ("", "", None)


@pytest.mark.parametrize(
    "description",
    [
        "Confidential counselling.",
        "Confidential counselling, shelter and legal aid.",
        "Consultations confidentielles au foyer.",
    ],
)
def test_p14_what_is_confidential_but_the_place_hides_no_address(description: str) -> None:
    assert read_clinic(description=description).locations[0].city == "Durrës"


def test_confidential_counselling_keeps_its_address() -> None:
    assert read_clinic(description="Confidential counselling.").locations[0].city == "Durrës"


OF_A_SHELTER = {
    "organizations": "id,name\no,Org\n",
    "services": "id,name,organization_id\ns,Night house,o\n",
    "service_at_location": "id,service_id,location_id\nv,s,l\n",
    "locations": "id,name,latitude,longitude\nl,House,41.31,19.45\n",
    "addresses": "id,location_id,address_1,city,country\na,l,Rruga 5,Tirana,AL\n",
}
CALLED = "id,name\nt,Confidential\nu,Confidential shelter\n"


@pytest.mark.parametrize(
    "said",
    [
        {"organizations": "id,name,description\no,Org,The address of our shelter is secret.\n"},
        {"organizations": "id,name,description\no,Org,The address is secret, call\n"},
        {"taxonomy_terms": CALLED, "attributes": "id,link_id,taxonomy_term_id\n1,o,t\n"},
        {"taxonomy_terms": CALLED, "attributes": "id,link_id,taxonomy_term_id\n1,v,t\n"},
        {"taxonomy_terms": CALLED, "attributes": "id,link_id,taxonomy_term_id\n1,s,u\n"},
        {"attributes": "id,link_id,value\n1,s,Adresse confidentielle\n"},
        {
            "service_at_location": (
                "id,service_id,location_id,description\nv,s,l,Address confidential\n"
            )
        },
        {"service_at_location": "service_id,location_id,description\ns,l,Address confidential\n"},
        {"phones": 'id,service_id,number,description\n1,s,112,"First call: secret address"\n'},
        {"phones": "id,organization_id,number,description\n1,o,112,Secret address\n"},
        {"schedules": "id,location_id,byday,notes\n1,l,MO,Adresse confidentielle\n"},
        {"addresses": "id,location_id,attention,address_1,country\na,l,CONFIDENTIAL,Moli 5,AL\n"},
        {"services": "id,name,organization_id,notes\ns,House,o,Address: confidential\n"},
        {"services": "id,name,organization_id,confidential address\ns,House,o,yes\n"},
    ],
)
def test_p14_whichever_cell_of_a_directory_calls_an_address_secret_it_stays_out(
    said: dict[str, str],
) -> None:
    (service,) = read_directory(tables(**OF_A_SHELTER | said)).services

    assert service.locations == (Location(id="l", country="AL"),)


@pytest.mark.parametrize(
    "said",
    [
        {"organizations": "id,name,description\no,Org,What you tell us is confidential.\n"},
        {"addresses": OF_A_SHELTER["addresses"].replace("Rruga 5", "The Secretariat")},
        {"services": "id,name,organization_id,notes\ns,House,o,يضم المكان 20 سريرا\n"},
        *(
            {"services": f"id,name,organization_id,confidential address\ns,House,o,{no}\n"}
            for no in ("no", "N", "nein", "нет", "-", "")
        ),
        {"organizations": "id,name,description\no,Org,Your e-mail address is confidential.\n"},
        {"phones": "id,service_id,number,description\n1,s,112,Confidential counselling\n"},
        {
            "taxonomy_terms": CALLED,
            "attributes": "id,link_id,taxonomy_term_id,value\n1,o,t,false\n",
        },
    ],
)
def test_p14_what_a_directory_says_of_other_secrets_hides_no_address(said: dict[str, str]) -> None:
    (service,) = read_directory(tables(**OF_A_SHELTER | said)).services

    assert service.locations[0].city == "Tirana"


def test_p14_a_note_in_a_table_of_ones_own_hides_the_address_of_its_line_and_no_other() -> None:
    keys = {"id": ["What"], "organization_id": ["Agency"]}
    visits = {"service_id": ["What"], "location_id": ["Town"]}
    ours: list[dict[str, Any]] = [
        {"to": "services", "columns": {"name": "What"}, "keys": keys},
        {"to": "organizations", "columns": {"name": "Agency"}, "keys": {"id": ["Agency"]}},
        {"to": "service_at_location", "keys": visits},
        {"to": "locations", "keys": {"id": ["Town"]}},
        {"to": "addresses", "columns": {"city": "Town"}, "keys": {"location_id": ["Town"]}},
    ]
    mapping = Mapping.model_validate(
        {"country": "AL", "tables": [{"from": "list.csv"} | table for table in ours]}
    )
    listed = "Agency,What,Town,Notes\nA,Soup,Tirana,\nA,House,Tirana,Address confidential\n"
    soup, house = read_directory([csv_file("list.csv", listed)], mapping).services

    assert _towns(soup) == ["Tirana"]
    assert _towns(house) == [""]


def _towns(service: Service) -> list[str]:
    return [place.city for place in service.locations]


def test_two_places_with_one_id_are_named_and_what_is_secret_of_either_stays_out() -> None:
    files = tables(
        organizations=ORGANIZATIONS,
        services="id,name,organization_id\n1,Soup,port\n",
        service_at_location="id,service_id,location_id\nx,1,quay\n",
        locations="id,name\nquay,The quay\nquay,Somewhere else\nquay,The quay\n",
        addresses="id,location_id,city,country\na,quay,Vlorë,AL\n",
    )
    reading = read_directory(files)
    [place] = reading.services[0].locations
    assert place.name == "The quay"
    assert [(bad.file, bad.row, bad.column) for bad in reading.rejected] == [
        ("locations.csv", 3, "id")
    ]

    files[3] = csv_file("locations.csv", "id,name\nquay,The quay\nquay,Secret shelter\n")
    [place] = read_directory(files).services[0].locations
    assert (place.name, place.city) == ("", "")
