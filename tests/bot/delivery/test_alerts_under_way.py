"""Alerts that wait for whoever must hear of them no more by the time they leave (P2, P10)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from aiogram.methods import DeleteForumTopic, SendMessage
from sqlalchemy import select

from domain.actors import Actor
from domain.alerts.staff_group import name_staff_group
from domain.cases.topics import set_topic
from domain.channels.reaching import reach_staff
from domain.colleagues.leaving import disable_staff
from domain.notices import Notice
from domain.organisations import set_staff_chat
from domain.safeguarding.conflicts import keep_apart
from domain.signals.opening import hear
from domain.staff import add_staff, join_by_telegram
from domain.staff.accounts import renew_set_up
from storage.keys.keyring import Keyring
from storage.kinds import ConflictKind, OutboxState, Role
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import TRIES_IN_ORDER, OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.bot.on_its_way import packed, told
from tests.domain.centre import Centre

VERA, CHIEF, ANA, GROUP = 11, 12, 13, -100
ENDS = pytest.mark.parametrize("end", [disable_staff, renew_set_up])

End = Callable[[Session, Actor, UUID], Awaitable[object]]


@pytest.fixture
async def vera(centre: Centre) -> Actor:
    """Alone on duty; the supervisor hears what is called wider."""
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    return await centre.colleague(chat=VERA, on_duty=True)


async def goes(centre: Centre, vera: Actor, end: End) -> None:
    """Her phone was stolen, or she left."""
    head = await centre.colleague(Role.ADMIN)
    async with centre.database.begin(SERVICE) as session:
        await end(session, head, vera.staff_id)


async def is_kept_apart(centre: Centre, vera: Actor, person: Returnee) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, keeper, person.id, vera.staff_id, ConflictKind.EXCLUDED)


async def who_hears(centre: Centre, case: Case) -> list[int | str]:
    """The chats to which its code goes, once others were called in place of those it may not."""
    calls = [call for _ in range(2) for each in await packed(centre) for call in each.wire.calls]
    return [
        call.chat_id for call in calls if isinstance(call, SendMessage) and case.code in call.text
    ]


@ENDS
async def test_p2_an_alert_under_way_to_a_phone_that_is_no_colleagues_any_more_is_heard_by_others(
    centre: Centre, vera: Actor, end: End
) -> None:
    case = await centre.signal(await centre.person())
    await goes(centre, vera, end)

    assert await who_hears(centre, case) == [CHIEF]


async def test_p2_whose_access_is_renewed_keeps_no_case_that_calls_them_on_the_phone_they_lost(
    centre: Centre, vera: Actor
) -> None:
    """She alone was called, since she has it."""
    await centre.colleague(name="Ana", chat=ANA, on_duty=True)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        await hear(session, await session.get_one(Case, case.id))
    await goes(centre, vera, renew_set_up)

    assert await who_hears(centre, case) == [ANA]


@ENDS
async def test_p2_what_a_colleague_hears_beside_them_is_called_no_wider(
    centre: Centre, vera: Actor, end: End
) -> None:
    await centre.colleague(name="Ana", chat=ANA, on_duty=True)
    case = await centre.signal(await centre.person())
    await goes(centre, vera, end)

    assert await who_hears(centre, case) == [ANA]


@ENDS
async def test_p10_nothing_else_rings_on_that_phone_either_and_all_that_is_others_does(
    centre: Centre, vera: Actor, end: End
) -> None:
    """But that it was renewed, in case nobody of theirs asked for it, and a stranger's menu."""
    ana = await centre.colleague(name="Ana", chat=ANA)
    async with centre.database.begin(SERVICE) as session:
        called = [await session.get_one(Staff, each.staff_id) for each in (vera, ana)]
        await reach_staff(session, centre.organisation.id, called, Notice.STAFF_MUTING, {})
    await goes(centre, vera, end)

    renewed = [Notice.STAFF_RENEWED] if end is renew_set_up else []
    assert await told(centre, VERA) == ["commands", *renewed]
    assert await told(centre, ANA) == [Notice.STAFF_MUTING]


@ENDS
async def test_p10_an_alert_does_not_come_to_a_phone_that_is_another_teams_by_now(
    centre: Centre, vera: Actor, end: End
) -> None:
    case = await centre.signal(await centre.person())
    await goes(centre, vera, end)
    elsewhere = await Centre.open(centre.database, centre.clock, "Harbour")
    async with centre.database.begin(SERVICE) as session:
        there = await session.get_one(Organisation, elsewhere.organisation.id)
        new = await add_staff(session, "Vera Hoxha", there, Role.CASEWORKER)
        await join_by_telegram(session, new.telegram_code, VERA)

    assert await who_hears(centre, case) == [CHIEF]


async def test_p10_an_alert_under_way_passes_by_whoever_is_kept_apart_by_now_and_others_hear_it(
    centre: Centre, vera: Actor
) -> None:
    """Also where she has another way to be called."""
    await centre.channel(vera.staff_id)
    person = await centre.person()
    case, of_another = await centre.signal(person), await centre.signal(await centre.person())
    await is_kept_apart(centre, vera, person)

    assert await who_hears(centre, case) == [CHIEF]
    async with centre.database.begin(SERVICE) as session:
        of_that = OutboxRow.case_id == of_another.id
        assert (await session.scalars(select(OutboxRow).where(of_that))).one().leased_until


async def test_p10_what_stepped_aside_makes_no_topic_anew_for_somebody_kept_from_one_of_the_group(
    centre: Centre, vera: Actor
) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, GROUP)
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        set_topic(session, await session.get_one(Case, case.id), 7)
        for row in await session.scalars(select(OutboxRow)):
            if chat_of(row, session.keys) == GROUP:
                row.state, row.tries = OutboxState.HELD, TRIES_IN_ORDER
                row.not_before = session.now + timedelta(minutes=1)
    await is_kept_apart(centre, vera, person)
    taken = [call for each in await packed(centre) for call in each.wire.calls]
    assert DeleteForumTopic(chat_id=GROUP, message_thread_id=7) in taken
    await centre.all_arrives()

    centre.later(minutes=2)
    assert GROUP not in await who_hears(centre, case)


@pytest.mark.parametrize("instead", [None, -200])
async def test_p2_what_waits_for_a_group_that_is_given_up_goes_to_people_instead(
    centre: Centre, instead: int | None
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    await centre.colleague(on_duty=True)
    async with centre.database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, centre.organisation.id), GROUP)
    case = await centre.signal(await centre.person())
    assert await centre.alerted() == [GROUP]
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        await name_staff_group(session, ours, instead)

    heard = await who_hears(centre, case)
    assert CHIEF in heard
    assert GROUP not in heard


async def test_p2_an_alert_comes_while_keys_are_rotated_and_nothing_rings_on_a_lost_phone(
    centre: Centre, vera: Actor
) -> None:
    """What is put then has the newer hash of her chat, and she has the older one still."""
    keychain = centre.database.keychain
    keychain.held = keychain.keys = Keyring({1: b"k" * 32, 2: b"n" * 32})
    case = await centre.signal(await centre.person())
    assert await who_hears(centre, case) == [VERA]
    await centre.all_arrives()

    async with centre.database.begin(SERVICE) as session:
        called = [await session.get_one(Staff, vera.staff_id)]
        await reach_staff(session, centre.organisation.id, called, Notice.STAFF_MUTING, {})
    await goes(centre, vera, disable_staff)
    assert await told(centre, VERA) == ["commands"]
