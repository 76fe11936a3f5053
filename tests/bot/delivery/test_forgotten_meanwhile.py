"""What is on its way to a phone while whoever has it is forgotten (P6)."""

from datetime import timedelta

import pytest
from aiogram.methods import DeleteMessages, SendMessage
from sqlalchemy import delete, select

from bot.delivery.outcome import postponed, sent
from bot.delivery.sending import Sent
from domain.alerts.telling import escalate
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.erasing import erase_one, remove_case
from domain.privacy.letting_go import let_go
from domain.returnees.chats import chat_id_of, give_phone
from domain.returnees.enrolments import add_returnee
from storage.kinds import OutboxState
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxLane, OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from tests.bot.on_its_way import leaves, packed, told
from tests.bot.outgoing import HURRIED
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre

pytestmark = pytest.mark.usefixtures("morning")

NUMBER, BEFORE, SINCE = 7, 8, 9


async def chat_of_person(centre: Centre, person: Returnee) -> int:
    async with centre.database.begin(SERVICE) as session:
        return chat_id_of(session, await session.get_one(Returnee, person.id))


async def passed_on(session: Session, centre: Centre, person: Returnee) -> tuple[Returnee, Erasure]:
    """By staff, so that the phone is told nothing of it."""
    erasure = Erasure(
        returnee_id=person.id,
        asked_at=session.now,
        asked_by=(await centre.colleague()).staff_id,
        not_before=session.now,
    )
    session.add(erasure)
    await session.flush()
    return await session.get_one(Returnee, person.id), erasure


