"""Whoever may have answered by what nobody has read yet has not fallen silent (P3)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from dialogs.presses import AnswerQuestion
from domain.check_ins.answering import answer
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.lexicon.cache import Lexicons
from domain.returnees.chats import chat_id_of
from handlers.giving_up import hand_to_a_human
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import CaseEvent
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee, Safety
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import Office, add_person, kept, plan_check_in
from tests.domain.outages import (
    all_is_handled,
    arrives,
    nobody_was_here,
    nothing_waited_at_telegram,
)
from tests.handlers.covering import comes

Since = Callable[[Database, timedelta], Awaitable[None]]


@pytest.fixture
async def asked(database: Database, clock: Clock, check_in: CheckIn) -> CheckIn:
    """A day ago, and not a second time."""
    async with database.begin(SERVICE) as session:
        await send_due(session)
    await comes(database, 77)
    set_clock(clock, MORNING + timedelta(hours=25))
    return check_in


async def fall(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await fall_silent(session)


@pytest.mark.parametrize("since", [nothing_waited_at_telegram, nobody_was_here])
async def test_p3_nobody_falls_silent_while_their_answer_may_lie_at_telegram(
    database: Database, asked: CheckIn, since: Since
) -> None:
    """The way there is cut, or we were away: seconds after the start nobody has asked there yet."""
    await since(database, timedelta(hours=2))
    assert await fall(database) == 0
    assert (await kept(database, asked.id)).state is CheckInState.SENT

    await since(database, timedelta(seconds=30))
    assert await fall(database) == 1
    assert (await kept(database, asked.id)).state is CheckInState.SILENT


async def test_p3_nobody_falls_silent_before_what_they_sent_is_handled(
    database: Database, office: Office, returnee: Returnee, asked: CheckIn
) -> None:
    """Of somebody else nothing waits."""
    async with database.begin(SERVICE) as session:
        other = await plan_check_in(
            session, await add_person(session, office.organisation, 700_002), office
        )
        other.state, other.sent_at, other.silent_at = CheckInState.SENT, MORNING, session.now
    await arrives(database, returnee)
    assert await fall(database) == 1
    states = [(await kept(database, each.id)).state for each in (asked, other)]
    assert states == [CheckInState.SENT, CheckInState.SILENT]

    await all_is_handled(database)
    assert await fall(database) == 1


async def set_aside(database: Database, returnee: Returnee, asked: CheckIn) -> None:
    """Their answer, at which all code of ours has failed."""
    pressed = AnswerQuestion(check_in=asked.id, question="0", choice="0").pack()
    async with database.begin(SERVICE) as session:
        chat = {"id": chat_id_of(session, returnee), "type": "private"}
        press = {"id": "1", "message": {"message_id": 77, "chat": chat}, "data": pressed}
        update = {"update_id": 1, "callback_query": press}
        await hand_to_a_human(session, update, watched=True, ear=None, lexicons=Lexicons())


async def why_cases(database: Database) -> list[str]:
    async with database.begin(SERVICE) as session:
        lines = await session.scalars(select(CaseEvent.reasons).order_by(CaseEvent.number))
        return [reason for reasons in lines for reason in reasons]


async def test_p3_who_sent_what_we_failed_at_is_neither_silent_nor_asked_again(
    database: Database, clock: Clock, returnee: Returnee, asked: CheckIn
) -> None:
    """A human has a case of it, and hears of no silence. Once it is mended, the answer counts."""
    async with database.begin(SERVICE) as session:
        (await session.get_one(Safety, returnee.id)).second_prompt = True
    await set_aside(database, returnee, asked)
    assert await fall(database) == 1

    ours = await kept(database, asked.id)
    assert (ours.state, ours.reason) == (CheckInState.MISSED_BY_US, "update.failed")
    assert await why_cases(database) == ["update.failed"]

    async with database.begin(SERVICE) as session:
        await answer(session, returnee, asked.id, "safety", "safe")
    assert (await kept(database, asked.id)).state is CheckInState.STARTED


async def test_p3_who_went_on_after_we_had_failed_and_left_is_silent_then(
    database: Database, clock: Clock, returnee: Returnee, asked: CheckIn
) -> None:
    await set_aside(database, returnee, asked)
    set_clock(clock, MORNING + timedelta(hours=26))
    async with database.begin(SERVICE) as session:
        await answer(session, returnee, asked.id, "safety", "safe")
    set_clock(clock, MORNING + timedelta(hours=51))
    assert await fall(database) == 1
    assert (await kept(database, asked.id)).state is CheckInState.SILENT
