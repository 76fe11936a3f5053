"""A topic in the staff group whose number no key opens any more stands in nobody's way."""

import pytest
from sqlalchemy import select

from domain.cases.topics import case_of_topic, set_topic
from domain.privacy.erasing import remove_case
from domain.safeguarding.conflicts import keep_apart
from storage.kinds import ConflictKind, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.safeguarding import kept_from
from tests.domain.centre import Centre


@pytest.fixture
async def damaged(centre: Centre) -> Case:
    case = await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Case, case.id)).staff_topic = b"damaged"
    return case


async def test_p10_somebody_is_kept_apart_though_the_topic_of_a_case_does_not_open(
    centre: Centre, damaged: Case
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING)
    vera = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        kind = ConflictKind.COMPLAINT
        await keep_apart(session, keeper, damaged.returnee_id, vera.staff_id, kind)

        assert [*await session.scalars(kept_from(damaged.returnee_id))] == [vera.staff_id]


async def test_p6_a_case_goes_though_its_topic_does_not_open(centre: Centre, damaged: Case) -> None:
    async with centre.database.begin(SERVICE) as session:
        await remove_case(session, await session.get_one(Case, damaged.id))

        assert await session.scalar(select(Case.id).where(Case.id == damaged.id)) is None


async def test_p1_what_is_written_in_another_topic_finds_its_case_all_the_same(
    centre: Centre, damaged: Case
) -> None:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        set_topic(session, await session.get_one(Case, case.id), 7)
        await session.flush()
        found = await case_of_topic(session, vera, 7)

    assert found is not None
    assert found.id == case.id
