"""What scripts lean on in every command."""

import asyncio
import json
import os
import platform
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO

import pytest
import typer
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import create_async_engine
from typer.core import TyperGroup
from typer.testing import CliRunner

from bot.archive import connecting
from bot.commands.main import app
from domain.organisations import add_organisation
from storage import connections
from storage.inbox.arrivals import take_in
from storage.keys.files import make_key_file, read_key_file
from storage.schema import newest
from storage.sessions import SERVICE, Clock, Database
from storage.tables.inbox import InboxRow
from storage.tables.questionnaires import ImportedQuestionnaire
from storage.wakes import Wakes
from tests.bot.notebooks import message
from tests.domain.questionnaires.forms.sheets import excel
from tests.postgres import DatabaseUrls
from tests.process import free_port

# They last until they are stopped, and have no result.
LASTING = {"run", "demo", "guard"}
LINE = (sys.executable, "-c", "from bot.commands.main import main; main()")
FORM = """
| survey |
| | type | name | label |
| | text | work | Which work do you do? |
"""


def without_json(command: object, name: str = "") -> Iterator[str]:
    if isinstance(command, TyperGroup):
        for inner, each in command.commands.items():
            yield from without_json(each, f"{name} {inner}".strip())
    elif not any("--json" in each.opts for each in getattr(command, "params", ())):
        yield name


def test_every_command_with_a_result_prints_it_as_json_when_asked() -> None:
    assert set(without_json(typer.main.get_command(app))) == LASTING


@pytest.fixture
def env(tmp_path: Path, urls: DatabaseUrls) -> dict[str, str]:
    """Of an installation, with its key."""
    make_key_file(tmp_path / "key")
    return {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}


@pytest.fixture
async def kept(tmp_path: Path, env: dict[str, str], urls: DatabaseUrls) -> AsyncIterator[Database]:
    """What it keeps, beside its commands."""
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    yield database
    await database.close()


@pytest.mark.parametrize("called", ["work", "what%20work%00", "work\udcff"], ids=ascii)
async def test_what_has_no_option_for_an_organisation_in_the_contract_is_for_the_default_one(
    tmp_path: Path, env: dict[str, str], kept: Database, called: str
) -> None:
    """Whatever the file is called."""
    async with kept.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre")
        await add_organisation(session, "Another")
    form = tmp_path / f"{called}.xlsx"
    form.write_bytes(excel(FORM))
    line = ["questionnaire", "import", str(form), "--language", "en", "--json"]
    typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
    async with kept.begin(SERVICE) as session:
        owner = await session.scalar(select(ImportedQuestionnaire.organisation_id))

    assert typed.exit_code == 0, typed.output
    assert json.loads(typed.stdout)["ok"]
    assert owner == centre.id


async def test_what_became_of_tables_and_archives_can_be_read_by_scripts(
    tmp_path: Path, urls: DatabaseUrls, env: dict[str, str]
) -> None:
    file = tmp_path / "directory.zip"
    written = await asyncio.to_thread(
        CliRunner().invoke, app, ["directory", "export", str(file), "--json"], env=env
    )
    env["WAYHOME_DATABASE_URL"] = urls.owner_url
    moved = await asyncio.to_thread(CliRunner().invoke, app, ["migrate", "--json"], env=env)

    assert json.loads(written.stdout) == {"file": str(file), "bytes": file.stat().st_size}
    assert json.loads(moved.stdout) == {"revision": newest(), "newest": newest()}


async def test_what_has_no_words_any_more_is_no_failure_of_trying_all_again(
    env: dict[str, str], kept: Database
) -> None:
    async with kept.begin(SERVICE) as session:
        await take_in(session, [message(1)])
        await session.execute(update(InboxRow).values(set_aside_at=session.now, payload=None))
    line = ["updates", "retry", "--json"]
    typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)

    assert typed.exit_code == 0, typed.output
    assert json.loads(typed.stdout) == {"tried": [], "not_tried": []}


@pytest.mark.parametrize(
    ("line", "one_of_them"),
    [
        ("staff add Anna --org Centre --role boss", "supervisor"),
        ("invite --org Centre --language xx", "uk"),
        ("questionnaire check form.xlsx --language eng", "en,"),
        ("directory search --need luxury", "shelter"),
        ("demo --scenario heist", "enrolment"),
    ],
)
def test_what_there_is_none_of_is_wrong_usage(line: str, one_of_them: str) -> None:
    ended = CliRunner().invoke(app, line.split())

    assert ended.exit_code == 2
    assert one_of_them in ended.stderr


