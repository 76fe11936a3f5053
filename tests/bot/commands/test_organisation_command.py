"""`wayhome org` of an organisation that is there: its staff group, how long it keeps things."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.main import app
from bot.health.check import Check
from bot.health.database_checks import checks_of_database
from domain.organisations import add_organisation, organisation_of_chat
from storage.keys.files import make_key_file, read_key_file
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee
from storage.wakes import Wakes
from tests.domain.checking_in import add_person
from tests.postgres import DatabaseUrls

GROUP = -1001234567890


async def test_a_staff_group_is_named_later_and_given_up_again(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre")
    seen = []
    for option in (["--staff-chat", str(GROUP)], ["--no-staff-chat"]):
        line = ["org", "change", "Centre", *option, "--json"]
        typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
        async with database.begin(SERVICE) as session:
            whose = await organisation_of_chat(session, GROUP)
        seen.append((json.loads(typed.stdout)["staff_chat"], whose.id if whose else None))
    await database.close()

    assert seen == [(True, centre.id), (False, None)]


async def test_a_name_that_is_written_wrongly_is_told_which_there_are(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    line = ["org", "retention", "Center"]
    before = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
    async with database.begin(SERVICE) as session:
        for name in ("Harbour", "Centre"):
            await add_organisation(session, name)
    typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
    await database.close()

    assert before.stderr == "There is no organisation Center: there is none yet.\n"
    assert typed.stderr == "There is no organisation Center: there is Centre, Harbour.\n"
    assert (before.exit_code, typed.exit_code) == (1, 1)


async def test_the_days_that_are_shown_are_those_for_which_things_are_kept(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    """A case is kept for as long as its words, whatever was chosen for it."""
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Centre")
    await database.close()
    seen = []
    for chosen in (["--cases", "60"], [], ["--words", "40"]):
        line = ["org", "retention", "Centre", *chosen, "--json"]
        typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
        kept = json.loads(typed.stdout)
        seen.append((kept["words"], kept["cases"]))

    assert seen == [(180, 180), (180, 180), (40, 60)]


async def test_each_option_sets_the_days_of_what_it_is_called_after(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Centre")
    await database.close()
    given = {"words": 41, "cases": 42, "check-ins": 43, "enrolments": 44, "audit": 405}
    options = [part for kind, days in given.items() for part in (f"--{kind}", str(days))]
    line = ["org", "retention", "Centre", *options, "--json"]
    typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)

    assert json.loads(typed.stdout) == given


async def of_organisations(database: Database) -> Check:
    return {each.name: each async for each in checks_of_database(database)}["organisations"]


async def test_p4_an_organisation_whose_clock_nobody_knew_is_given_one_that_its_people_follow(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    """An earlier release had it work by the clock of none, and told nobody."""
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre", country="US", time_zone="UTC")
        here = await add_person(session, centre, 700_001)
        away = await add_person(session, centre, 700_002, country="DE", time_zone="Europe/Berlin")
    line = ["org", "change", "Centre", "--json", "--time-zone"]
    wrong = await asyncio.to_thread(CliRunner().invoke, app, [*line, "Chicago"], env=env)
    before = await of_organisations(database)
    typed = await asyncio.to_thread(CliRunner().invoke, app, [*line, "America/Chicago"], env=env)
    async with database.begin(SERVICE) as session:
        zones = [(await session.get_one(Returnee, each.id)).time_zone for each in (here, away)]
    after = await of_organisations(database)
    await database.close()

    assert wrong.stderr == "There is no time zone Chicago: use a name like Europe/Tirane.\n"
    assert json.loads(typed.stdout)["time_zone"] == "America/Chicago"
    assert zones == ["America/Chicago", "Europe/Berlin"]
    assert (before.ok, after.ok) == (False, True)
    assert "Centre" in before.detail


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--staff-chat", "-100", "--no-staff-chat"],
        ["--no-staff-chat", "--time-zone", "Asia/Almaty"],
    ],
)
def test_what_is_to_change_is_said_once(options: list[str]) -> None:
    ended = CliRunner().invoke(app, ["org", "change", "Centre", *options])

    assert ended.exit_code == 2
    assert "--no-staff-chat" in ended.stderr


@pytest.mark.parametrize("verb", ["add", "change"])
def test_p10_a_number_that_may_be_somebodys_own_chat_is_no_staff_group(verb: str) -> None:
    line = ["org", verb, "Centre", "--staff-chat", "1234567890"]
    typed = CliRunner().invoke(app, line)
    assert typed.exit_code == 2
    assert "begins with a minus" in typed.stderr
