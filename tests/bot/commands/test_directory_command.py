"""`wayhome directory search`, as whoever keeps the list of services types it."""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.commands.main import app
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import read_files
from domain.directory.finding import Search, find_services
from domain.directory.importing import import_directory
from domain.directory.withholding import withhold
from storage.keys.files import make_key_file, read_key_file
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.domain.centre import Centre
from tests.domain.directory.samples import clinic, json_file
from tests.postgres import DatabaseUrls

ALWAYS = [{"freq": "WEEKLY", "opens_at": "00:00", "closes_at": "00:00"}]
TIRANA = "41.33,19.82"


def at(identity: str, city: str, latitude: float, longitude: float) -> list[dict[str, Any]]:
    address = {"city": city, "country": "AL", "address_type": "physical"}
    place = {
        "id": identity,
        "location_type": "physical",
        "latitude": latitude,
        "longitude": longitude,
    }
    return [{"id": f"at-{identity}", "location": {**place, "addresses": [address]}}]


DIRECTORY = [
    clinic(id="port", name="Port clinic", schedules=[]),
    clinic(
        id="lake",
        name="Lake clinic",
        schedules=ALWAYS,
        service_at_locations=at("shkoder", "Shkodër", 42.07, 19.51),
    ),
    clinic(
        id="square",
        name="Square clinic",
        schedules=[],
        service_at_locations=at("tirana", "Tirana", 41.33, 19.82),
    ),
]


@pytest.fixture
async def env(tmp_path: Path, urls: DatabaseUrls) -> dict[str, str]:
    make_key_file(tmp_path / "key")
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        reading = read_directory([json_file(DIRECTORY)])
        yesterday = datetime.now(UTC) - timedelta(days=1)
        await import_directory(session, reading, "test", yesterday)
    await database.close()
    return {"WAYHOME_DATABASE_URL": urls.run_url, "WAYHOME_DATA_DIR": str(tmp_path)}


async def typed(env: dict[str, str], *words: str) -> tuple[int, str, str]:
    line = ["directory", *words]
    ended = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
    return ended.exit_code, ended.stdout, ended.stderr


async def search(env: dict[str, str], *words: str) -> tuple[int, str, str]:
    return await typed(env, "search", *words)


async def mistyped(env: dict[str, str], *words: str) -> str:
    """What is said of it, on however many lines of a frame."""
    code, nothing, said = await search(env, *words)
    assert (code, nothing) == (2, "")
    return " ".join(said.replace("│", " ").split())


async def export(env: dict[str, str], file: Path) -> tuple[int, str, str]:
    return await typed(env, "export", str(file))


async def test_the_nearest_come_first_and_say_how_far_they_are(env: dict[str, str]) -> None:
    code, said, _ = await search(env, "--near", TIRANA, "--json")
    found = json.loads(said)

    assert code == 0
    assert [each["name"] for each in found] == ["Square clinic", "Port clinic", "Lake clinic"]
    assert [each["city"] for each in found] == ["Tirana", "Durrës", "Shkodër"]
    assert [round(each["distance_km"]) for each in found] == [0, 31, 86]


