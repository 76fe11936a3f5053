"""Organisations that are added: no two of one name, of one staff group, or for everybody else."""

import asyncio

import pytest

from domain.errors import Refused
from domain.organisations import add_organisation, default_organisation
from storage.sessions import SERVICE, Database
from tests.racing import stands_still


async def test_a_group_that_is_another_organisation_s_is_refused(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Harbour", staff_chat=-100)
        with pytest.raises(Refused, match="This is the staff group of Harbour already"):
            await add_organisation(session, "Hope", staff_chat=-100)
        await add_organisation(session, "Home")


@pytest.mark.parametrize("name", ["Harbour", "Hope"])
async def test_two_that_are_added_at_the_same_moment_come_one_after_the_other(
    database: Database, name: str
) -> None:
    async def second() -> str:
        async with database.begin(SERVICE) as session:
            try:
                return (await add_organisation(session, name)).name
            except Refused as refusal:
                return str(refusal)

    async with asyncio.TaskGroup() as group, database.begin(SERVICE) as session:
        await add_organisation(session, "Harbour")
        adding = group.create_task(second())
        await stands_still(database, adding)
    async with database.begin(SERVICE) as session:
        assert (await default_organisation(session)).name == "Harbour"
    taken = "There is an organisation called Harbour already."
    assert adding.result() == (taken if name == "Harbour" else name)
