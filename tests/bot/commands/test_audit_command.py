"""`wayhome audit check`, as an operator or an auditor types it."""

import asyncio
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner

from bot.commands.audit import _line, _walked
from bot.commands.main import app
from domain.audit.chain import seal
from domain.organisations import add_organisation
from domain.staff import add_staff
from storage.keys.files import make_key_file, read_key_file
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls


async def test_p10_the_check_names_the_line_that_was_touched_and_knows_a_kept_head(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    make_key_file(tmp_path / "key")
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Centre")
        for name in ("Vera", "Ana"):
            await add_staff(session, name, organisation, Role.CASEWORKER)
    async with database.begin(SERVICE) as session:
        assert await seal(session) == 2
    await database.close()
    env = {"WAYHOME_DATABASE_URL": urls.run_url, "WAYHOME_DATA_DIR": str(tmp_path)}

    async def type_(*words: str) -> tuple[int, str]:
        line = ["audit", "check", *words]
        typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
        return typed.exit_code, typed.stdout

    code, said = await type_("--json")
    whole = json.loads(said)
    [chain] = whole["organisations"]
    assert (code, whole["ok"], whole["kept_found"]) == (0, True, None)
    assert (chain["name"], chain["sealed"], chain["waiting"]) == ("Centre", 2, 0)
    assert "The head that was kept is still there." in (await type_("--kept", chain["head"]))[1]
    # As from a variable of a script that was never set: nothing was compared.
    assert (await type_("--kept", ""))[0] == 1

    an_hour_ago = datetime.now(timezone(timedelta(hours=5))) - timedelta(hours=1)
    for since in ("0001-01-01", "2020-01-01", an_hour_ago.isoformat(timespec="seconds")):
        line = ["audit", "show", "--org", "Centre", "--since", since, "--json"]
        shown = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
        assert [step["action"] for step in json.loads(shown.stdout)["steps"]] == ["staff.added"] * 2
    line = ["audit", "show", "--org", "Centre", "--since", "0001-01-01T00:00:00+05:00"]
    refused = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "What was typed holds a number" in refused.stderr
    for never in (["--since", "9999-01-01"], ["--since", "2026-11-25", "--until", "2026-11-20"]):
        line = ["audit", "show", "--org", "Centre", *never]
        refused = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "It is not before --until." in refused.stderr

    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE audit_entry SET staff_id = gen_random_uuid() WHERE number = 2")
        )
    await engine.dispose()
    code, said = await type_("--kept", "2-" + "0" * 64)
    assert code == 1
    assert "Centre  BROKEN at line 2, which was edited" in said
    assert "The head that was kept is in no chain" in said


def test_lines_that_went_are_not_said_to_be_as_they_were() -> None:
    chain = {
        "name": "Centre",
        "shortened": 6,
        "shortened_at": "2031-11-25T04:00:00Z",
        "sealed": 13,
        "waiting": 0,
        "head": None,
        "broken": None,
    }

    assert _line(chain) == (
        "Centre  7 lines are as they were after the first 6, which went by 2031-11-25T04:00:00Z"
    )


def test_p10_what_is_deleted_since_is_counted_beside_the_people() -> None:
    assert _walked([], ["one"], []) == "About 1 people:\n/people/one"
    assert _walked([], ["one"], ["case"]) == (
        "About 1 people:\n/people/one\nAnd 1 deleted since, each perhaps of one more person:\ncase"
    )
