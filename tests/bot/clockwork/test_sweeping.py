"""What is not needed any more goes by itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.clockwork import sweeping
from bot.clockwork.sweeping import sweep
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.messages.recent_words import forget_recent, keep_recent, remember
from domain.organisations import add_organisation
from storage.inbox.arrivals import take_in
from storage.inbox.handled import mark_handled
from storage.inbox.lanes import heads_of_lanes
from storage.kinds import Discretion, NoticeClass, OutboxState
from storage.outbox.letters import Delivery
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE, Clock, Database
from storage.tables.every import Base
from storage.tables.inbox import InboxRow
from storage.tables.outbox import OutboxLane, OutboxRow
from storage.tables.returnees import Invite
from storage.tables.service import DialogState
from storage.tables.traces import Trace
from tests.bot.delivering import accompanied
from tests.documents import content_of, put

CHAT = 4242
TOO_LONG = timedelta(hours=49)
# In these a chat is known to be somebody's: an organisation's, its staff's, or of a person whom it
# accompanies, or who is to hear that they are forgotten.
OF_SOMEBODY = {"organisation", "staff", "returnee", "erasure"}
OF_ANY_CHAT = {
    table.name
    for table in Base.metadata.sorted_tables
    if any(column.name == "lane" or "chat" in column.name for column in table.columns)
} - OF_SOMEBODY
UPDATE = {"update_id": 1, "message": {"chat": {"id": CHAT}, "text": "a word"}}


async def rows_of(database: Database, table: type[Any]) -> list[Any]:
    async with database.begin(SERVICE) as session:
        return list(await session.scalars(select(table)))


async def that_hold_something(database: Database) -> set[str]:
    """Of the tables in which whatever is linked to any chat lies."""
    async with database.begin(SERVICE) as session:
        return {
            name
            for name in OF_ANY_CHAT
            if await session.scalar(select(func.count()).select_from(Base.metadata.tables[name]))
        }


async def pass_two_days(database: Database, clock: Clock) -> None:
    clock.offset = timedelta(hours=48, minutes=1)
    async with database.begin(SERVICE) as session:
        await sweep(session)


async def test_p6_an_update_loses_its_words_when_handled_and_its_number_two_days_later(
    database: Database, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        await take_in(session, [UPDATE])
    async with database.begin(SERVICE) as session:
        [row] = await heads_of_lanes(session, 1)
        await mark_handled(session, [row.number])

    (kept,) = await rows_of(database, InboxRow)
    assert (kept.update_id, kept.payload) == (1, None)

    async with database.begin(SERVICE) as session:
        await session.execute(
            update(InboxRow).values(handled_at=session.database_now - timedelta(hours=49))
        )
    await pass_two_days(database, clock)

    assert await rows_of(database, InboxRow) == []


async def test_p6_words_agreed_on_for_an_invite_go_with_it_when_nobody_comes(
    database: Database, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Harbour")
        await issue_invites(session, organisation.id, words=("lantern", "river"))
    clock.offset = timedelta(hours=71)
    async with database.begin(SERVICE) as session:
        assert await sweep(session) == 0
    clock.offset = timedelta(hours=73)
    async with database.begin(SERVICE) as session:
        assert await sweep(session) == 1
        assert await sweep(session) == 0

    [invite] = await rows_of(database, Invite)
    assert invite.words is None


async def test_an_invite_that_nobody_used_goes_a_year_after_it_ended_and_one_that_was_used_stays(
    database: Database, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Harbour")
        used, _ = await issue_invites(session, organisation.id, count=2)
        await redeem_invite(session, used.code)
    left = []
    for days in (367, 369):
        clock.offset = timedelta(days=days)
        async with database.begin(SERVICE) as session:
            await sweep(session)
        left.append([invite.used_at is None for invite in await rows_of(database, Invite)])

    assert [sorted(each) for each in left] == [[False, True], [False]]


async def test_p6_of_a_chat_without_an_enrolment_nothing_is_left_after_two_days(
    database: Database, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        key, long_ago = session.keys.look_up(CHAT, "chat"), session.database_now - TOO_LONG
        row = await put(session, CHAT, {"delete": [1]}, Delivery(NoticeClass.REPLY))
        row.state, row.content, row.finished_at = OutboxState.SENT, None, session.now
        await take_in(session, [UPDATE])
        await session.execute(update(InboxRow).values(handled_at=long_ago))
        session.add(OutboxLane(lane=key, open_at=long_ago))
        session.add(DialogState(key=key, data=b"somewhere", changed_at=session.now))
        session.add(Trace(chat_key=key, message_id=1, sent_at=session.now))
        remember(session, CHAT, 1, "a word")
        await keep_recent(session)
    assert await that_hold_something(database) == OF_ANY_CHAT

    await pass_two_days(database, clock)
    async with database.begin(SERVICE) as session:
        await forget_recent(session)

    assert await that_hold_something(database) == set()


async def test_of_chats_that_may_be_written_to_again_nothing_is_kept_until_they_are(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        past, soon = (session.database_now + timedelta(minutes=step) for step in (-61, 5))
        session.add(OutboxLane(lane=b"open again", open_at=past, closed_until=past))
        session.add(OutboxLane(lane=b"has its turn later", open_at=soon))
        session.add(OutboxLane(lane=b"told to wait", open_at=past, closed_until=soon))
    async with database.begin(SERVICE) as session:
        assert await sweep(session) == 1

    kept = {row.lane for row in await rows_of(database, OutboxLane)}
    assert kept == {b"has its turn later", b"told to wait"}


@pytest.mark.parametrize(
    ("discretion", "frozen", "cleared"),
    [
        (Discretion.OPEN, False, False),
        (Discretion.DISCREET, False, True),
        (Discretion.WATCHED, False, True),
        (Discretion.OPEN, True, True),
    ],
)
async def test_p6_a_guarded_phone_is_cleared_while_telegram_still_allows_it(
    database: Database, clock: Clock, discretion: Discretion, frozen: bool, cleared: bool
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, CHAT, discretion=discretion)
        returnee.frozen_at = session.now if frozen else None
        session.add(Trace(chat_key=returnee.chat_key, message_id=7, sent_at=session.now))

    clock.offset = timedelta(hours=47, minutes=1)
    async with database.begin(SERVICE) as session:
        assert await sweep(session) == 1
        assert await sweep(session) == 0

    said = [content_of(row, database.keys) for row in await rows_of(database, OutboxRow)]
    assert said == ([{"delete": [7]}] if cleared else [])


async def test_p6_what_may_still_be_taken_away_goes_at_once_beside_what_is_too_old(
    database: Database, clock: Clock
) -> None:
    """Together Telegram would take none of it. What changed later is as old as when it came."""
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, CHAT, discretion=Discretion.DISCREET)
        for number, hours in ((7, 49), (8, 49), (8, 47.5), (9, 47.5)):
            sent_at = session.now - timedelta(hours=hours)
            session.add(Trace(chat_key=returnee.chat_key, message_id=number, sent_at=sent_at))
    async with database.begin(SERVICE) as session:
        assert await sweep(session) == 4

    rows = sorted(await rows_of(database, OutboxRow), key=lambda row: row.number)
    said = [(row.state, content_of(row, database.keys)) for row in rows]
    assert said == [
        (OutboxState.WAITING, {"delete": [9]}),
        (OutboxState.HELD, {"delete": [8, 7]}),
    ]


async def test_p6_what_was_opened_a_moment_ago_stays_long_enough_to_be_read(
    database: Database, clock: Clock
) -> None:
    """As long as Telegram lets us take it away afterwards."""
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, CHAT, discretion=Discretion.DISCREET)
        session.add(Trace(chat_key=returnee.chat_key, message_id=7, sent_at=session.now))
    swept: list[int] = []
    for hours, minutes in ((46, 58), (47, 1), (47, 31)):
        clock.offset = timedelta(hours=hours, minutes=minutes)
        async with database.begin(SERVICE) as session:
            if not swept:
                await leave_traces(session, [(returnee.chat_key, 7)])
            swept.append(await sweep(session))

    assert swept == [0, 0, 1]


async def test_what_is_left_of_a_long_stop_is_swept_in_batches(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_MOST", 2)
    async with database.begin(SERVICE) as session:
        for number in range(5):
            session.add(Trace(chat_key=b"chat", message_id=number, sent_at=session.now))
    clock.offset = timedelta(days=30)
    taken = []
    for _ in range(4):
        async with database.begin(SERVICE) as session:
            taken.append(await sweep(session))

    assert taken == [2, 2, 1, 0]


async def set_aside_and_forget(database: Database, clock: Clock) -> None:
    async with database.begin(SERVICE) as session:
        await take_in(session, [UPDATE])
        long_ago = session.database_now - timedelta(hours=49)
        await session.execute(update(InboxRow).values(set_aside_at=long_ago))
    await pass_two_days(database, clock)


async def test_p6_of_an_update_that_was_set_aside_its_number_stays_and_nobodys_chat(
    database: Database, clock: Clock
) -> None:
    await set_aside_and_forget(database, clock)

    (kept,) = await rows_of(database, InboxRow)
    assert (kept.update_id, kept.payload, kept.lane) == (-kept.number, None, b"")


async def test_p1_a_number_that_telegram_gives_once_more_later_is_another_update(
    database: Database, clock: Clock
) -> None:
    """After a week without any it begins anew, at a number by chance."""
    await set_aside_and_forget(database, clock)
    async with database.begin(SERVICE) as session:
        await take_in(session, [UPDATE])

    async with database.begin(SERVICE) as session:
        [row] = await heads_of_lanes(session, 1)
        assert row.update_id == 1
