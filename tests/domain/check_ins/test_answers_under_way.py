"""Whoever may have answered by what nobody has read yet has not fallen silent (P3)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.checking_in import MORNING, Office, add_person, kept, plan_check_in, set_clock
from tests.domain.outages import (
    all_is_handled,
    arrives,
    nobody_was_here,
    nothing_waited_at_telegram,
)
from tests.handlers.test_hidden_questions import comes

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
