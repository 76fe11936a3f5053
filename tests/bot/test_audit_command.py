"""`wayhome audit check`, as an operator or an auditor types it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.audit_chain import seal
from storage.key_files import read_key_file
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls
from tests.process import operator_of


@dataclass
class NoTelegram:
    url: str = "http://localhost:9"
    token: str = "1:none"


async def test_p10_the_check_names_the_line_that_was_touched_and_knows_a_kept_head(
    tmp_path: Path, urls: DatabaseUrls
) -> None:
    operator = operator_of(tmp_path, urls.run_url, NoTelegram())
    await operator.ask("org", "add", "Centre")
    for name in ("Vera", "Ana"):
        await operator.ask("staff", "add", name, "--org", "Centre", "--role", "caseworker")
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        assert await seal(session) == 2
    await database.close()

    whole = await operator.ask("audit", "check")
    [chain] = whole["organisations"]
    assert (whole["ok"], whole["kept_found"]) == (True, None)
    assert (chain["name"], chain["sealed"], chain["waiting"]) == ("Centre", 2, 0)
    assert (await operator.ask("audit", "check", "--kept", chain["head"]))["kept_found"] is True

    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE audit_entry SET staff_id = gen_random_uuid() WHERE number = 2")
        )
    await engine.dispose()
    code, said, _ = await operator.type("audit", "check", "--kept", "2-" + "0" * 64)
    assert code == 1
    assert "Centre  BROKEN at line 2, which was edited" in said
    assert "The head that was kept is in no chain" in said
