"""deploy/roles.sql, run by psql on a new PostgreSQL whose superuser is compose's."""

import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.archive.restoring import restore
from bot.archive.taking import take_backup
from bot.database.opening import Urls, opened
from bot.embedded.cluster import Cluster
from bot.embedded.programs import Account, Programs
from bot.embedded.programs import installation as postgres_programs
from bot.errors import CannotOpen
from bot.settings import Settings
from storage.schema import migrate
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from tests.deployment.conftest import HOUSE
from tests.postgres import HASTE


@pytest.fixture(scope="module")
def socket_folder(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a PostgreSQL answers that was filled as the container fills its own."""
    home = tmp_path_factory.mktemp("postgres")
    home.chmod(0o711)
    folder = home / "data"
    account = Account.for_cluster(folder)
    folder.mkdir()
    account.adopt(folder)
    # PostgreSQL's account, which is not ours where we are root, can't pass the folder of secrets.
    password = home / "password"
    password.write_text((installation / "secrets/superuser_password").read_text())
    made = Programs(postgres_programs(), folder, account).run(
        "initdb",
        "--username=postgres",
        "--auth=scram-sha-256",
        f"--pwfile={password}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
    )
    assert made.returncode == 0, made.stdout
    cluster = Cluster(folder, home / "log", HASTE)
    socket = cluster.start()
    _run_roles(installation, socket)
    yield socket
    cluster.stop()


def _run_roles(installation: Path, socket: Path) -> None:
    """As the image's entry point does, but for where the secrets are."""
    sql = (installation / "deploy/roles.sql").read_text()
    _psql(installation, socket, sql.replace("/run/secrets", str(installation / "secrets")))


def _psql(installation: Path, socket: Path, sql: str) -> None:
    """As the superuser."""
    password = (installation / "secrets/superuser_password").read_text().strip()
    done = subprocess.run(
        [
            postgres_programs() / "bin/psql",
            "--no-psqlrc",
            "--no-password",
            "--set=ON_ERROR_STOP=1",
            f"--host={socket}",
            "--username=postgres",
            "--dbname=postgres",
        ],
        input=sql,
        env={"PGPASSWORD": password, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def at(installation: Path, socket_folder: Path) -> Urls:
    """The addresses in the secrets, led to the socket."""

    def url(name: str) -> str:
        given: URL = make_url((installation / "secrets" / name).read_text().strip())
        assert (given.host, given.database) == ("postgres", "wayhome")
        here = given.set(
            drivername="postgresql+asyncpg", host=None, query={"host": str(socket_folder)}
        )
        return here.render_as_string(hide_password=False)

    return Urls(url("owner_database_url"), url("run_database_url"), embedded=False)


@pytest.fixture(scope="module")
async def migrated(at: Urls) -> Urls:
    """After two runs of the one-shot service: the second changes nothing."""
    await migrate(at.owner)
    await migrate(at.owner)
    return at


@pytest.fixture
async def run(migrated: Urls) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(migrated.run, poolclass=NullPool)
    yield engine
    await engine.dispose()


async def test_none_of_the_three_roles_may_pass_row_level_security(run: AsyncEngine) -> None:
    async with run.connect() as connection:
        roles = await connection.execute(
            text(
                "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'wayhome%'"
                " AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
            )
        )
        can_log_in = {role.rolname: role.rolcanlogin for role in roles}
        owner = await connection.scalar(
            text("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'wayhome'")
        )

    assert can_log_in == {"wayhome_owner": True, "wayhome_run": True, "wayhome_app": False}
    assert owner == "wayhome_owner"


async def test_wayhome_opens_it_and_sees_nothing_without_a_scope(
    migrated: Urls, installation: Path
) -> None:
    settings = Settings(key_file=installation / "secrets/keys/key")
    async with opened(settings, migrated) as database:
        async with database.begin(SERVICE) as session:
            session.add(Organisation(name="Somewhere", created_at=session.now))
        for scope, seen in ((SERVICE, 1), ("", 0)):
            async with database.begin(scope) as session:
                count = await session.scalar(text("SELECT count(*) FROM organisation"))
                assert count == seen


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM organisation",
        "CREATE TABLE mine (id int)",
        "SET ROLE wayhome_owner",
        "SET ROLE postgres",
        "CREATE ROLE another",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
async def test_who_logs_in_to_run_may_do_nothing_else_by_itself(
    run: AsyncEngine, statement: str
) -> None:
    async with run.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(text(statement))


async def test_what_the_one_backs_up_the_other_restores_into_an_empty_database(
    migrated: Urls, installation: Path, socket_folder: Path, tmp_path: Path
) -> None:
    """With the steps that docs/deployment.md names: neither role is a superuser."""
    settings = Settings.model_validate(
        {"key_file": installation / "secrets/keys/key", "database_url": migrated.run}
    )
    async with opened(settings, migrated) as database, database.begin(SERVICE) as session:
        session.add(Organisation(name="To be restored", created_at=session.now))
    as_owner = settings.model_copy(update={"database_url": SecretStr(migrated.owner)})
    with pytest.raises(CannotOpen, match="the address that 'wayhome run' has"):
        await take_backup(as_owner, tmp_path / "backup")
    backup = await take_backup(settings, tmp_path / "backup")
    page = (HOUSE / "docs/deployment.md").read_text()
    steps = re.findall(r"^ +--command '(.*)'", page, re.MULTILINE)
    assert steps
    _psql(installation, socket_folder, ";\n".join(steps) + ";")
    with pytest.raises(CannotOpen, match="the address that 'wayhome migrate' has"):
        await restore(settings, backup.file)
    restored = await restore(as_owner, backup.file)

    assert restored.rows == backup.rows
    assert restored.rows["organisation"] >= 1
    async with opened(settings, migrated) as database, database.begin(SERVICE) as session:
        assert await session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE action = 'restored'")
        )
