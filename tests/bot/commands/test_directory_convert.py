"""`wayhome directory convert`, for a directory of another make."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.main import app
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import read_files
from tests.domain.directory.samples import feature


def typed(folder: Path, english: str, arabic: str) -> tuple[int, str, str]:
    (folder / "english.json").write_text(english)
    (folder / "arabic.json").write_text(arabic)
    names = ("english.json", "arabic.json", "converted.zip")
    line = ["directory", "convert", *(str(folder / name) for name in names)]
    ended = CliRunner().invoke(app, line)
    return ended.exit_code, ended.stdout, ended.stderr


def test_what_is_converted_imports_as_any_other_directory(tmp_path: Path) -> None:
    arabic = json.dumps([feature(activityName="الخدمات الصحية")])
    code, told, _ = typed(tmp_path, json.dumps([feature()]), arabic)

    archive = tmp_path / "converted.zip"
    (service,) = read_directory(read_files(archive)).services
    assert (code, told) == (0, f"{archive}: {archive.stat().st_size:,} bytes.\n")
    assert service.name == "Health Services"
    assert service.translations["ar"]["name"] == "الخدمات الصحية"


@pytest.mark.parametrize(
    "english", ["", "{", "[]", "{}", "[1]", '[{"id": 7}]', '{"error": "gone"}', "null"]
)
def test_what_is_no_export_of_it_is_refused_in_one_sentence(tmp_path: Path, english: str) -> None:
    code, told, why = typed(tmp_path, english, "[]")

    assert (code, told) == (1, "")
    assert why == (
        "english.json or arabic.json is no export of the services-advisor, or it has changed since."
        "\n"
    )
    assert not (tmp_path / "converted.zip").exists()
