"""A start with something wrong stops with one sentence; a database that is away is waited for."""

import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.database.opening import Urls, opened
from bot.embedded.postgres import EmbeddedPostgres
from bot.errors import CannotOpen
from bot.health.check import Check
from bot.health.database_checks import checks_of_database
from bot.health.doctor import examine
from bot.settings import Settings
from bot.telegram.profile import tells
from domain.organisations import add_organisation
from domain.staff.accounts import add_staff
from storage import connections, schema
from storage.keys.files import make_key_file
from storage.kinds import Role
from storage.schema import migrate, newest
from storage.sessions import SERVICE, Database
from tests.postgres import DatabaseUrls, execute_alone


@pytest.fixture
def settings(tmp_path: Path, urls: DatabaseUrls) -> Settings:
    make_key_file(tmp_path / "key")
    return Settings(data_dir=tmp_path, database_url=SecretStr(urls.run_url))


def at(urls: DatabaseUrls, *, embedded: bool = False) -> Urls:
    return Urls(owner=urls.owner_url, run=urls.run_url, embedded=embedded)


async def test_a_database_opens_again_with_the_keys_it_was_first_opened_with(
    settings: Settings, urls: DatabaseUrls
) -> None:
    for _ in range(2):
        async with opened(settings, at(urls)) as database, database.begin(SERVICE) as session:
            assert session.now


async def test_only_a_database_of_our_own_is_brought_up_to_date_unasked(
    settings: Settings, urls: DatabaseUrls
) -> None:
    await migrate(urls.owner_url, "base")
    await migrate(urls.owner_url, f"{int(newest()) - 1:04}")

    with pytest.raises(CannotOpen, match="wayhome migrate"):
        async with opened(settings, at(urls, embedded=True)):
            pass
    ours = opened(settings, at(urls, embedded=True), own=True)
    async with ours as database, database.begin(SERVICE) as session:
        assert session.now


async def test_a_key_file_of_another_database_stops_the_start(
    settings: Settings, urls: DatabaseUrls
) -> None:
    async with opened(settings, at(urls)):
        pass
    settings.key_path.unlink()
    make_key_file(settings.key_path)

    with pytest.raises(CannotOpen, match="does not belong to this database"):
        async with opened(settings, at(urls)):
            pass


async def test_a_missing_key_file_stops_the_start_and_none_is_made_for_a_database_of_others(
    settings: Settings, urls: DatabaseUrls
) -> None:
    settings.key_path.unlink()

    with pytest.raises(CannotOpen, match="WAYHOME_KEY_FILE"):
        async with opened(settings, at(urls)):
            pass
    assert not settings.key_path.exists()


async def test_an_empty_database_names_the_command_that_fills_it(
    settings: Settings, empty_database: DatabaseUrls
) -> None:
    with pytest.raises(CannotOpen, match="wayhome migrate"):
        async with opened(settings, at(empty_database)):
            pass


async def test_an_embedded_database_is_filled_and_gets_its_keys_at_the_first_start(
    settings: Settings, empty_database: DatabaseUrls
) -> None:
    settings.key_path.unlink()

    async with opened(settings, at(empty_database, embedded=True)):
        assert settings.key_path.stat().st_mode & 0o777 == 0o600


