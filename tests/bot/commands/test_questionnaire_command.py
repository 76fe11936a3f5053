"""What `wayhome questionnaire` says of a form that it took."""

import asyncio
import json
from pathlib import Path

from typer.testing import CliRunner

from bot.commands.main import app
from domain.organisations import add_organisation
from storage.keys.files import make_key_file, read_key_file
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.domain.questionnaires.forms.sheets import excel
from tests.postgres import DatabaseUrls

FORM = """
| survey   |
|          | type | name | label         |
|          | text | work | Do you work?  |
| settings |
|          | form_title |
|          | Work       |
"""


async def test_whoever_takes_a_form_in_reads_which_version_it_became(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Centre")
    await database.close()

    async def imported(form: str) -> str:
        file = tmp_path / "work.xlsx"
        file.write_bytes(excel(form))
        line = ["questionnaire", "import", str(file), "--language", "en"]
        typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
        assert typed.exit_code == 0, typed.output
        return typed.stdout

    said = [await imported(form) for form in (FORM, FORM, FORM.replace("work?", "work now?"))]
    assert said == [
        f"work: 1 question, in en. This is version {version}.\n" for version in (1, 1, 2)
    ]


def test_whoever_checks_a_form_reads_in_which_of_its_languages_nobody_is_asked(
    tmp_path: Path,
) -> None:
    file = tmp_path / "work.xlsx"
    file.write_bytes(excel(FORM.replace("| label ", "| label::Pashto (ps) ")))
    line = ["questionnaire", "check", str(file)]
    said = CliRunner().invoke(app, line).stdout
    read = json.loads(CliRunner().invoke(app, [*line, "--json"]).stdout)

    assert said == (
        "work: 1 question, in ps. All right. Nobody is asked in ps, which Wayhome does not speak.\n"
    )
    assert (read["ok"], read["nobody_chooses"]) == (True, ["ps"])
