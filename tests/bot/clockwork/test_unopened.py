"""What nobody opened on a guarded phone is noted before it goes, a few people's at a time."""

from collections.abc import Collection
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.clockwork import sweeping
from bot.clockwork.sweeping import sweep
from domain.replies.unopened import taken_unopened
from storage.kinds import Discretion, OutboxState
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE, Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.traces import Trace
from tests.domain.centre import Centre
from tests.domain.covered import comes_covered, swept
from tests.statements import caught

NUMBER = 7


async def with_words(centre: Centre) -> Returnee:
    """A worker wrote, and it lies covered there."""
    person = await guarded(centre)
    case = await centre.signal(person)
    vera = await centre.colleague(on_duty=True)
    await centre.claims(vera, case)
    message = await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        await comes_covered(session, message, NUMBER)
    return person


async def guarded(centre: Centre) -> Returnee:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
    return person


async def noted(centre: Centre) -> set[UUID | None]:
    """Whose words are known to have reached nobody."""
    async with centre.database.begin(SERVICE) as session:
        failed = OutboxRow.state == OutboxState.FAILED
        return set(await session.scalars(select(OutboxRow.returnee_id).where(failed)))


async def two_days_pass(centre: Centre) -> None:
    centre.later(hours=47, minutes=1)
    await swept(centre.database)


def breaks_for(person: Returnee, monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken(session: Session, gone: Collection[tuple[UUID, int]]) -> None:
        if person.id in {whose for whose, _ in gone}:
            raise ValueError
        await taken_unopened(session, gone)

    monkeypatch.setattr(sweeping, "taken_unopened", taken)


@pytest.mark.parametrize("at_once", [1, 2, 50])
async def test_p2_a_fault_with_one_person_keeps_nobody_elses_words_from_being_noted(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Though theirs went first, and are looked at first."""
    broken = await with_words(centre)
    centre.later(seconds=1)
    others = {(await with_words(centre)).id for _ in range(2)}
    monkeypatch.setattr(sweeping, "_MOST_NOTED", at_once)
    breaks_for(broken, monkeypatch)
    await two_days_pass(centre)

    assert await noted(centre) == others


async def test_p2_of_two_messages_with_one_number_the_one_that_was_opened_did_arrive(
    centre: Centre,
) -> None:
    """Each chat counts its own. Something else waits there, unopened, too."""
    unopened, opened = await with_words(centre), await with_words(centre)
    async with centre.database.begin(SERVICE) as session:
        traces = await session.scalars(select(Trace).where(Trace.chat_key == opened.chat_key))
        traces.one().unopened = False
        await leave_traces(session, [(opened.chat_key, NUMBER + 1)], unopened=True)
    await two_days_pass(centre)

    assert await noted(centre) == {unopened.id}


@pytest.mark.parametrize("count", [1, 4])
async def test_what_was_said_by_itself_is_noted_in_one_question_for_however_many(
    centre: Centre, count: int
) -> None:
    """As after a campaign in the morning; and whether a worker wrote any of it in another."""
    for _ in range(count):
        person = await guarded(centre)
        async with centre.database.begin(SERVICE) as session:
            await leave_traces(session, [(person.chat_key, NUMBER)], unopened=True)
    centre.later(hours=47, minutes=1)
    async with centre.database.begin(SERVICE) as session:
        with caught(centre.database) as statements:
            assert await sweep(session)

    asked = [each.sql for each in statements]
    assert sum("SET unopened" in sql for sql in asked) == 1
    looks = [sql for sql in asked if sql.startswith("SELECT")]
    assert sum("FROM outbox" in sql and "complaint_message" in sql for sql in looks) == 1
