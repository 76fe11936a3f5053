"""`wayhome erase`, as the operator types it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from domain.organisations import add_organisation
from domain.privacy.erasing import erase_next
from domain.returnees.enrolments import add_returnee, current_enrolment
from domain.signals.opening import open_or_append
from storage.keys.files import make_key_file, read_key_file
from storage.kinds import CaseState, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls
from tests.process import Operator


@pytest.fixture
def operator(tmp_path: Path, urls: DatabaseUrls) -> Operator:
    make_key_file(tmp_path / "key")
    return Operator(
        {"WAYHOME_DATA_DIR": str(tmp_path), "WAYHOME_DATABASE_URL": urls.run_url}, tmp_path, 0
    )


async def enrolled(operator: Operator, urls: DatabaseUrls, *, in_danger: bool = False) -> str:
    database = Database(urls.run_url, read_key_file(operator.folder / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre")
        returnee = await add_returnee(session, 4711, centre, "en")
        enrolment = await current_enrolment(session, returnee.id)
        assert enrolment is not None
        if in_danger:
            await open_or_append(session, returnee, centre.id, Severity.EMERGENCY, ["violence"])
    await database.close()
    return enrolment.pseudonym


async def close_cases_and_tick(operator: Operator, urls: DatabaseUrls) -> None:
    database = Database(urls.run_url, read_key_file(operator.folder / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        await session.execute(update(Case).values(state=CaseState.RESOLVED))
    while True:
        async with database.begin(SERVICE) as session:
            if not await erase_next(session):
                break
    await database.close()


async def left(operator: Operator, urls: DatabaseUrls) -> int:
    database = Database(urls.run_url, read_key_file(operator.folder / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        found = await session.scalar(select(func.count()).select_from(Returnee))
    await database.close()
    return found or 0


async def test_p6_the_operator_erases_somebody_by_their_made_up_name(
    operator: Operator, urls: DatabaseUrls
) -> None:
    name = await enrolled(operator, urls)
    assert (await operator.type("erase", name))[0] == 2
    assert await left(operator, urls) == 1

    code, out, _ = await operator.type("erase", name, "--org", "Centre", "--yes", "--json")

    assert code == 0
    assert json.loads(out) == {"pseudonym": name, "erased": True, "waits_for_case": None}
    assert await left(operator, urls) == 0


async def test_p6_p1_an_open_cry_for_help_comes_first_and_the_wish_is_kept_until_it_is_closed(
    operator: Operator, urls: DatabaseUrls
) -> None:
    name = await enrolled(operator, urls, in_danger=True)

    code, out, _ = await operator.type("erase", name, "--yes", "--json")

    assert code == 0
    assert json.loads(out)["waits_for_case"]
    assert json.loads(out)["erased"] is False
    assert await left(operator, urls) == 1
    await close_cases_and_tick(operator, urls)
    assert await left(operator, urls) == 0
