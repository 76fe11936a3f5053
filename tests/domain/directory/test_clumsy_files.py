"""Files as people make them: what can't be read is said in one sentence that names it."""

import zipfile
from io import BytesIO

import pytest

from domain.directory.files.cells import country_of, languages_of, phones_of
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import SourceFile
from domain.errors import Refused
from tests.domain.directory.samples import ORGANIZATIONS, csv_file, files_in, tables

HEAD = "id,name,status,description\n"
NAMES = {
    "cp1256": ("مركز الدعم القانوني", "مساعدة قانونية مجانية للعائدين كل يوم"),
    "cp1253": ("Κέντρο υποστήριξης", "Δωρεάν νομική βοήθεια κάθε μέρα"),
    "cp1251": ("Центр підтримки", "Безкоштовна правова допомога щодня"),
    "cp1250": ("Ośrodek wsparcia", "Bezpłatna pomoc prawna każdego dnia, także w święta"),
    "cp1252": (
        "Centre d’accueil",
        "Aide juridique gratuite, même l’été à Évry, du français à l’école",
    ),
}


def refused(*files: SourceFile) -> str:
    with pytest.raises(Refused) as found:
        read_directory(files)
    return str(found.value)


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize("rows", [1, 12])
def test_the_encodings_that_old_spreadsheets_save_in_are_recognised(
    encoding: str, rows: int
) -> None:
    name, description = NAMES[encoding]
    text = HEAD + "".join(f'{row},{name},active,"{description}"\n' for row in range(rows))
    reading = read_directory([SourceFile("services.csv", text.encode(encoding))])

    assert {(each.name, each.description) for each in reading.services} == {(name, description)}


def test_a_single_damaged_letter_is_named_and_makes_no_other_letters_of_all() -> None:
    text = HEAD.encode() + "1,Përkrahje,active,\n2,دعم نفسي,active,\n3,Ndih".encode() + b"\xc3"

    assert "services.csv, line 4" in refused(SourceFile("services.csv", text))


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows() -> None:
    rows = "".join(f"{row},Soup,active,\n" for row in range(3, 9))
    text = f'{HEAD}1,Clinic,active,\n2,"Kitchen,active,\n{rows}'

    assert "services.csv, row 3" in refused(csv_file("services.csv", text))


def test_a_text_of_several_lines_is_one_cell_all_the_same() -> None:
    text = f'{HEAD}1,"Clinic\nof the ""Old"" Port",active,"x\r\ny"\n2,Soup,active,'
    first, second = read_directory([csv_file("services.csv", text)]).services

    assert first.name == 'Clinic\nof the "Old" Port'
    assert second.name == "Soup"


def spreadsheet(*names: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.xlsx", spreadsheet("[Content_Types].xml", "xl/workbook.xml")),
        ("list.ods", spreadsheet("mimetype", "content.xml")),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ],
)
def test_a_spreadsheet_that_is_not_saved_as_csv_is_named_with_what_to_do(
    name: str, data: bytes
) -> None:
    with pytest.raises(Refused) as found:
        read_directory(files_in(name, data))

    assert name in str(found.value)
    assert "save each sheet as CSV" in str(found.value)


@pytest.mark.parametrize("name", ["services.csv", "services.json", "services.xlsx"])
def test_a_web_page_under_another_name_is_named(name: str) -> None:
    page = b"\xef\xbb\xbf\r\n <!DOCTYPE html><html><body>Sign in</body></html>"
    with pytest.raises(Refused) as found:
        read_directory(files_in(name, page))

    assert f"{name} is a web page" in str(found.value)


def test_a_first_line_that_only_says_the_separator_is_no_header() -> None:
    text = "sep=;\r\nid;name;status\r\n1;Soup, bread;active\r\n"
    [service] = read_directory([csv_file("services.csv", text)]).services

    assert service.name == "Soup, bread"


def test_files_in_which_no_table_is_recognised_are_named() -> None:
    said = refused(csv_file("our list (1).csv", HEAD + "1,Soup,active,\n"))

    assert "our list (1).csv" in said


def test_an_empty_file_is_named() -> None:
    assert "services.csv" in refused(SourceFile("services.csv", b""))


@pytest.mark.parametrize(("other", "bad"), [("Quay 1,a second clinic", 0), ("Quay 2,a clinic", 1)])
def test_of_two_places_with_one_id_it_is_said_only_where_they_differ_in_what_is_read(
    other: str, bad: int
) -> None:
    reading = read_directory(
        tables(
            organizations=ORGANIZATIONS,
            services="id,name,organization_id\n1,Soup,port\n",
            service_at_location="id,service_id,location_id\n1,1,quay\n",
            locations=f"id,name,what is there\nquay,Quay 1,a clinic\nquay,{other}\n",
        )
    )

    assert [(each.row, each.reason) for each in reading.rejected] == [
        (3, "Another location has the same id.")
    ] * bad
    assert reading.services[0].locations[0].name == "Quay 1"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("SQ", "sq"), ("en-US", "en"), ("pt_BR", "pt"), ("Albanian", "sq"), ("ary", "ary"),
        ("eng-GB", "en"), ("sqi-AL", "sq"), ("uk_Cyrl_UA", "uk"), ("es-419", "es"),
        ("Oji-Cree", "ojs"), ("prs", "prs"), ("Dari", "prs"), ("Flemish", "nl"), ("Farsi", "fa"),
    ],
)  # fmt: skip
def test_a_language_is_known_however_its_code_is_written(cell: str, code: str) -> None:
    """People read its name."""
    assert languages_of(cell) == (code,)


@pytest.mark.parametrize("cell", ["French-English", "Non-English", "bi-lingual"])
def test_words_with_a_hyphen_are_no_code_and_stay(cell: str) -> None:
    """Half of them would be lost, or be another language."""
    assert languages_of(cell) == (cell,)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Viet Nam", "VN"), ("Turkey", "TR"), ("Czech Republic", "CZ"), ("UK", "GB"),
        ("U.K.", "GB"), ("U.S.A.", "US"), ("Hong Kong", "HK"), ("Kosovo*", "XK"), ("DRC", "CD"),
        ("Bosnia and Herzegovina", "BA"), ("Trinidad & Tobago", "TT"), ("Côte d'Ivoire", "CI"),
        ("Korea, Republic of", "KR"), ("Taiwan, Province of China", "TW"), ("Congo", "CG"),
        ("Netherlands (Kingdom of the)", "NL"), ("Micronesia (Federated States of)", "FM"),
        ("United Kingdom of Great Britain and Northern Ireland", "GB"),
        ("South Georgia and the South Sandwich Islands", "GS"),
        ("Saint Vincent and the Grenadines", "VC"), ("Bahamas (the)", "BS"), ("The Gambia", "GM"),
        ("Maroc", "MA"), ("Albanie", "AL"), ("Shqipëri", "AL"), ("مصر", "EG"), ("Україна", "UA"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_what_iso_everyday_english_and_those_who_live_there_call_it(
    name: str, code: str
) -> None:
    assert country_of(name) == code


def test_a_number_is_taken_out_of_a_link_to_it() -> None:
    assert phones_of("tel:+355-4-123456, 112") == ("+355-4-123456", "112")


def test_numbers_of_two_lines_of_a_cell_are_two() -> None:
    assert phones_of("71 123 456\r\n71 123 457") == ("71 123 456", "71 123 457")