async def test_p6_what_comes_after_its_person_was_let_go_is_taken_off_the_phone(
    centre: Centre,
) -> None:
    person = await centre.person()
    chat = await chat_of_person(centre, person)
    taken = await leaves(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await let_go(session, *await passed_on(session, centre, person))
    async with centre.database.begin(SERVICE) as session:
        await sent(session, HURRIED, [(taken, Sent(NUMBER))])

    assert [NUMBER] in await told(centre, chat)
    assert Notice.FORGOTTEN not in await told(centre, chat)


async def test_p6_what_comes_when_nothing_of_them_is_left_is_taken_off_the_phone(
    centre: Centre,
) -> None:
    """The operator's command waits for nothing."""
    person = await centre.person()
    chat = await chat_of_person(centre, person)
    taken = await leaves(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await passed_on(session, centre, person)
    is_left = True
    while is_left:
        async with centre.database.begin(SERVICE) as session:
            is_left = (await erase_one(session, person.id)).anything
    async with centre.database.begin(SERVICE) as session:
        await sent(session, HURRIED, [(taken, Sent(NUMBER))])

    assert [NUMBER] in await told(centre, chat)


async def test_p6_race_of_letting_somebody_go_and_what_comes_to_their_phone(
    centre: Centre,
) -> None:
    """Neither has seen the other: it is found as the chat is emptied."""
    person = await centre.person()
    taken = await leaves(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await let_go(session, *await passed_on(session, centre, person))
        await session.flush()
        async with centre.database.begin(SERVICE) as courier:
            await sent(courier, HURRIED, [(taken, Sent(NUMBER))])

    calls = [call for parcel in await packed(centre) for call in parcel.wire.calls]
    assert [call.message_ids for call in calls if isinstance(call, DeleteMessages)] == [[NUMBER]]


async def test_p6_what_was_tried_in_vain_does_not_go_once_they_are_let_go(centre: Centre) -> None:
    person = await centre.person()
    taken = await leaves(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await ask_to_be_forgotten(session, await session.get_one(Returnee, person.id))
        await postponed(session, taken, HURRIED, "network")
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        # Nor does its chat wait for it.
        await session.execute(delete(OutboxLane))
    await packed(centre)

    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(OutboxRow, taken.id)).state is OutboxState.CANCELLED


async def test_p2_what_staff_are_told_stays_though_the_case_is_gone(centre: Centre) -> None:
    await centre.colleague(chat=501, on_duty=True)
    case = await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        await escalate(session)
    [alert] = await packed(centre)
    assert alert.taken.chat_id == 501
    async with centre.database.begin(SERVICE) as session:
        await remove_case(session, await session.get_one(Case, case.id))
    async with centre.database.begin(SERVICE) as session:
        await sent(session, HURRIED, [(alert.taken, Sent(NUMBER))])

    assert await told(centre, 501) == []


async def test_p12_what_another_taker_sent_for_a_slow_one_stays(centre: Centre) -> None:
    person = await centre.person()
    chat = await chat_of_person(centre, person)
    taken = await leaves(centre, person)
    for _ in range(2):
        async with centre.database.begin(SERVICE) as session:
            await sent(session, HURRIED, [(taken, Sent(NUMBER))])

    assert await told(centre, chat) == []


async def seen(centre: Centre, chat: int, number: int) -> None:
    """A message stands in that chat."""
    async with centre.database.begin(SERVICE) as session:
        await leave_traces(session, [(session.keys.look_up(chat, "chat"), number)])


async def begins_anew(centre: Centre, person: Returnee, chat: int, who: str) -> None:
    async with centre.database.begin(SERVICE) as session:
        if who == "they":
            # A worker took it back for them.
            give_phone(session, await session.get_one(Returnee, person.id), chat)
        else:
            organisation = await session.get_one(Organisation, centre.organisation.id)
            await add_returnee(session, chat, organisation, "sq")
    await seen(centre, chat, SINCE)


async def comes_to(centre: Centre, chat: int) -> list[DeleteMessages | SendMessage]:
    calls = [call for parcel in await packed(centre) for call in parcel.wire.calls]
    return [
        call
        for call in calls
        if isinstance(call, DeleteMessages | SendMessage) and call.chat_id == chat
    ]


@pytest.mark.parametrize("anew", [False, True])
async def test_p6_p11_that_all_is_forgotten_is_not_said_in_a_chat_that_began_anew_by_night(
    centre: Centre, anew: bool
) -> None:
    """It was to be said in the morning, and would take away what was said since, unread."""
    set_clock(centre.clock, MORNING.replace(hour=22))
    person = await centre.person()
    chat = await chat_of_person(centre, person)
    async with centre.database.begin(SERVICE) as session:
        # A human looked after a cry for help first.
        an_hour_ago = session.now - timedelta(hours=1)
        erasure = Erasure(returnee_id=person.id, asked_at=an_hour_ago, not_before=session.now)
        session.add(erasure)
        await session.flush()
        await let_go(session, await session.get_one(Returnee, person.id), erasure)
    await centre.all_arrives()
    if anew:
        await begins_anew(centre, person, chat, "somebody")

    async with centre.database.begin(SERVICE) as session:
        held = OutboxRow.state == OutboxState.HELD
        hour = (await session.scalars(select(OutboxRow.not_before).where(held))).one()
    set_clock(centre.clock, hour + timedelta(minutes=1))
    assert [type(call) for call in await comes_to(centre, chat)] == [SendMessage] * (not anew)


@pytest.mark.parametrize("who", ["they", "somebody"])
async def test_p6_p11_of_a_chat_that_began_anew_only_what_was_to_go_is_taken_away(
    centre: Centre, who: str
) -> None:
    """Telegram was out of reach all the while."""
    person = await centre.person()
    chat = await chat_of_person(centre, person)
    await seen(centre, chat, BEFORE)
    async with centre.database.begin(SERVICE) as session:
        await ask_to_be_forgotten(session, await session.get_one(Returnee, person.id))
    await begins_anew(centre, person, chat, who)

    [gone] = await comes_to(centre, chat)
    assert isinstance(gone, DeleteMessages)
    assert gone.message_ids == [BEFORE]
