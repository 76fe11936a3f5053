"""Alerts that Telegram refuses for good: others hear them at once, and hear why, once (P2)."""

import pytest
from sqlalchemy import select

from bot.delivery.courier import Courier
from bot.delivery.outcome import Taken, failed
from domain.actors import Actor
from domain.casework.work import note
from domain.channels.telegram import takes_nothing
from domain.organisations import set_staff_chat
from domain.staff.telegram import chat_of_staff, takes_again
from simulator.memory.users import User
from storage.kinds import NoticeClass, OutboxState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.staff import Staff
from tests.bot.delivering import deliver, user, words
from tests.domain.centre import Centre
from tests.simulator_server import RunningSimulator


@pytest.fixture
def chief(telegram: RunningSimulator) -> User:
    return user(telegram)


@pytest.fixture
async def vera(centre: Centre, telegram: RunningSimulator, chief: User) -> Actor:
    """On duty, and has blocked the bot; the supervisor behind her is not on duty."""
    gone = user(telegram)
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=chief.id)
    vera = await centre.colleague(chat=gone.id, on_duty=True)
    telegram.simulator.phones.block(gone.id)
    return vera


async def everything_is_sent(courier: Courier) -> None:
    for _ in range(3):
        await deliver(courier)


def heard(telegram: RunningSimulator, person: User, what: str) -> int:
    return sum(what in said for said in words(telegram, person))


async def in_vain(centre: Centre) -> int:
    async with centre.database.begin(SERVICE) as session:
        failed = OutboxRow.state == OutboxState.FAILED
        return len((await session.scalars(select(OutboxRow.id).where(failed))).all())


@pytest.mark.usefixtures("vera")
async def test_p2_an_alert_that_never_arrives_is_heard_by_others_at_once_and_calls_in_no_ring(
    centre: Centre, courier: Courier, telegram: RunningSimulator, chief: User
) -> None:
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await everything_is_sent(courier)

    assert heard(telegram, chief, case.code) == 1
    assert heard(telegram, chief, "A channel for alerts fails: Telegram") == 1
    assert (await centre.fresh(case)).alerts_sent == 3
    # The first alert, and the wider one.
    assert await in_vain(centre) == 2


@pytest.mark.usefixtures("vera")
async def test_p2_that_telegram_takes_nothing_for_a_colleague_is_told_once(
    centre: Centre, courier: Courier, telegram: RunningSimulator, chief: User
) -> None:
    for _ in range(3):
        await centre.signal(await centre.person(), Severity.URGENT)
        await everything_is_sent(courier)

    assert heard(telegram, chief, "A channel for alerts fails: Telegram") == 1


@pytest.mark.usefixtures("vera")
async def test_p2_what_a_colleague_heard_is_called_no_wider_but_that_one_is_unreachable_is_told(
    centre: Centre, courier: Courier, telegram: RunningSimulator, chief: User
) -> None:
    there = user(telegram)
    await centre.colleague(name="Ana", chat=there.id, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await everything_is_sent(courier)

    assert (heard(telegram, there, case.code), heard(telegram, chief, case.code)) == (1, 0)
    assert heard(telegram, chief, "A channel for alerts fails: Telegram") == 1
    assert (await centre.fresh(case)).alerts_sent == 1


@pytest.mark.parametrize("works", [True, False])
async def test_p2_whoever_has_another_channel_that_works_is_reached(
    centre: Centre,
    courier: Courier,
    telegram: RunningSimulator,
    chief: User,
    vera: Actor,
    works: bool,
) -> None:
    await centre.channel(vera.staff_id, works=works)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await everything_is_sent(courier)

    assert heard(telegram, chief, case.code) == (0 if works else 1)


async def test_p2_a_case_that_waits_for_nobody_is_called_no_wider(
    centre: Centre, courier: Courier, telegram: RunningSimulator, chief: User, vera: Actor
) -> None:
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await centre.claims(vera, case)
    await everything_is_sent(courier)

    assert heard(telegram, chief, case.code) == 0
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Staff, vera.staff_id)).telegram_fails_since is not None


@pytest.mark.parametrize("acts", [False, True])
async def test_p2_a_case_whose_worker_does_not_get_that_it_needs_them_is_anybody_elses_at_once(
    centre: Centre,
    courier: Courier,
    telegram: RunningSimulator,
    chief: User,
    vera: Actor,
    acts: bool,
) -> None:
    """Unless they did something in it meanwhile."""
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    await centre.all_arrives()
    await centre.signal(person, Severity.URGENT)
    if acts:
        async with centre.database.begin(SERVICE) as session:
            await note(session, vera, case.id, "I see it.")
    await everything_is_sent(courier)

    assert heard(telegram, chief, case.code) == (0 if acts else 1)
    assert ((await centre.fresh(case)).claimed_by == vera.staff_id) is acts


@pytest.mark.parametrize("late", ["an update", "a send"])
async def test_what_tells_late_of_a_block_blocks_no_colleague_who_was_heard_of_since(
    centre: Centre, vera: Actor, late: str
) -> None:
    async with centre.database.begin(SERVICE) as session:
        began = session.now
    await centre.signal(await centre.person(), Severity.URGENT)
    async with centre.database.begin(SERVICE) as session:
        theirs = OutboxRow.notice_class == NoticeClass.STAFF
        sent = (await session.scalars(select(OutboxRow.id).where(theirs))).one()
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.staff_id)
        chat_id = chat_of_staff(session, staff)
        assert chat_id is not None
        takes_again(session, staff, chat_id)
    async with centre.database.begin(SERVICE) as session:
        if late == "an update":
            await takes_nothing(session, await session.get_one(Staff, vera.staff_id), began)
        else:
            await failed(session, Taken(sent, 0), "blocked", blocked=True)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Staff, vera.staff_id)).telegram_fails_since is None


@pytest.mark.parametrize("whose", ["ours", "another's"])
async def test_p2_what_the_staff_group_did_not_get_is_heard_through_a_channel_of_ours_alone(
    centre: Centre, courier: Courier, telegram: RunningSimulator, chief: User, whose: str
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=chief.id)
    await centre.colleague(on_duty=True)
    another = await Centre.open(centre.database, centre.clock, "Harbour")
    await (centre if whose == "ours" else another).channel()
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, -7)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await everything_is_sent(courier)

    assert heard(telegram, chief, case.code) == (0 if whose == "ours" else 1)


async def test_p2_that_the_staff_group_takes_nothing_is_told_once_until_something_comes_there_again(
    centre: Centre, courier: Courier, telegram: RunningSimulator, chief: User
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=chief.id)
    owner = user(telegram)
    group = telegram.add_group("Staff", owner)
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, group.id)

    async def told_of_a_case() -> tuple[int, bool]:
        await centre.signal(await centre.person(), Severity.URGENT)
        await everything_is_sent(courier)
        async with centre.database.begin(SERVICE) as session:
            ours = await session.get_one(Organisation, centre.organisation.id)
            fails = ours.staff_chat_fails_since is not None
        return heard(telegram, chief, "A channel for alerts fails: Telegram"), fails

    assert await told_of_a_case() == (0, False)
    telegram.simulator.phones.kick_bot(owner.id, group.id)
    assert await told_of_a_case() == (1, True)
    assert await told_of_a_case() == (1, True)
    group.members[telegram.simulator.world.bot.id] = "member"
    assert await told_of_a_case() == (1, False)
