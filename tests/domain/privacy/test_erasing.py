"""P6: whoever asks to be forgotten is, in every corner that there is (trial 25)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.delivery.outcome import Taken, sent
from bot.delivery.sending import Sent
from domain.campaigns.tally import tally_of
from domain.casework.reading import read_case
from domain.casework.tasks import add_task, owed_by
from domain.casework.work import resolve
from domain.errors import Refused
from domain.figures.reach import REACH
from domain.notices import Notice, tell
from domain.privacy import erasing
from domain.privacy.erasing import erase_next
from domain.queue.lines import Part, queue
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import add_returnee
from storage.inbox.handled import mark_handled
from storage.kinds import CaseState, CheckInState, NoticeClass, OutboxState, Outcome, Severity
from storage.outbox.letters import Delivery, chat_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.every import Base
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee, Safety, WrappedKey
from storage.tables.traces import Trace
from tests.bot.outgoing import HURRIED
from tests.clock import MORNING, set_clock
from tests.documents import content_of, put
from tests.domain.centre import Centre
from tests.domain.privacy.canaries import CHAT, GROUP, Somebody, sightings, somebody
from tests.domain.privacy.erasing import IDS_STAY, ask, erase, everything_is_sent_and_swept
from tests.postgres import DatabaseUrls
from tests.racing import gate_before, stands_still

# Rows that go with the person, by the column that says whose they are.
GO_WITH = {"returnee_id", "case_id", "check_in_id"}


@pytest.fixture
async def amal(database: Database, clock: Clock) -> Somebody:
    return await somebody(database, clock)


async def test_before_they_ask_everything_is_there_to_be_found(
    database: Database, amal: Somebody
) -> None:
    seen = await sightings(database, amal.canaries)

    assert {canary for _, canary in seen} == set(amal.canaries)
    assert ("message", "words") in seen
    assert ("case_event", "note") in seen
    assert ("inbox", "words") in seen
    assert ("dialog_state", "early") in seen


async def test_p6_somebody_forgotten_is_found_nowhere_but_in_their_last_message(
    database: Database, amal: Somebody
) -> None:
    await ask(database, amal.returnee)
    await erase(database)

    seen = await sightings(database, amal.canaries)
    # The hash of the chat stays with an update's number, and with the last message, for two days.
    assert seen - IDS_STAY <= {("outbox", "chat"), ("outbox", "hash"), ("inbox", "hash")}
    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
        left = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    [(_, last)] = [each for each in left if each[0] == CHAT]
    assert (last["notice"], last["params"]["gone"]) == (Notice.FORGOTTEN, [5])
    [gone] = [said for chat, said in left if chat == GROUP]
    assert (gone["delete_topic"], gone["code"]) == (31, "")


async def test_p6_after_two_days_not_even_the_hash_of_the_chat_is_left(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await ask(database, amal.returnee)
    await erase(database)
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(created_at=session.now))
        await mark_handled(session, [1])
        await session.execute(
            update(Base.metadata.tables["inbox"]).values(
                set_aside_at=None, handled_at=session.database_now - timedelta(hours=49)
            )
        )
    await everything_is_sent_and_swept(database, clock)

    assert await sightings(database, amal.canaries) <= IDS_STAY


async def test_p6_the_persons_key_is_gone(database: Database, amal: Somebody) -> None:
    await ask(database, amal.returnee)
    await erase(database)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(WrappedKey)) == 0
        assert await session.scalar(select(func.count()).select_from(Erasure)) == 0


async def test_p6_what_was_counted_stays_counted(database: Database, amal: Somebody) -> None:
    await ask(database, amal.returnee)
    await erase(database)

    async with database.begin(SERVICE) as session:
        assert (await tally_of(session, amal.campaign.id)).states.total() == 1


async def test_p6_somebody_forgotten_who_comes_back_is_a_stranger(
    database: Database, amal: Somebody
) -> None:
    await ask(database, amal.returnee)
    async with database.begin(SERVICE) as session:
        assert await returnee_of_chat(session, CHAT) is None
    await erase(database)
    async with database.begin(SERVICE) as session:
        assert await returnee_of_chat(session, CHAT) is None
        again = await add_returnee(session, CHAT, amal.office.organisation, "en")

    seen = await sightings(
        database, {name: amal.canaries[name] for name in ("returnee", "pseudonym", "key")}
    )
    assert seen <= IDS_STAY
    assert again.id != amal.returnee.id


async def test_p6_from_the_moment_they_ask_nothing_of_theirs_is_sent_any_more(
    database: Database, amal: Somebody
) -> None:
    await ask(database, amal.returnee)

    async with database.begin(SERVICE) as session:
        unsent = OutboxRow.state.in_((OutboxState.WAITING, OutboxState.HELD))
        rows = await session.scalars(
            select(OutboxRow).where(unsent, OutboxRow.lane == session.keys.look_up(CHAT, "chat"))
        )
        assert [content_of(row, session.keys)["notice"] for row in rows] == [Notice.FORGOTTEN]


async def test_p6_what_is_leaving_as_they_ask_is_taken_off_the_screen_once_it_is_there(
    database: Database, amal: Somebody
) -> None:
    """Telegram takes its time. By its row alone it is known that it came, and the chat is emptied
    behind it.
    """
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, amal.returnee.id)
        leaving = await tell(session, returnee, Notice.STOPPED)
        leaving.leased_until, leaving.fence = session.database_now + timedelta(seconds=30), 1
    await ask(database, amal.returnee)
    assert await erase(database) == 0

    async with database.begin(SERVICE) as session:
        assert await sent(session, HURRIED, [(Taken(leaving.id, 1), Sent(7))]) == []
        left = await session.scalars(select(Trace.message_id))
        assert left.all() == [7]
    await erase(database)
    async with database.begin(SERVICE) as session:
        assert await session.get(Returnee, amal.returnee.id) is None


async def test_p6_what_was_to_be_taken_off_the_screen_before_they_ask_still_is(
    database: Database, amal: Somebody
) -> None:
    """Swept from the traces already, it waits until Telegram is within reach."""
    async with database.begin(SERVICE) as session:
        swept = Delivery(NoticeClass.REPLY, returnee_id=amal.returnee.id)
        await put(session, CHAT, {"delete": [41]}, swept)
    await ask(database, amal.returnee)
    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        said = [content_of(row, session.keys).get("params", {}) for row in rows]
    assert any(41 in params.get("gone", ()) for params in said)


async def test_p6_asking_again_changes_nothing(database: Database, amal: Somebody) -> None:
    await ask(database, amal.returnee)
    await ask(database, amal.returnee)

    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        said = [content_of(row, session.keys) for row in rows]
    assert [each.get("notice") for each in said].count(Notice.FORGOTTEN) == 1


async def test_p6_what_was_broken_off_is_gone_on_with(
    database: Database, amal: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_MOST", 1)
    monkeypatch.setattr(erasing, "_MOST_CHECK_INS", 1)
    await ask(database, amal.returnee)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="killed"):
            async with database.begin(SERVICE) as session:
                await erase_next(session)
                raise RuntimeError("killed")
        async with database.begin(SERVICE) as session:
            assert await erase_next(session) == 1
    assert await erase(database) > 1

    assert {name for _, name in await sightings(database, amal.canaries)} <= {
        "returnee",
        "case",
        "chat",
        "hash",
    }


async def test_p6_a_cry_for_help_is_answered_first_and_then_everything_goes(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person, Severity.EMERGENCY)
    await ask(database, person)
    assert await erase(database) == 0
    assert len(await centre.sent(Notice.FORGET_WAITS)) == 1

    await centre.claims(vera, case)
    await centre.writes(vera, case)
    async with database.begin(SERVICE) as session:
        await session.execute(
            update(Base.metadata.tables["case"]).values(state="resolved", resolved_at=session.now)
        )
    assert await erase(database) > 0

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Returnee)) == 0


@pytest.mark.parametrize("hour", [9, 22])
async def test_p4_p11_whoever_was_promised_to_hear_of_it_hears_within_their_hours_that_all_is_gone(
    database: Database, clock: Clock, hour: int
) -> None:
    set_clock(clock, MORNING.replace(hour=hour))
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    await ask(database, person)
    assert len(await centre.sent(Notice.FORGET_WAITS)) == 1
    async with database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    await erase(database)

    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        left = [(row.state, content_of(row, session.keys)) for row in rows]
    [told] = [state for state, content in left if content.get("notice") == Notice.FORGOTTEN]
    emptied = [state for state, content in left if "delete" in content]
    # The chat is emptied at any hour.
    at_night = hour == 22
    assert told is (OutboxState.HELD if at_night else OutboxState.WAITING)
    assert emptied == ([OutboxState.WAITING] if at_night else [])


async def test_p6_nobody_reads_a_case_of_somebody_who_asked_to_be_forgotten(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person, Severity.CONCERN)
    await ask(database, person)

    async with database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="no such case"):
            await read_case(session, vera, case.id)
        for part in Part:
            assert (await queue(session, vera, part)).lines == []


async def test_p6_what_is_owed_about_somebody_who_asked_to_be_forgotten_is_shown_to_nobody(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    async with database.begin(centre.organisation.id, vera.staff_id) as session:
        day = (session.now + timedelta(days=2)).date()
        await add_task(session, vera, case.id, "Call her sister", day, vera.staff_id)
        assert [each.case_id for each in await owed_by(session, vera)] == [case.id]
    await ask(database, person)

    async with database.begin(centre.organisation.id, vera.staff_id) as session:
        assert await owed_by(session, vera) == []


def test_p6_whatever_belongs_to_a_person_goes_with_them() -> None:
    """A new table can't be forgotten: it goes by the database's own hand."""
    stay = [
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.parent.name in GO_WITH and key.ondelete != "CASCADE"
    ]
    unbound = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in GO_WITH and not column.foreign_keys
    ]

    assert (stay, unbound) == ([], [])


def test_every_state_that_a_check_in_can_end_in_is_counted() -> None:
    assert set(REACH) == set(CheckInState) - {CheckInState.SUPERSEDED}


async def test_p6_somebody_whom_a_newer_release_asked_is_forgotten_after_the_way_back(
    database: Database, amal: Somebody
) -> None:
    """What their check-in asks, this release does not know."""
    async with database.begin(SERVICE) as session:
        await session.execute(update(CheckIn).values(questionnaire="safety-and-needs@99"))
        session.add(
            Erasure(returnee_id=amal.returnee.id, asked_at=session.now, not_before=session.now)
        )
    await erase(database)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Returnee)) == 0


async def test_p6_somebody_whose_words_do_not_open_any_more_is_forgotten_all_the_same(
    database: Database, amal: Somebody
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(Answer).values(body=b"damaged"))
        await session.execute(update(Safety).values(window=b"damaged"))
        session.add(
            Erasure(returnee_id=amal.returnee.id, asked_at=session.now, not_before=session.now)
        )
    await erase(database)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Returnee)) == 0


async def test_p1_race_of_forgetting_and_a_cry_for_help(
    urls: DatabaseUrls, database: Database, clock: Clock
) -> None:
    """The tick looked a moment before it: a human comes first all the same."""
    centre = await Centre.open(database, clock)
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    await ask(database, person)
    worker = await centre.colleague()
    await centre.claims(worker, case)
    async with database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)
    centre.later(days=15)

    async with gate_before(urls, "erasure") as gate, asyncio.TaskGroup() as group:
        await gate.shut()
        erasing_now = group.create_task(erase(database))
        await stands_still(database, erasing_now)
        cry = await centre.signal(person, Severity.EMERGENCY)
        await gate.open()
    assert (await centre.fresh(cry)).state is CaseState.OPEN
