"""A topic that Telegram does not let us delete: somebody hears so, who can do it by hand (P6)."""

import pytest

from bot.delivery.courier import Courier
from domain.alerts.staff_group import name_staff_group
from domain.cases.topics import set_topic
from domain.organisations import set_staff_chat
from domain.privacy.erasing import remove_case
from domain.safeguarding.conflicts import keep_apart
from simulator.memory.chats import Chat
from storage.kinds import ConflictKind, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from tests.bot.delivering import deliver, user, words
from tests.domain.centre import Centre
from tests.simulator_server import RunningSimulator

TOPIC, ANOTHER = 501, 502


@pytest.fixture
async def group(centre: Centre, telegram: RunningSimulator) -> Chat:
    """Where the bot may make topics, and not delete them."""
    group = telegram.add_group("Staff", user(telegram), is_forum=True)
    group.bot_rights.remove("can_delete_messages")
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, group.id)
    return group


async def in_a_topic(centre: Centre, topic: int) -> Case:
    case = await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        set_topic(session, await session.get_one(Case, case.id), topic)
    return case


@pytest.mark.usefixtures("group")
async def test_p6_a_topic_of_somebody_forgotten_that_stays_is_told_to_whoever_can_delete_it(
    centre: Centre, courier: Courier, telegram: RunningSimulator
) -> None:
    worker, lead = user(telegram), user(telegram)
    await centre.colleague(chat=worker.id)
    await centre.colleague(Role.COORDINATOR, chat=lead.id)
    case = await in_a_topic(centre, TOPIC)
    async with centre.database.begin(SERVICE) as session:
        await remove_case(session, await session.get_one(Case, case.id))
    await deliver(courier)
    await deliver(courier)

    told = [
        said for said in words(telegram, lead) if "that the console does not know any more" in said
    ]
    assert len(told) == 1
    assert case.code not in told[0]
    assert not any("delete" in said for said in words(telegram, worker))


@pytest.mark.usefixtures("group")
async def test_p10_of_a_topic_that_stays_whoever_is_kept_apart_from_its_person_hears_nothing(
    centre: Centre, courier: Courier, telegram: RunningSimulator
) -> None:
    apart, admin = user(telegram), user(telegram)
    kept = await centre.colleague(Role.SUPERVISOR, chat=apart.id)
    keeper = await centre.colleague(Role.ADMIN, chat=admin.id, name="Lena")
    case = await in_a_topic(centre, TOPIC)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, keeper, case.returnee_id, kept.staff_id, ConflictKind.COMPLAINT)
    await deliver(courier)
    await deliver(courier)

    assert any(f"The topic {case.code}" in said for said in words(telegram, admin))
    assert not any("delete" in said for said in words(telegram, apart))


@pytest.mark.usefixtures("group")
async def test_p6_topics_that_all_stay_in_a_group_that_was_given_up_are_told_once(
    centre: Centre, courier: Courier, telegram: RunningSimulator
) -> None:
    admin = user(telegram)
    await centre.colleague(Role.ADMIN, chat=admin.id)
    for topic in (TOPIC, ANOTHER):
        await in_a_topic(centre, topic)
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        await name_staff_group(session, ours, None)
    await deliver(courier)
    await deliver(courier)

    assert sum("in a group that you gave up, all topics" in s for s in words(telegram, admin)) == 1


async def test_p6_a_topic_that_is_gone_already_is_told_to_nobody(
    centre: Centre, courier: Courier, telegram: RunningSimulator, group: Chat
) -> None:
    group.bot_rights.add("can_delete_messages")
    admin = user(telegram)
    await centre.colleague(Role.ADMIN, chat=admin.id)
    case = await in_a_topic(centre, TOPIC)
    async with centre.database.begin(SERVICE) as session:
        await remove_case(session, await session.get_one(Case, case.id))
    await deliver(courier)
    await deliver(courier)

    assert telegram.calls("deleteForumTopic")
    assert not any("delete" in said for said in words(telegram, admin))
