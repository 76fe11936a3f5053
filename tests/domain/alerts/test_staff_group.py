"""The staff group of an organisation: named later than it, or another in its place."""

import asyncio

import pytest
from sqlalchemy import select

from domain.alerts.staff_group import name_staff_group
from domain.cases.topics import case_of_topic, set_topic, topic_of
from domain.channels.telegram import group_takes_nothing
from domain.errors import Refused
from domain.notices import Notice
from domain.organisations import add_organisation, find_organisation, organisation_of_chat
from storage.kinds import CaseState, Role
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.racing import stands_still

GROUP, ANOTHER = -100, -200
TOPIC = 5


async def named(centre: Centre, chat_id: int | None) -> None:
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        await name_staff_group(session, ours, chat_id)


async def in_a_topic(centre: Centre, topic: int = TOPIC) -> Case:
    case = await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        set_topic(session, await session.get_one(Case, case.id), topic)
    return case


async def topic_now(centre: Centre, case: Case) -> int | None:
    async with centre.database.begin(SERVICE) as session:
        return topic_of(session, await session.get_one(Case, case.id))


async def test_a_group_that_is_named_later_hears_of_the_next_case_and_one_that_is_none_any_more_not(
    centre: Centre,
) -> None:
    for chat_id in (None, GROUP, ANOTHER, None):
        await named(centre, chat_id)
        await centre.signal(await centre.person())

    assert [alert.chat for alert in await centre.sent(Notice.STAFF_ALERT)] == [GROUP, ANOTHER]


async def test_what_is_written_in_another_group_goes_to_nobody_by_a_number_of_the_one_before(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    await named(centre, GROUP)
    case = await in_a_topic(centre)
    await named(centre, ANOTHER)

    async with centre.database.begin(SERVICE) as session:
        assert await case_of_topic(session, vera, TOPIC) is None
    assert await topic_now(centre, case) is None


@pytest.mark.parametrize("chat_id", [ANOTHER, None])
async def test_p6_the_topics_go_from_a_group_that_is_given_up_while_anybody_can_delete_them(
    centre: Centre, chat_id: int | None
) -> None:
    """Of a closed talk, too, and of one whose words a release forgot that left its topic."""
    await named(centre, GROUP)
    going, gone = await in_a_topic(centre, 5), await in_a_topic(centre, 6)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Case, going.id)).state = CaseState.RESOLVED
        (await session.get_one(Case, gone.id)).words_forgotten_at = session.now
    await named(centre, chat_id)

    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow))).all()
        put = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    deleted = [(chat, said["delete_topic"]) for chat, said in put if "delete_topic" in said]
    assert sorted(deleted) == [(GROUP, 5), (GROUP, 6)]
    assert await topic_now(centre, going) is await topic_now(centre, gone) is None


async def test_the_same_group_named_again_keeps_its_topics(centre: Centre) -> None:
    await named(centre, GROUP)
    case = await in_a_topic(centre)
    await named(centre, GROUP)

    assert await topic_now(centre, case) == TOPIC


async def test_topics_of_another_organisation_stay(centre: Centre) -> None:
    other = await Centre.open(centre.database, centre.clock, "Kyiv")
    await named(other, ANOTHER)
    theirs = await in_a_topic(other)
    await named(centre, GROUP)
    await named(centre, None)

    assert await topic_now(other, theirs) == TOPIC


async def test_the_group_of_another_organisation_is_refused(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        await add_organisation(session, "Harbour", staff_chat=GROUP)

    with pytest.raises(Refused, match="This is the staff group of Harbour already"):
        await named(centre, GROUP)


@pytest.mark.parametrize("instead", [ANOTHER, None])
async def test_race_of_a_group_that_takes_nothing_and_another_in_its_place_tells_nobody_of_that(
    centre: Centre, instead: int | None
) -> None:
    await centre.colleague(Role.SUPERVISOR, chat=7)
    await named(centre, GROUP)

    async def fails() -> None:
        async with centre.database.begin(SERVICE) as session:
            ours = await organisation_of_chat(session, GROUP)
            assert ours is not None
            await group_takes_nothing(session, ours)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        ours = await find_organisation(session, centre.organisation.name, lock=True)
        failing = group.create_task(fails())
        await stands_still(centre.database, failing)
        assert not failing.done()
        await name_staff_group(session, ours, instead)

    assert await centre.sent(Notice.STAFF_CHANNEL_FAILS) == []
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        assert ours.staff_chat_fails_since is None
