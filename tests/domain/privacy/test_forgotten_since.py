"""People who were forgotten after a backup are found again once it was restored."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from domain.returnees.enrolments import current_enrolment
from storage.sessions import SERVICE
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import ask, erase
from tests.postgres import DatabaseUrls

_PAGE = (Path(__file__).parents[3] / "docs/deployment.md").read_text()


@pytest.mark.parametrize("done", [True, False])
async def test_p6_whom_the_broken_database_had_forgotten_is_found_as_the_operator_is_told(
    centre: Centre, urls: DatabaseUrls, done: bool
) -> None:
    person, _ = await centre.person(), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        enrolment = await current_enrolment(session, person.id)
        assert enrolment is not None
    which_are_gone, which_had_asked, who = re.findall(
        r'^ +--command "(SELECT .*)"(?: \\)?$', _PAGE, re.MULTILINE
    )
    found = await typed(urls, who.replace("ID", str(person.id)))
    assert found == [(enrolment.pseudonym, centre.organisation.name)]

    await ask(centre.database, person)
    if done:
        await erase(centre.database)
    long_ago = re.sub("[0-9-]+ [0-9:]+Z", "2000-01-01 00:00Z", which_are_gone)
    assert await typed(urls, long_ago) == ([(person.id,)] if done else [])
    assert await typed(urls, which_had_asked) == ([] if done else [(person.id,)])


async def typed(urls: DatabaseUrls, statement: str) -> list[tuple[Any, ...]]:
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        rows = (await connection.execute(text(re.sub(":", r"\\:", statement)))).all()
    await engine.dispose()
    return [tuple(row) for row in rows]
