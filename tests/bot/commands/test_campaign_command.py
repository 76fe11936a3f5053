"""`wayhome campaign`, as the operator types it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.commands.main import app
from domain.actors import Operator
from domain.campaigns import draft
from domain.campaigns.file import read
from domain.consent import give_consent
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee, enrol
from storage.keys.files import make_key_file, read_key_file
from storage.kinds import Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls
from tests.racing import stands_still

FILE = """
name = "First month"
questionnaire = "safety-and-needs"
time = "2099-05-05T18:00"
"""


@pytest.mark.parametrize("whose", [("--org", "Centre"), ()], ids=["named", "default"])
async def test_a_campaign_goes_from_its_file_to_its_end_on_the_shell(
    tmp_path: Path, urls: DatabaseUrls, whose: tuple[str, ...]
) -> None:
    make_key_file(tmp_path / "key")
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}

    async def types(*line: str) -> Any:
        words = ["campaign", *line, *whose, "--json"]
        return await asyncio.to_thread(CliRunner().invoke, app, words, env=env)

    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre")
        await add_organisation(session, "Another")
        for chat in (4711, 4712):
            returnee = await add_returnee(session, chat, centre, "en")
            (new,) = await issue_invites(session, centre.id)
            await enrol(session, returnee, centre, (await redeem_invite(session, new.code)).id)
            await give_consent(session, returnee, Purpose.CHECK_INS, chat == 4711, "1")
    file = tmp_path / "first.toml"
    file.write_text(FILE)
    seen = []
    for line in (
        ("import", str(file)),
        ("import", str(file)),
        ("preview", str(file)),
        ("start", "First month"),
        ("undo", "First month"),
        ("start", "First month"),
        ("pause", "First month"),
        ("stop", "First month"),
    ):
        typed = await types(*line)
        assert typed.exit_code == 0, typed.stderr
        seen.append(json.loads(typed.stdout))
    again = await types("stop", "First month")
    unknown = await types("start", "Second month")
    file.write_text("name =")
    damaged = await types("import", str(file))
    async with database.begin(SERVICE) as session:
        lines = await session.execute(select(AuditEntry.action, AuditEntry.staff_id))
    await database.close()

    assert [each["state"] for each in seen] == [
        "draft", "draft", "draft", "running", "draft", "running", "paused", "stopped",
    ]  # fmt: skip
    assert (seen[2]["included"], seen[2]["excluded"]) == (1, {"no-consent": 1})
    assert (again.exit_code, again.stderr.strip()) == (1, "This check-in is stopped already.")
    assert unknown.exit_code == damaged.exit_code == 1
    assert unknown.stderr.startswith("There is no campaign Second month: ")
    assert damaged.stderr.startswith(f"{file}: This is no TOML: ")
    assert ("campaign.started", None) in lines.all()


async def test_a_file_that_is_brought_twice_at_the_same_moment_is_brought_once(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    make_key_file(tmp_path / "key")
    (tmp_path / "first.toml").write_text(FILE)
    env = {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}
    line = ["campaign", "import", str(tmp_path / "first.toml")]
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre")
    async with asyncio.TaskGroup() as group, database.begin(SERVICE) as session:
        await draft(session, Operator(centre.id), read(FILE.encode()))
        typing = group.create_task(asyncio.to_thread(CliRunner().invoke, app, line, env=env))
        await stands_still(database, typing)
    await database.close()

    sentence = "There is a check-in called First month already.\n"
    assert (typing.result().exit_code, typing.result().stderr) == (1, sentence)
