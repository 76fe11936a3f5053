"""Files made to hurt are refused in one sentence, soon and in little memory."""

import json
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from domain.directory.files.reading import read_directory
from domain.directory.files.sources import MAX_FILE, MAX_TOTAL, SourceFile, read_files
from domain.errors import Refused
from tests.domain.directory.samples import clinic, csv_file, files_in, json_file


def archive(*members: tuple[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members:
            opened.writestr(name, data)
    return buffer.getvalue()


def test_a_zip_bomb_is_refused() -> None:
    bomb = archive(("services.csv", b"0" * (MAX_FILE + 1)))

    assert len(bomb) < 100_000
    with pytest.raises(Refused, match="larger than 32 MB"):
        files_in("bomb.zip", bomb)


def _peak(work: Callable[[], object]) -> int:
    """The most memory that it had at once, in megabytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] // 1024**2
    finally:
        tracemalloc.stop()


def refusing(work: Callable[..., object], *given: object) -> Callable[[], None]:
    def refused() -> None:
        with pytest.raises(Refused):
            work(*given)

    return refused


def test_a_thousandfold_archive_is_refused_in_little_memory() -> None:
    bomb = archive(*((f"{n}.csv", b"0" * MAX_FILE) for n in range(6)))

    assert len(bomb) < 6 * MAX_FILE / 900
    # Room for the largest file that there may be, and nothing that was unpacked.
    assert _peak(refusing(files_in, "bomb.zip", bomb)) < MAX_TOTAL // 1024**2 + 5


def test_archives_within_archives_are_not_opened() -> None:
    inner = archive(("services.csv", b"id,name\n1,a\n"))

    assert files_in("outer.zip", archive(("inner.zip", inner))) == []


def test_an_archive_that_lists_a_hundred_thousand_names_is_refused_unopened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = archive(*((f"{n}.x", b"") for n in range(3_000)))
    monkeypatch.setattr(zipfile, "ZipFile", None)

    with pytest.raises(Refused, match=r"many\.zip holds more than 200 files"):
        files_in("many.zip", many)


def test_a_workbook_whose_entities_laugh_a_billion_times_is_not_even_parsed() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    book = f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><l>&l9;</l>'.encode()
    archived = archive(("xl/workbook.xml", book), ("[Content_Types].xml", book))

    with pytest.raises(Refused, match="save each sheet as CSV"):
        files_in("book.xlsx", archived)


def test_a_file_that_is_larger_than_all_may_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "services.csv"
    with path.open("wb") as sparse:
        sparse.truncate(MAX_TOTAL + 1)

    with pytest.raises(Refused, match="larger than 64 MB"):
        read_files(path)


@pytest.mark.parametrize("inner", [b"[],", b'{"id":"1"},'])
def test_millions_of_small_objects_are_refused_before_any_is_made(inner: bytes) -> None:
    document = SourceFile("services.json", b"[" + inner * 2_000_000 + b"{}]")

    assert _peak(refusing(read_directory, [document])) < 1


def test_many_files_that_are_large_together_are_refused() -> None:
    many = archive(*((f"{n}.csv", b"0" * (MAX_FILE - 1)) for n in range(4)))

    with pytest.raises(Refused, match="Together"):
        files_in("many.zip", many)


@pytest.mark.parametrize("name", ["../services.csv", "/etc/x.csv", "a\\..\\b.csv", "c:x.csv"])
def test_names_that_lead_out_of_an_archive_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="points outside"):
        files_in("odd.zip", archive((name, b"id,name\n")))


def test_a_damaged_archive_is_refused() -> None:
    whole = archive(("services.csv", b"id,name\n" * 100))
    data = bytearray(whole)
    data[45:60] = b"\xff" * 15

    with pytest.raises(Refused, match="damaged"):
        files_in("damaged.zip", bytes(data))


def test_an_archive_that_was_cut_off_is_no_file_without_services() -> None:
    """As a download that broke off: its list stands at its end."""
    whole = archive(("services.csv", b"id,name\n" * 100))

    with pytest.raises(Refused, match="damaged"):
        files_in("half.zip", whole[:-40])


@pytest.mark.parametrize(
    ("begin", "end", "claim"),
    [(-6, -2, b"\x00\xff\x00\x00"), (-10, -6, b"\x01\x00\x00\x00"), (30, 31, b"\xff")],
    ids=["it begins before itself", "its list is short", "a name that is no text"],
)
def test_an_archive_that_claims_what_cannot_be_is_refused(
    begin: int, end: int, claim: bytes
) -> None:
    data = bytearray(archive(("services.csv", b"id,name\n1,a\n")))
    data[begin:end] = claim

    with pytest.raises(Refused):
        read_directory(files_in("damaged.zip", bytes(data)))


def test_a_million_rows_are_refused_in_little_memory() -> None:
    services = SourceFile("services.csv", b"id,name\n" + b"1,a\n" * 1_000_000)

    with pytest.raises(Refused, match="at most 500,000 rows"):
        read_directory([services])
    # Their text, and what is left of it behind the first line.
    assert _peak(refusing(read_directory, [services])) < 20


def test_a_huge_field_is_refused() -> None:
    with pytest.raises(Refused, match="no readable table"):
        read_directory([csv_file("services.csv", f"id,name\n1,{'x' * 200_000}\n")])


def test_a_long_text_costs_the_text_alone() -> None:
    reading = read_directory([json_file([clinic(description="x" * 20_000)])])

    assert reading.services[0].description == ""
    assert [bad.column for bad in reading.rejected] == ["description"]


@pytest.mark.parametrize("document", ["[" * 100_000, '{"services":' * 5_000, "{", '"text"', "[1]"])
def test_json_that_is_deep_or_broken_is_refused(document: str) -> None:
    with pytest.raises(Refused):
        read_directory([SourceFile("services.json", document.encode())])


def test_objects_within_objects_without_end_are_refused() -> None:
    document = clinic()
    for _ in range(50):
        document = clinic(organization={"id": "x", "name": "x", "services": [document]})

    with pytest.raises(Refused, match="nested too deeply"):
        read_directory([json_file([document])])


def test_bytes_that_are_no_text_do_no_harm() -> None:
    noise = bytes(range(256)) * 50

    with pytest.raises(Refused):
        read_directory([SourceFile("services.csv", noise)])


def test_what_a_database_cannot_keep_is_cleaned_away() -> None:
    text = json.dumps([clinic(name="So\x00up \ud800!")])
    reading = read_directory([SourceFile("services.json", text.encode())])

    assert reading.services[0].name == "Soup !"


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"gone/nothing\.csv cannot be read"):
        read_files(tmp_path / "gone" / "nothing.csv")


def test_files_without_services_are_refused() -> None:
    with pytest.raises(Refused, match="no services"):
        read_directory([csv_file("people.csv", "id,name\n1,Ann\n")])
