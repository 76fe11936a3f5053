"""Words that the same page sends again, to go otherwise: one message, which goes as it was sent
last.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain.actors import Actor
from domain.casework.work import write
from domain.errors import Refused
from domain.replies.sending import Conditions
from domain.replies.unsent import GRACE
from storage.kinds import CaseState, OutboxState, Severity
from storage.sessions import SERVICE, Clock
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre

WHY = "They may not last the night."
TOMORROW = MORNING + timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_the_morning(clock: Clock) -> None:
    set_clock(clock, MORNING)


@pytest.fixture
async def vera(centre: Centre) -> Actor:
    return await centre.colleague()


@pytest.fixture
async def case(centre: Centre, vera: Actor) -> Case:
    """An emergency of hers."""
    person = await centre.person()
    return await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))


async def sends(centre: Centre, actor: Actor, case: Case, **how: Any) -> Message:
    """From one and the same page."""
    async with centre.database.begin(centre.organisation.id) as session:
        conditions = Conditions(grace=GRACE, once="of this page", **how)
        return await write(session, actor, case.id, "I am here.", conditions)


async def on_their_way(centre: Centre, case: Case) -> list[tuple[UUID, OutboxState]]:
    """The words that stand in the case, and how far they got."""
    async with centre.database.begin(SERVICE) as session:
        found = await session.execute(
            select(Message.id, OutboxRow.state)
            .join(OutboxRow, OutboxRow.id == Message.outbox_id)
            .where(Message.case_id == case.id)
            .order_by(Message.number)
        )
        return [(message_id, state) for message_id, state in found]


async def reasons(centre: Centre, case: Case) -> int:
    """How many lines say that words went at any hour."""
    said = CaseEvent.case_id == case.id, CaseEvent.reasons.contains(["any-hour"])
    async with centre.database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).where(*said)) or 0


async def rows(centre: Centre, case: Case) -> list[OutboxState]:
    """Of all that was written in the case, also what was taken back."""
    async with centre.database.begin(SERVICE) as session:
        words = OutboxRow.case_id == case.id, OutboxRow.organisation_id.is_not(None)
        found = await session.scalars(
            select(OutboxRow.state).where(*words).order_by(OutboxRow.number)
        )
        return list(found)


@pytest.mark.parametrize("why", ["", WHY])
async def test_p12_what_was_for_later_and_can_wait_no_more_goes_now_and_once(
    centre: Centre, vera: Actor, case: Case, why: str
) -> None:
    first = await centre.writes(vera, case, "Hello?")
    planned = await sends(centre, vera, case, later=TOMORROW)
    now = await sends(centre, vera, case, any_hour=why)

    assert (now.id, now.planned) == (planned.id, False)
    assert [words for words, _ in await on_their_way(centre, case)] == [first.id, now.id]
    assert (await rows(centre, case))[1:] == [OutboxState.CANCELLED, OutboxState.HELD]
    assert await reasons(centre, case) == bool(why)


async def test_p2_what_was_for_later_stops_the_clock_once_it_goes_now(
    centre: Centre, vera: Actor, case: Case
) -> None:
    await centre.writes(vera, case, "Hello?")
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, case.returnee_id)
    await centre.hears(person, "He is here again")
    await sends(centre, vera, case, later=TOMORROW)
    assert (await centre.fresh(case)).state is CaseState.CLAIMED
    await sends(centre, vera, case)

    assert (await centre.fresh(case)).state is CaseState.WAITING


async def test_p12_what_waits_for_their_hours_goes_for_a_reason_and_the_case_says_so_once(
    centre: Centre, vera: Actor, case: Case
) -> None:
    await sends(centre, vera, case)
    for _ in range(2):
        await sends(centre, vera, case, any_hour=WHY)
        await sends(centre, vera, case)

    assert await rows(centre, case) == [OutboxState.CANCELLED, OutboxState.HELD]
    assert await reasons(centre, case) == 1
    assert (await centre.fresh(case)).first_action_at is not None


async def test_p2_what_leaves_at_once_is_not_put_off_by_what_the_same_page_sent_for_later(
    centre: Centre, vera: Actor, case: Case
) -> None:
    """It may have been on its way to us for longer."""
    now = await sends(centre, vera, case)
    later = await sends(centre, vera, case, later=TOMORROW)

    assert (later.id, later.planned) == (now.id, False)
    assert await rows(centre, case) == [OutboxState.HELD]


async def test_words_for_another_time_leave_then_and_not_twice(
    centre: Centre, vera: Actor, case: Case
) -> None:
    await centre.writes(vera, case, "Hello?")
    for hours in (0, 3, 3):
        await sends(centre, vera, case, later=TOMORROW + timedelta(hours=hours))

    assert (await rows(centre, case))[1:] == [OutboxState.CANCELLED, OutboxState.HELD]
    async with centre.database.begin(SERVICE) as session:
        leaves = await session.scalar(
            select(OutboxRow.not_before)
            .join(Message, Message.outbox_id == OutboxRow.id)
            .where(Message.planned)
        )
    assert leaves == TOMORROW + timedelta(hours=3)


async def test_p13_words_that_name_somebody_wait_where_that_is_said_when_they_are_sent_again(
    centre: Centre, vera: Actor, case: Case
) -> None:
    await sends(centre, vera, case)
    again = await sends(centre, vera, case, only_confirmed=True)

    assert again.only_confirmed
    assert await rows(centre, case) == [OutboxState.CANCELLED, OutboxState.HELD]


@pytest.mark.parametrize("how", [{"any_hour": WHY}, {"only_confirmed": True}])
async def test_what_has_left_goes_no_second_time_and_its_writer_reads_that_it_has(
    centre: Centre, vera: Actor, case: Case, how: dict[str, Any]
) -> None:
    sent = await sends(centre, vera, case)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(OutboxRow, sent.outbox_id)).state = OutboxState.SENT
    with pytest.raises(Refused, match="left already"):
        await sends(centre, vera, case, **how)

    assert await on_their_way(centre, case) == [(sent.id, OutboxState.SENT)]
    assert (await sends(centre, vera, case)).id == sent.id


async def test_what_went_for_a_reason_and_has_left_is_the_same_when_it_comes_again(
    centre: Centre, vera: Actor, case: Case
) -> None:
    sent = await sends(centre, vera, case, any_hour=WHY)
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, sent.outbox_id)
        row.state, row.content = OutboxState.SENT, None

    assert (await sends(centre, vera, case, any_hour=WHY)).id == sent.id
    assert await on_their_way(centre, case) == [(sent.id, OutboxState.SENT)]
    assert await reasons(centre, case) == 1