def test_a_number_for_cards_that_nobody_asked_for_is_wrong_usage() -> None:
    ended = CliRunner().invoke(app, ["invite", "--org", "Centre", "--emergency", "abc"])

    assert ended.exit_code == 2
    assert "--sheet" in ended.stderr


@pytest.mark.parametrize(
    ("line", "table"),
    [
        (["org", "add", "Centre"], "organisation"),
        (["keys", "status"], "key_epoch"),
        (["keys", "status"], "key_in_use"),
        (["cases"], "alembic_version"),
        (["backup", "x.backup"], "returnee"),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each[:2]),
)
async def test_what_the_database_refuses_in_the_middle_of_a_command_is_one_sentence(
    line: list[str],
    table: str,
    tmp_path: Path,
    urls: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a full disk, or while somebody holds a table."""
    monkeypatch.chdir(tmp_path)
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    monkeypatch.setitem(connections._SERVER_SETTINGS, "lock_timeout", "50ms")
    monkeypatch.setitem(connecting._PATIENT, "lock_timeout", "50ms")
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as locking:
        await locking.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        ended = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
    await engine.dispose()

    sentence = "Somebody else holds what this needs of the database: try again later.\n"
    assert (ended.exit_code, ended.stderr) == (1, sentence)


@pytest.mark.parametrize(
    "line",
    [["campaign", "import"], ["directory", "check", os.devnull, "--mapping"]],
    ids=lambda each: each[0],
)
def test_of_a_file_with_a_slip_in_its_name_no_more_is_read_than_shows_that_it_is_none(
    line: list[str],
) -> None:
    """As of a backup, of which there is more than memory."""
    ended = CliRunner().invoke(app, [*line, "/dev/zero"])

    assert ended.exit_code == 1
    assert "it is larger than a megabyte" in ended.stderr


@pytest.mark.parametrize(
    "line", [["updates", "retry", "9" * 20], ["erase", "\udcff", "--yes"]], ids=lambda each: each[0]
)
async def test_what_the_database_can_t_take_is_one_sentence(
    line: list[str], tmp_path: Path, urls: DatabaseUrls
) -> None:
    """As a number with too many digits, or a letter that a terminal left half."""
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    ended = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)

    sentence = "What was typed holds a number or letters that the database can't take.\n"
    assert (ended.exit_code, ended.stderr) == (1, sentence)


def typed(*words: str, stdout: IO[bytes] | int, said: bytes = b"", **env: str) -> tuple[int, bytes]:
    """Its exit code, and what it says on stderr, or on stdout where that is a pipe."""
    ended = subprocess.run(
        [*LINE, *words],
        input=said,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=os.environ | env,
        check=False,
    )
    return ended.returncode, ended.stdout if stdout == subprocess.PIPE else ended.stderr


def test_which_version_it_is_is_said_without_a_database_a_key_or_a_setting(tmp_path: Path) -> None:
    none = str(tmp_path / "none")
    code, said = typed(
        "--version", stdout=subprocess.PIPE, WAYHOME_DATA_DIR=none, WAYHOME_DATABASE_URL="wrong"
    )

    python = platform.python_version()
    expected = f"Wayhome {version('wayhome')} on Python {python}, for tables of revision {newest()}"
    assert (code, said.decode()) == (0, f"{expected}.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["--help"], ["org"]])
def test_help_that_can_t_be_printed_is_said_in_one_sentence(
    words: list[str], unbuffered: str
) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = typed(*words, stdout=full, PYTHONUNBUFFERED=unbuffered)

    assert ended == (1, b"This can't be written: No space left on device.\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_can_t_be_printed_is_said_in_one_sentence(unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = typed("detect", stdout=full, said=b"{}", PYTHONUNBUFFERED=unbuffered)

    sentence = b"It is done, but the result can't be printed: No space left on device.\n"
    assert ended == (1, sentence)


def test_where_nobody_can_say_anything_nothing_is_judged() -> None:
    """As under a scheduler that closes what it does not use."""
    line = " ".join(map(shlex.quote, (*LINE, "detect")))
    ended = subprocess.run(["sh", "-c", f"{line} <&-"], capture_output=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    "words", ["--version", "--help", "org add Centre", "org add Centre --json"]
)
async def test_where_nobody_reads_what_is_printed_it_is_said_and_nothing_else_gets_it(
    words: str, tmp_path: Path, urls: DatabaseUrls
) -> None:
    """What is opened next has the number of what was closed: a connection to the database."""
    make_key_file(tmp_path / "key")
    env = os.environ | {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    line = f"{shlex.join(LINE)} {words} >&-"
    ended = await asyncio.to_thread(
        subprocess.run, ["sh", "-c", line], stderr=subprocess.PIPE, env=env, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr.endswith(b": Bad file descriptor.\n")
    assert len(ended.stderr.splitlines()) == 1


async def test_a_result_that_nobody_waits_for_is_said_to_be_lost(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    """As where what it is piped into does not exist."""
    make_key_file(tmp_path / "key")
    reading, writing = os.pipe()
    os.close(reading)
    adding = partial(
        typed,
        *("org", "add", "Centre"),
        stdout=writing,
        WAYHOME_DATA_DIR=str(tmp_path),
        WAYHOME_DATABASE_URL=urls.run_url,
    )
    ended = await asyncio.to_thread(adding)
    os.close(writing)

    assert ended == (1, b"It is done, but the result can't be printed: Broken pipe.\n")


async def test_a_command_that_can_say_nothing_at_all_is_carried_out(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    make_key_file(tmp_path / "key")
    env = os.environ | {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    line = f"{shlex.join(LINE)} org add Centre <&- 2>&-"
    ended = await asyncio.to_thread(
        subprocess.run, ["sh", "-c", line], stdout=subprocess.PIPE, env=env, check=False
    )

    assert (ended.returncode, ended.stdout[:12]) == (0, b"Added Centre")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_works_under_whatever_closes_what_it_does_not_use(
    closed: str, tmp_path: Path
) -> None:
    url = "postgresql://wayhome_run@127.0.0.1:1/wayhome"
    env = os.environ | {"WAYHOME_DATABASE_URL": url, "WAYHOME_DATA_DIR": str(tmp_path)}
    line = " ".join(map(shlex.quote, (*LINE, "cases")))
    ended = subprocess.run(
        ["sh", "-c", f"{line} {closed}"], env=env, capture_output=True, check=False
    )

    assert ended.returncode == 1
    assert (b"can't be reached" in ended.stderr) is ("2>&-" not in closed)


def test_letters_that_a_terminal_has_not_end_no_command(tmp_path: Path) -> None:
    form = tmp_path / "work.xlsx"
    form.write_bytes(excel(FORM.replace("| text |", "| текст |")))
    line = ["questionnaire", "check", str(form), "--language", "en"]
    code, said = typed(*line, stdout=subprocess.PIPE, PYTHONIOENCODING="latin-1")
    _, read = typed(*line, "--json", stdout=subprocess.PIPE, PYTHONIOENCODING="latin-1")

    assert code == 1
    assert b"\\u0442" in said
    assert "текст" in json.loads(read)["problems"][0]["reason"]


def test_no_demo_ends_in_a_terminal_that_has_no_dots_for_its_wait(tmp_path: Path) -> None:
    no_folder = tmp_path / "é"
    no_folder.write_text("")
    code, said = typed(
        "demo",
        stdout=subprocess.PIPE,
        WAYHOME_DATA_DIR=str(no_folder),
        WAYHOME_PORT=str(free_port()),
        WAYHOME_PHONES_PORT=str(free_port()),
        PYTHONIOENCODING="ascii",
    )

    assert code == 1
    assert rb"\u2026" in said


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_asked_to_end_tidies_up_first_as_after_ctrl_c(
    asked: signal.Signals, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://wayhome_run@127.0.0.1:{silent.getsockname()[1]}/wayhome"
        env = os.environ | {"WAYHOME_DATABASE_URL": url, "WAYHOME_DATA_DIR": str(tmp_path)}
        # Tests under nohup would hand on that it is to be ignored.
        told_before = signal.signal(asked, signal.SIG_DFL)
        with subprocess.Popen([*LINE, "cases"], env=env) as process:
            signal.signal(asked, told_before)
            dialled, _ = silent.accept()
            process.send_signal(asked)
            ended = process.wait()
            dialled.close()

    assert ended == 130
