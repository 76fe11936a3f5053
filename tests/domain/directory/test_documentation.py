"""The mapping that the guide shows is one that works."""

import re
from pathlib import Path

from domain.directory.files.mapping import load_mapping
from domain.directory.files.reading import read_directory
from domain.directory.needs import Need
from tests.domain.directory.samples import csv_file

GUIDE = Path(__file__).parents[3] / "docs" / "directory.md"
SHEET = (
    "Agency,What,State,Where,Telephones\n"
    'Port Friends,Soup kitchen,open,"Quay 1, Vlorë",112 / 04 555 0101\n'
    "Port Friends,Free lawyer,gone,,\n"
    'Port Friends,Warm clothes,open,"Quay 1, Vlorë",\n'
)


def test_the_guides_mapping_reads_a_sheet(tmp_path: Path) -> None:
    mapping = re.search(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert mapping
    (tmp_path / "ours.toml").write_text(mapping[1], "utf-8")

    reading = read_directory([csv_file("list.csv", SHEET)], load_mapping(tmp_path / "ours.toml"))

    soup, lawyer, clothes = reading.services
    assert reading.rejected == []
    assert (soup.status, lawyer.status) == ("active", "defunct")
    assert soup.organization == lawyer.organization
    assert (soup.locations[0].address_1, soup.locations[0].city) == ("Quay 1", "Vlorë")
    assert soup.locations[0].country == "AL"
    assert clothes.locations[0].city == "Vlorë"
    assert [phone.number for phone in soup.phones] == ["112", "04 555 0101"]


def test_the_guide_names_every_need() -> None:
    assert all(need in GUIDE.read_text("utf-8") for need in Need)