async def test_what_a_source_names_no_longer_shows_by_when_it_was_brought_last(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "test.json"
    file.write_text(json.dumps(DIRECTORY[1:]))
    await typed(env, "import", str(file))
    _, said, _ = await search(env, "--json")
    brought = {each["name"]: (each["source"], each["imported_at"]) for each in json.loads(said)}
    newest = max(at for _, at in brought.values())

    assert {source for source, _ in brought.values()} == {"test"}
    assert [name for name, (_, at) in brought.items() if at < newest] == ["Port clinic"]


async def test_what_is_farther_than_asked_for_is_left_out(env: dict[str, str]) -> None:
    _, said, _ = await search(env, "--near", TIRANA, "--within", "50")

    assert [line.split(" — ")[0] for line in said.splitlines()] == ["Square clinic", "Port clinic"]
    assert said.splitlines()[0].endswith("0.0 km Tirana")


async def test_only_what_is_known_to_be_open_is_found_when_that_is_asked_for(
    env: dict[str, str],
) -> None:
    _, said, _ = await search(env, "--open-now", "--json")

    assert [(each["name"], each["open"]) for each in json.loads(said)] == [("Lake clinic", True)]


@pytest.mark.parametrize("country", ["AL", "al", "ALB"])
async def test_a_country_is_known_however_it_is_written(env: dict[str, str], country: str) -> None:
    _, said, _ = await search(env, "--country", country, "--json")

    assert len(json.loads(said)) == 3


async def test_what_is_no_country_is_wrong_usage_and_no_place_without_services(
    env: dict[str, str],
) -> None:
    assert "for --country: 'Albania' is none of ISO" in await mistyped(env, "--country", "Albania")


@pytest.mark.parametrize("typed", ["Tirana", "41.33", "41,20,30", "91,0", "0,181", "nan,0"])
async def test_what_is_no_point_is_wrong_usage(env: dict[str, str], typed: str) -> None:
    said = await mistyped(env, "--near", typed)

    assert f"for --near: {typed} is no point: give degrees, such as 41.33,19.82." in said


@pytest.mark.parametrize("far", ["0", "-5", "nan", "inf"])
async def test_what_is_no_distance_is_wrong_usage(env: dict[str, str], far: str) -> None:
    said = await mistyped(env, "--near", TIRANA, "--within", far)

    assert f"for --within: {far} is no distance: give kilometres, such as 25." in said


async def test_a_distance_from_nowhere_is_wrong_usage(env: dict[str, str]) -> None:
    said = await mistyped(env, "--within", "5")

    assert "for --within: 5 is from nowhere: name the point with --near." in said


async def test_what_was_left_out_is_said_with_its_place_as_far_as_there_is_one(
    env: dict[str, str], tmp_path: Path
) -> None:
    table = tmp_path / "services.csv"
    table.write_text("id,name,status,minimum_age\n1,Soup,active,many\n2,Bread,active,,,more\n")
    _, said, _ = await typed(env, "check", str(table))

    assert "services.csv, row 2, minimum_age: “many” is no number" in said
    assert "services.csv, row 3: There are more cells than columns" in said


async def test_a_table_of_which_nothing_fits_is_refused_with_the_columns_that_it_has(
    env: dict[str, str], tmp_path: Path
) -> None:
    table = tmp_path / "services.csv"
    table.write_text("What,Where\nSoup,Tirana\nBread,Durrës\n")
    code, said, _ = await typed(env, "import", str(table))
    told = await typed(env, "import", str(table), "--json")

    assert code == told[0] == 1
    assert "services.csv: Not one service fits. The columns are: what, where. A mapping" in said
    assert said.splitlines()[-1] == "services.csv, rows 2 to 3, id: A service needs its id."
    assert [each["row"] for each in json.loads(told[1])["rejected"]] == [None, 2, 3]


@pytest.mark.parametrize("command", ["check", "import"])
async def test_what_nobody_finds_in_the_chat_for_want_of_a_need_is_named(
    env: dict[str, str], tmp_path: Path, command: str
) -> None:
    named = [clinic(id=f"{n}", name=f"House {n}", description="", attributes=[]) for n in range(12)]
    file = tmp_path / "ours.json"
    file.write_bytes(json_file([clinic(id="port"), *named]).data)
    code, said, _ = await typed(env, command, str(file))
    told = await typed(env, command, str(file), "--json")

    last = said.splitlines()[-1]
    assert code == told[0] == 0
    assert last.startswith("Without a need, so nobody finds them in the chat: House 0, House 1, ")
    assert "House 9 and 2 more." in last
    assert json.loads(told[1])["without_need"] == [f"House {n}" for n in range(12)]


@pytest.mark.parametrize("command", ["check", "import"])
async def test_what_a_list_names_no_more_is_told_and_what_of_it_is_withheld(
    env: dict[str, str], tmp_path: Path, urls: DatabaseUrls, command: str
) -> None:
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    centre = await Centre.open(database, Clock())
    keeper = await centre.colleague(Role.COORDINATOR)
    async with database.begin(centre.organisation.id) as session:
        found = await find_services(session, Search(words="Lake"), now=session.now)
        await withhold(session, keeper, found[0].id, "They take the passports.")
    await database.close()
    file = tmp_path / "test.json"
    # A month later its list has one that closed, and writes another a hair differently.
    renamed = DIRECTORY[2] | {"id": "lake-2", "name": "Lake  Clinic"}
    file.write_text(json.dumps([DIRECTORY[0] | {"status": "defunct"}, renamed]))

    code, said, _ = await typed(env, command, str(file))
    assert code == 0
    stays, withheld = said.splitlines()[-2:]
    assert stays.startswith("Came before and not now, so they stay, and age: Lake clinic, Square ")
    assert withheld.startswith("Withheld by an organisation until now, so look whether they came ")
    assert withheld.endswith(": Lake clinic.")


async def test_an_export_takes_the_place_of_an_export_and_of_nothing_else(
    env: dict[str, str], tmp_path: Path
) -> None:
    key = (tmp_path / "key").read_bytes()
    said = f"{tmp_path / 'key'} is no archive and is left as it is: choose another name.\n"
    assert await export(env, tmp_path / "key") == (1, "", said)
    assert (tmp_path / "key").read_bytes() == key
    file = tmp_path / "directory.zip"
    for _ in range(2):
        done = await export(env, file)
        assert done == (0, f"{file}: {file.stat().st_size:,} bytes.\n", "")
    assert len(read_directory(read_files(file)).services) == len(DIRECTORY)


async def test_an_export_of_no_source_that_there_is_leaves_the_earlier_one_and_names_those(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "directory.zip"
    assert (await typed(env, "export", str(file), "--source", "test"))[0] == 0
    earlier = file.read_bytes()

    said = "No directory came from tset: there is test.\n"
    assert await typed(env, "export", str(file), "--source", "tset") == (1, "", said)
    assert file.read_bytes() == earlier


async def test_an_export_that_can_t_be_written_leaves_the_earlier_one_whole(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "directory.zip"
    await export(env, file)
    names = set(await asyncio.to_thread(tmp_path.glob, "*"))
    earlier = file.read_bytes()
    monkeypatch.setattr(os, "fsync", full)

    said = f"{file} can't be written: No space left on device.\n"
    assert await export(env, file) == (1, "", said)
    assert file.read_bytes() == earlier
    assert set(await asyncio.to_thread(tmp_path.glob, "*")) == names


async def test_an_export_names_nobody_and_may_be_read_by_whoever_publishes_it(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "directory.zip"
    await export(env, file)

    assert file.stat().st_mode & 0o777 == 0o666 & ~_umask()


async def test_a_list_under_another_name_is_refused_before_it_doubles_what_is_there(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "list-2026-03.json"
    file.write_text(json.dumps([*DIRECTORY[:2], clinic(id="new", name="New clinic")]))
    why = (
        "Most of these services came from test before. Say --source test to bring them up to date, "
        "or --source list-2026-03 to have them a second time.\n"
    )

    assert await typed(env, "check", str(file)) == (1, "", why)
    assert await typed(env, "import", str(file)) == (1, "", why)
    done = await typed(env, "import", str(file), "--source", "test")
    assert (done[0], done[1].splitlines()[0]) == (0, "1 loaded, 2 updated.")


async def test_what_was_meant_to_be_there_twice_is_brought_up_to_date_under_its_own_name(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "second.json"
    file.write_text(json.dumps(DIRECTORY))
    await typed(env, "import", str(file), "--source", "second")

    assert (await typed(env, "import", str(file)))[:2] == (0, "0 loaded, 3 updated.\n")


async def test_what_came_from_a_source_is_taken_back_once_that_is_really_meant(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "second.json"
    file.write_text(json.dumps(DIRECTORY[:2]))
    await typed(env, "import", str(file), "--source", "second")
    remove = ("remove", "--source", "second")

    why = "Only importing it anew brings it back: say --yes.\n"
    assert await typed(env, *remove) == (2, "", why)
    assert len(json.loads((await search(env, "--json"))[1])) == 5
    _, told, _ = await typed(env, *remove, "--yes", "--json")
    assert json.loads(told) == {"source": "second", "removed": 2}
    left = json.loads((await search(env, "--json"))[1])
    assert [each["source"] for each in left] == ["test"] * 3
    gone = "No directory came from second: there is test.\n"
    assert await typed(env, *remove, "--yes") == (1, "", gone)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
