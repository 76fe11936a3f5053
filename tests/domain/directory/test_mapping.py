"""Tables of one's own, read through a mapping: what was renamed wipes nothing out."""

from typing import Any

import pytest

from domain.directory.files.assembly import Reading
from domain.directory.files.mapping import Mapping
from domain.directory.files.reading import read_directory
from domain.errors import Refused
from tests.domain.directory.samples import ORGANIZATIONS, csv_file, tables

OURS: list[dict[str, Any]] = [
    {
        "to": "services",
        "columns": {"name": "What", "status": "State"},
        "keys": {"id": ["Agency", "What"], "organization_id": ["Agency"]},
        "constants": {"status": "active"},
        "fallbacks": {"url": "Web"},
    },
    {"to": "organizations", "columns": {"name": "Agency"}, "keys": {"id": ["Agency"]}},
    {
        "to": "phones",
        "keys": {"service_id": ["Agency", "What"]},
        "each": {"column": "Telephones", "separator": "/", "as": "number"},
        "splits": [{"column": "Hint", "pattern": "ext (?P<extension>.+)"}],
    },
]
LIST = "Agency,What,State,Telephones,Hint\nPort,Soup,,112/113,ext 4\nPort,Old house,defunct,,\n"


def read(text: str) -> Reading:
    mapping = Mapping.model_validate({"tables": [{"from": "list.csv"} | each for each in OURS]})
    return read_directory([csv_file("list.csv", text)], mapping)


def test_a_table_of_ones_own_is_read_and_what_is_a_fallback_may_be_missing() -> None:
    soup, old = read(LIST).services

    assert [(phone.number, phone.extension) for phone in soup.phones] == [
        ("112", "4"),
        ("113", "4"),
    ]
    assert (soup.status, old.status) == ("active", "defunct")


def test_an_empty_cell_is_not_filled_from_a_column_that_happens_to_be_called_so() -> None:
    text = LIST.replace("Hint\n", "Hint,Name,Status\n").replace("ext 4\n", "ext 4,Ana,defunct\n")
    soup, _ = read(text.replace("defunct,,\n", "defunct,,,,\n")).services

    assert (soup.name, soup.status) == ("Soup", "active")


@pytest.mark.parametrize("column", ["Agency", "State", "Telephones", "Hint"])
def test_a_column_that_was_renamed_is_named_and_nothing_is_taken_in(column: str) -> None:
    with pytest.raises(Refused) as refused:
        read(LIST.replace(column, f"{column} now", 1))

    assert str(refused.value) == f"list.csv has no column “{column}”, which the mapping reads."


def test_of_two_columns_that_are_called_alike_none_is_lost_unseen() -> None:
    with pytest.raises(Refused, match=r"list\.csv has more than one column “telephones”"):
        read(LIST.replace("Hint", "Hint,telephones", 1))


def test_a_row_of_tags_is_no_service() -> None:
    header, *listed = LIST.splitlines()
    tagged = read("\n".join([header, "#org,#activity+name,,#contact+phone,", *listed]))

    assert tagged == read(LIST)


def test_an_older_directory_may_lack_what_it_called_otherwise() -> None:
    (service,) = read_directory(
        tables(
            organizations=ORGANIZATIONS,
            services="id,name,organization_id\n1,Soup,port\n",
            regular_schedules="id,service_id,byday,opens_at\n1,1,MO,09:00\n",
        )
    ).services

    assert [each.byday for each in service.schedules] == ["MO"]


def test_a_file_that_is_called_otherwise_than_the_mapping_says_is_to_be_called_so() -> None:
    mapping = Mapping.model_validate({"tables": [{"from": "list.csv"} | each for each in OURS]})
    with pytest.raises(Refused) as refused:
        read_directory([csv_file("List of 2026.csv", LIST)], mapping)

    said = "There are no services in List of 2026.csv. The mapping reads list.csv: call it so."
    assert str(refused.value) == said


def test_a_column_without_a_heading_is_named_once_whatever_is_made_of_its_rows() -> None:
    text = LIST.replace("Hint\n", "Hint,,\n").replace("ext 4\n", "ext 4,,Mondays\n")
    reading = read(text.replace("defunct,,\n", "defunct,,,,Tuesdays\n"))

    assert [service.name for service in reading.services] == ["Soup", "Old house"]
    [left_out] = reading.rejected
    assert (left_out.file, left_out.row) == ("list.csv", None)
    assert left_out.reason == "Column 7 has no heading, so nothing of it was read."


def test_where_a_comma_moved_every_row_that_is_what_is_said() -> None:
    reading = read_directory([csv_file("services.csv", "id,name\n1,Soup, and bread\n")])

    assert reading.services == []
    assert [bad.reason.partition(":")[0] for bad in reading.rejected] == [
        "There are more cells than columns"
    ]
