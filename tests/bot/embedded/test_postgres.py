import asyncio
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.embedded import postgres as postgres_module
from bot.embedded.cluster import Cluster
from bot.embedded.keeping import keep_running
from bot.embedded.postgres import EmbeddedPostgres, embedded_postgres, forget
from bot.embedded.programs import EmbeddedError
from bot.stopping import Stopping
from tests.bot.replicas import until_so
from tests.postgres import HASTE, DatabaseUrls

HOLDER = """
import sys
from pathlib import Path
from bot.embedded.postgres import EmbeddedPostgres

postgres = EmbeddedPostgres.start(Path(sys.argv[1]))
print("attached", flush=True)
sys.stdin.read()
postgres.stop()
"""


async def ask(url: str, question: str) -> tuple[object, ...]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        return tuple((await connection.execute(text(question))).one())


@contextmanager
def another_process(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Attached while the block runs, unless killed in it; leaves in order at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "attached\n"
        yield process


def is_running(postgres: EmbeddedPostgres) -> bool:
    return postgres.cluster.socket_folder() is not None


def is_ready(postgres: EmbeddedPostgres) -> bool:
    return is_running(postgres) and "ready" in pid_file(postgres).read_text()


def pid_file(postgres: EmbeddedPostgres) -> Path:
    return postgres.cluster.folder / "postmaster.pid"


def modes(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_mode, path.stat().st_uid) for path in folder.parents}


async def test_the_run_role_is_bound_by_policies_and_may_become_the_app(
    empty_database: DatabaseUrls,
) -> None:
    bound = await ask(
        empty_database.run_url,
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
        " pg_has_role('wayhome_app', 'set') from pg_roles where rolname = current_user",
    )
    assert bound == (False, False, False, False, True)


async def test_the_app_role_cannot_log_in(postgres: EmbeddedPostgres) -> None:
    may = await ask(
        postgres.owner_url, "select rolcanlogin from pg_roles where rolname = 'wayhome_app'"
    )
    assert may == (False,)


async def test_a_wrong_password_is_refused(postgres: EmbeddedPostgres) -> None:
    guess = postgres.run_url.replace(postgres.passwords.run, "guess")
    with pytest.raises(Exception, match="password authentication failed"):
        await ask(guess, "select 1")


async def test_it_is_found_though_the_environment_names_the_port_of_another_one(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "5433")
    assert await ask(postgres.run_url, "select 1") == (1,)


async def test_nothing_listens_on_tcp(postgres: EmbeddedPostgres) -> None:
    assert await ask(postgres.owner_url, "show listen_addresses") == ("",)


async def test_p8_the_server_log_holds_no_values(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(Exception, match="invalid input syntax"):
        await ask(postgres.run_url, "select 'Amina is at home'::text::uuid")
    with pytest.raises(Exception, match="invalid input syntax"):
        await ask(postgres.run_url, "select 'her secret'::uuid")
    log = postgres.cluster.log.read_text()
    assert "Amina" not in log
    assert "secret" not in log


def test_what_it_keeps_is_private_and_parents_are_left_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    before = modes(data_dir)
    postgres = EmbeddedPostgres.start(data_dir, HASTE)
    kept = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data_dir.iterdir()}
    postgres.stop()
    assert modes(data_dir) == before
    assert kept == {
        "postgres": 0o700,
        "postgres.log": 0o600,
        "postgres.lock": 0o600,
        "postgres.passwords": 0o600,
        "postgres.users": 0o600,
    }


async def test_the_last_to_leave_stops_it(tmp_path: Path) -> None:
    first = EmbeddedPostgres.start(tmp_path)
    with another_process(tmp_path):
        first.stop()
        assert is_running(first)
        assert await ask(first.run_url, "select 1") == (1,)
    assert not is_running(first)


