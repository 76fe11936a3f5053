"""Whatever a file holds, reading ends with services and named faults, or with one refusal."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile
from domain.directory.files.writing import write_directory
from domain.errors import Refused
from tests.domain.directory.samples import clinic, files_in
from tests.examples import examples

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())
)
CELLS = st.dictionaries(
    st.sampled_from(
        [
            "id", "name", "status", "minimum_age", "assured_date", "last_modified", "number",
            "latitude", "longitude", "country", "freq", "byday", "opens_at", "closes_at",
            "interval", "bymonthday", "dtstart", "code", "language", "taxonomy",
        ]
    ),
    ODD,
)  # fmt: skip
INNER = st.dictionaries(
    st.sampled_from(
        ["phones", "schedules", "languages", "service_areas", "service_at_locations", "attributes"]
    ),
    st.one_of(ODD, st.lists(st.one_of(ODD, CELLS), max_size=3)),
)


@given(st.binary(max_size=300))
def test_files_of_any_bytes_are_read_or_refused(data: bytes) -> None:
    for name in ("services.csv", "services.json", "datapackage.json"):
        with suppress(Refused):
            read_directory([SourceFile(name, data)])


@given(st.binary(max_size=300))
def test_an_upload_of_any_bytes_is_unpacked_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"PK\x05\x06"):
        with suppress(Refused):
            files_in("upload.zip", start + data)


@settings(max_examples=examples(2))
@given(CELLS, INNER)
def test_a_service_with_any_cells_costs_no_other_service(
    cells: dict[str, Any], inner: dict[str, Any]
) -> None:
    odd = cells | inner | {"id": "odd", "name": "Odd", "status": "active"}
    document = json.dumps([odd, clinic()])
    reading = read_directory([SourceFile("services.json", document.encode())])

    assert [service.id for service in reading.services] == ["odd", "clinic"]
    assert all(bad.row == 1 for bad in reading.rejected)

    again = read_directory(files_in("out.zip", write_directory(reading.services)))
    assert again.services == reading.services