async def test_who_comes_while_another_makes_the_tables_is_told_so(
    settings: Settings, empty_database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_TRIES", 2)
    monkeypatch.setattr(schema, "_PAUSE", 0.01)
    engine = create_async_engine(empty_database.owner_url)
    async with engine.connect() as another:
        await another.execute(schema._MIGRATES)
        with pytest.raises(CannotOpen, match="made at this moment: try again later"):
            async with opened(settings, at(empty_database, embedded=True)):
                pass
    await engine.dispose()


async def test_where_the_key_of_an_embedded_database_is_lost_no_other_one_takes_its_place(
    settings: Settings, urls: DatabaseUrls
) -> None:
    async with opened(settings, at(urls, embedded=True)):
        settings.key_path.unlink()

    with pytest.raises(CannotOpen, match=r"is not there \(WAYHOME_KEY_FILE\)"):
        async with opened(settings, at(urls, embedded=True)):
            pass
    assert not settings.key_path.exists()


async def test_a_first_key_that_can_t_be_written_is_one_sentence(
    settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    elsewhere = settings.model_copy(update={"key_file": tmp_path / "no" / "such"})

    with pytest.raises(CannotOpen, match=r"can't be written: .* \(WAYHOME_KEY_FILE\)"):
        async with opened(elsewhere, at(urls, embedded=True)):
            pass


async def test_a_key_file_that_nobody_can_look_for_is_not_taken_for_a_database_that_is_away(
    settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    """As one behind a closed folder; or with a name that no file can have."""
    nowhere = settings.model_copy(update={"key_file": tmp_path / ("key" * 100)})

    with pytest.raises(CannotOpen, match=r"\(WAYHOME_KEY_FILE\)"):
        async with opened(nowhere, at(urls, embedded=True)):
            pass


async def test_a_database_of_another_version_names_the_command_that_mends_it(
    settings: Settings, urls: DatabaseUrls
) -> None:
    await migrate(urls.owner_url, "base")

    with pytest.raises(CannotOpen, match="wayhome migrate"):
        async with opened(settings, at(urls)):
            pass


@pytest.mark.parametrize("since", [None, "0001", newest()])
async def test_tables_of_a_newer_version_will_do_while_that_is_rolled_out(
    settings: Settings, urls: DatabaseUrls, since: str | None
) -> None:
    await make_newer(urls, since)

    async with opened(settings, at(urls)) as database, database.begin(SERVICE) as session:
        assert session.now


async def test_tables_from_which_something_is_gone_that_is_used_here_stop_the_start(
    settings: Settings, urls: DatabaseUrls
) -> None:
    await make_newer(urls, "9000")

    with pytest.raises(CannotOpen, match="a newer version: run that one"):
        async with opened(settings, at(urls)):
            pass


async def make_newer(urls: DatabaseUrls, since: str | None) -> None:
    """As a version yet to come leaves the tables, whose code must be of `since` or newer."""
    noted = "NULL" if since is None else f"'{since}'"
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))
        await connection.execute(text(f"COMMENT ON TABLE alembic_version IS {noted}"))
    await engine.dispose()


async def test_a_database_out_of_reach_is_one_sentence(settings: Settings, tmp_path: Path) -> None:
    nowhere = f"postgresql+asyncpg://me@/wayhome?host={tmp_path}"

    with pytest.raises(CannotOpen, match="can't be reached"):
        async with opened(settings, Urls(nowhere, nowhere, embedded=False)):
            pass


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        (r":\w+@", ":guess@", "does not let in the user of WAYHOME_DATABASE_URL"),
        (r"/\w+\?", "/nowhere?", "no database of the name in WAYHOME_DATABASE_URL"),
        ("$", "&ssl=verify-full", "WAYHOME_DATABASE_URL asks for what can't be had here"),
    ],
)
async def test_a_wrong_address_of_the_database_stops_the_start_where_one_that_is_away_does_not(
    settings: Settings,
    urls: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    right: str,
    wrong: str,
    sentence: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    address = re.sub(right, wrong, urls.run_url, count=1)

    with pytest.raises(CannotOpen, match=sentence) as refusal:
        async with opened(settings, Urls(address, address, embedded=False), wait=True):
            pass
    assert "guess" not in str(refusal.value)


async def test_who_may_not_become_the_application_is_told_whose_address_is_needed(
    settings: Settings, urls: DatabaseUrls, postgres: EmbeddedPostgres
) -> None:
    """As the tables' owner, where it is no superuser."""
    stranger, database = f"stranger_{uuid4().hex}", make_url(urls.run_url).database
    await execute_alone(
        postgres,
        f"CREATE ROLE {stranger} LOGIN PASSWORD 'stranger'",
        f'GRANT CONNECT ON DATABASE "{database}" TO {stranger}',
    )
    address = re.sub("//[^@]+@", f"//{stranger}:stranger@", urls.run_url)

    with pytest.raises(CannotOpen, match=r"the address that 'wayhome run' has"):
        async with opened(settings, Urls(address, address, embedded=False), wait=True):
            pass


async def test_the_doctor_says_what_is_missing_and_never_leaves_a_check_out(
    settings: Settings, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYHOME_DATABASE_URL", urls.run_url)
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))

    checks = {check.name: check for check in await examine()}

    assert checks["role"].ok
    assert checks["walls"].ok
    assert checks["key file"].ok
    assert not checks["organisations"].ok
    assert not checks["telegram"].ok
    assert "WAYHOME_BOT_TOKEN" in checks["telegram"].detail


async def test_p10_the_doctor_names_where_nobody_may_read_a_complaint_about_whoever_reads_them(
    settings: Settings, urls: DatabaseUrls
) -> None:
    """A supervisor can add nobody who may."""

    async def found(database: Database) -> Check:
        return {each.name: each async for each in checks_of_database(database)}["complaints"]

    async with opened(settings, at(urls)) as database:
        async with database.begin(SERVICE) as session:
            harbour = await add_organisation(session, "Harbour")
            hope = await add_organisation(session, "Hope")
            await add_staff(session, "Mira", harbour, Role.SUPERVISOR)
            await add_staff(session, "Arta", hope, Role.SAFEGUARDING)
        missing = await found(database)
        async with database.begin(SERVICE) as session:
            for each in (harbour, hope):
                await add_staff(session, "Besa", each, Role.ADMIN)
        there = await found(database)

    assert (missing.ok, there.ok) == (False, True)
    assert missing.detail.startswith("no administrator may read them at Harbour, Hope: ")


@pytest.mark.parametrize(
    ("name", "telling"),
    [("Wayhome", False), ("City guide", False), ("Victim Support", True), ("IOM Tirana", True)],
)
def test_the_doctor_minds_a_name_that_tells_what_the_bot_is_for(name: str, telling: bool) -> None:
    assert tells(name) is telling


def test_a_command_that_only_opens_the_database_does_not_wait_for_telegrams_library() -> None:
    """Its thousand classes take longer than all the rest of a command."""
    loaded = "import sys, bot.database.opening; print('aiogram' in sys.modules)"
    told = subprocess.run((sys.executable, "-c", loaded), capture_output=True, check=True)
    assert told.stdout == b"False\n"


async def test_the_doctor_says_so_where_the_database_stops_answering_meanwhile(
    settings: Settings, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As while a table is locked: just then an operator asks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYHOME_DATABASE_URL", urls.run_url)
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))
    monkeypatch.setitem(connections._SERVER_SETTINGS, "lock_timeout", "50ms")
    async with opened(settings, at(urls)):
        pass
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as locking:
        await locking.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        checks = await examine()
    await engine.dispose()

    found = [check.detail for check in checks if check.name == "database" and not check.ok]
    assert len(found) == 1
    assert found[0].startswith("stopped answering meanwhile")
    assert {"keys", "telegram"} <= {check.name for check in checks}