async def test_whoever_gives_up_while_it_starts_leaves_it_to_nobody(tmp_path: Path) -> None:
    giving_up = asyncio.ensure_future(embedded_postgres(tmp_path).__aenter__())
    await until_so((tmp_path / "postgres.lock").exists)
    giving_up.cancel()

    with pytest.raises(asyncio.CancelledError):
        await giving_up
    assert (tmp_path / "postgres").exists()
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_a_killed_user_does_not_keep_it_running(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
    with another_process(tmp_path):
        pass
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_what_a_killed_user_left_running_ends_before_its_folder_is_removed(tmp_path: Path) -> None:
    """It would take the socket of the next one there with it, as soon as it misses its files."""
    with another_process(tmp_path / "data") as process:
        process.send_signal(signal.SIGKILL)
    left = Cluster(tmp_path / "data" / "postgres", tmp_path / "data" / "postgres.log")
    assert left.socket_folder() is not None
    with left.log.open() as log:
        forget(tmp_path / "data")

        assert "database system is shut down" in log.read()
    assert not (tmp_path / "data").exists()


def test_what_somebody_uses_is_not_removed(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres.start(tmp_path, HASTE)
    with pytest.raises(EmbeddedError, match="is in use: stop what uses it first"):
        forget(tmp_path)
    assert is_running(postgres)
    postgres.stop()


def test_whoever_waited_while_the_folder_was_removed_holds_the_lock_of_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or two at once would make its files, or one remove what another one makes."""
    folder, wait_for = tmp_path / "data", fcntl.flock
    folder.mkdir()

    def removed_and_made_anew(lock: int, how: int) -> None:
        monkeypatch.setattr("fcntl.flock", wait_for)
        shutil.rmtree(folder)
        folder.mkdir()
        wait_for(lock, how)

    monkeypatch.setattr("fcntl.flock", removed_and_made_anew)
    with (
        postgres_module._alone(folder),
        (folder / "postgres.lock").open() as second,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_what_is_no_folder_is_not_removed_and_named(tmp_path: Path) -> None:
    file = tmp_path / "demo"
    file.touch()
    with pytest.raises(EmbeddedError, match="demo can't be removed: Not a directory"):
        forget(file)
    assert file.exists()


async def test_it_comes_back_after_a_crash(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres.start(tmp_path)
    os.kill(int(pid_file(postgres).read_text().split()[0]), signal.SIGQUIT)
    postgres.stop()
    async with embedded_postgres(tmp_path) as again:
        assert await ask(again.run_url, "select 1") == (1,)


@pytest.mark.parametrize("name", ["data", "long" * 30])
async def test_one_that_is_killed_is_started_again_where_those_who_run_look_for_it(
    tmp_path: Path, name: str
) -> None:
    stopping = Stopping()
    async with embedded_postgres(tmp_path / name) as postgres, asyncio.TaskGroup() as group:
        os.kill(int(pid_file(postgres).read_text().split()[0]), signal.SIGKILL)
        await until_so(lambda: not is_running(postgres))
        group.create_task(keep_running(postgres, stopping))
        await until_so(lambda: is_ready(postgres))
        assert await ask(postgres.run_url, "select 1") == (1,)
        stopping.set()


async def test_a_stale_note_of_a_process_id_now_used_by_another_is_ignored(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres.start(tmp_path)
    _, *rest = pid_file(postgres).read_text().splitlines()
    postgres.stop()
    stale = "\n".join([str(os.getpid()), *rest])
    pid_file(postgres).write_text(stale)
    (postgres.socket_folder / ".s.PGSQL.5432.lock").write_text(stale)
    async with embedded_postgres(tmp_path) as again:
        assert await ask(again.run_url, "select 1") == (1,)


async def test_a_long_path_gets_its_socket_elsewhere_for_the_while(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / ("long" * 30)) as postgres:
        elsewhere = postgres.socket_folder
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
        assert await ask(postgres.run_url, "select 1") == (1,)
    assert not elsewhere.exists()


async def test_odd_characters_in_the_path_do_no_harm(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / 'it\'s $HOME, "a b"') as postgres:
        assert await ask(postgres.run_url, "select 1") == (1,)


def test_a_path_that_is_not_unicode_is_named_before_anything_is_made_there(tmp_path: Path) -> None:
    """As on a disk from the days of Latin-1, or in a locale that has A to Z alone."""
    latin = tmp_path / os.fsdecode("café".encode("latin-1"))
    with pytest.raises(EmbeddedError, match="cannot be used: its name can't be read as Unicode"):
        EmbeddedPostgres.start(latin)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("folder", ["for, the while", os.fsdecode("café".encode("latin-1"))])
def test_where_no_folder_can_hold_its_socket_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    elsewhere = tmp_path / folder
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    with pytest.raises(EmbeddedError, match="Choose another TMPDIR"):
        EmbeddedPostgres.start(tmp_path / "a,b")
    assert [*elsewhere.iterdir()] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to itself")
async def test_root_may_keep_it_behind_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    async with embedded_postgres(closed / "data") as postgres:
        assert await ask(postgres.run_url, "select 1") == (1,)
        assert pid_file(postgres).stat().st_uid != 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_database_of_another_version_is_named(tmp_path: Path) -> None:
    EmbeddedPostgres.start(tmp_path).stop()
    (tmp_path / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 12"):
        EmbeddedPostgres.start(tmp_path)


@pytest.mark.parametrize("torn", ["", '{"owner": "', '{"owner": "x"}', "[]"])
def test_passwords_that_were_torn_are_named(tmp_path: Path, torn: str) -> None:
    """As by a power cut, or a full disk."""
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres.passwords").write_text(torn)
    with pytest.raises(EmbeddedError, match=r"postgres\.passwords is damaged"):
        EmbeddedPostgres.start(tmp_path)


def test_passwords_are_on_the_disk_before_anything_is_made_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EmbeddedError, match="cannot be used: No space left on device"):
        EmbeddedPostgres.start(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"postgres.lock"}


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(EmbeddedError, match="cannot be used: File exists"):
        EmbeddedPostgres.start(tmp_path / "data")


def test_a_data_folder_that_leads_to_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(tmp_path / "data")
    with pytest.raises(EmbeddedError, match="data cannot be used"):
        EmbeddedPostgres.start(tmp_path / "data")


def test_a_working_folder_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    with pytest.raises(EmbeddedError, match="cannot be used: No such file"):
        EmbeddedPostgres.start(Path(".wayhome"))


def test_a_machine_without_programs_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.embedded.programs.find_spec", lambda _: None)
    with pytest.raises(EmbeddedError, match="set WAYHOME_DATABASE_URL"):
        EmbeddedPostgres.start(tmp_path)
