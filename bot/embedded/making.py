"""The first start: files, roles and database."""

import shutil
from pathlib import Path

from bot.embedded.passwords import Passwords
from bot.embedded.programs import Account, EmbeddedError, Programs, complaint_in, installation
from bot.embedded.roles import DATABASE, OWNER, database_statements, role_statements


def make_cluster(folder: Path, passwords: Passwords) -> None:
    """All or nothing: a half-made cluster never gets its name."""
    draft = folder.with_suffix(".new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir()
    account = Account.for_cluster(folder)
    account.adopt(draft)
    try:
        _fill(Programs(installation(), draft, account), passwords)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    draft.rename(folder)


def _fill(programs: Programs, passwords: Passwords) -> None:
    _must(
        programs,
        "initdb",
        f"--username={OWNER}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--auth=trust",  # never served: replaced below, before the first start
        "--no-instructions",
    )
    statements = [
        *role_statements(passwords),
        *database_statements(DATABASE),
        _passwords_only(programs.cluster),
    ]
    _must(
        programs,
        "postgres",
        "--single",
        "-c",
        "exit_on_error=on",
        "postgres",
        stdin="".join(f"{statement};\n" for statement in statements),
    )


def _passwords_only(cluster: Path) -> str:
    """The server itself writes the file, under its own account."""
    file = str(cluster / "pg_hba.conf").replace("'", "''")
    return f"COPY (SELECT 'local all all scram-sha-256') TO '{file}'"


def _must(programs: Programs, name: str, *arguments: str, stdin: str | None = None) -> None:
    done = programs.run(name, *arguments, stdin=stdin)
    if done.returncode != 0:
        raise EmbeddedError(
            f"PostgreSQL could not make its files in {programs.cluster.parent}: "
            f"{complaint_in(done.stdout)}."
        )
