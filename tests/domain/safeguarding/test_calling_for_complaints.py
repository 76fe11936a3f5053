"""Somebody is called for a complaint until they look after it, and again when nobody does."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import select, update

from bot.clockwork.sweeping import sweep
from bot.delivery.outcome import Taken, failed, sent
from bot.delivery.sending import Sent
from domain.cases.deadlines import PACES
from domain.colleagues.leaving import disable_staff
from domain.errors import Refused
from domain.notices import Notice
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import answer_complaint, close_complaint, take_complaint
from domain.safeguarding.listening import remind
from domain.safeguarding.messages import said_so_far
from domain.safeguarding.story import list_complaints, read_complaint
from storage.kinds import (
    ConflictKind,
    Discretion,
    Hold,
    MessageKind,
    OutboxState,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage
from tests.bot.outgoing import HURRIED
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import HEAD, KEEPER, SECOND, alerted, opens, seen, tells


@pytest.mark.parametrize("how", ["has left", "is kept apart"])
async def test_p2_what_somebody_looked_after_who_hears_it_no_more_is_heard_by_others_at_once(
    centre: Centre, how: str
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    head = await centre.colleague(Role.ADMIN, chat=HEAD)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        if how == "has left":
            await disable_staff(session, head, keeper.staff_id)
        else:
            kind = ConflictKind.COMPLAINT
            await keep_apart(session, head, person.id, keeper.staff_id, kind)
    async with centre.database.begin(SERVICE) as session:
        await remind(session)
        [line] = await list_complaints(session, head)
    assert await alerted(centre) == [KEEPER, HEAD]
    assert line.taken_by is None


async def test_p2_alerts_of_a_complaint_come_until_somebody_looks_after_it_and_again_after_a_day(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    person = await centre.person()
    await tells(centre, person)
    counts = []

    async def later(**span: float) -> None:
        centre.later(**span)
        await centre.all_arrives()
        async with centre.database.begin(SERVICE) as session:
            await remind(session)
        counts.append(len(await alerted(centre)))

    await later(minutes=31)
    await later(minutes=31)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await take_complaint(session, keeper, complaint_id)
    await later(hours=23)
    await later(hours=2)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
    await later(days=9)
    await tells(centre, person, "He did it again", number=8)

    assert counts == [2, 3, 3, 4, 4]
    assert len(await alerted(centre)) == 5
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you again.")
    await later(days=89)
    await later(days=2)
    # Answered and never closed, it comes up again.
    assert counts[-2:] == [5, 6]
    assert len(await centre.sent(Notice.SAFEGUARDING_WORDS)) == 2


@pytest.mark.parametrize("verb", [take_complaint, partial(answer_complaint, words="I read you.")])
async def test_p2_whoever_looks_after_what_nobody_has_heard_does_so_until_it_must_be_heard(
    centre: Centre, verb: Callable[..., Awaitable[None]]
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    second = await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    await tells(centre, await centre.person(), "file", kind=MessageKind.VOICE)
    [complaint_id] = await seen(centre, keeper)

    async def looks_after() -> None:
        async with centre.database.begin(SERVICE) as session:
            await verb(session, keeper, complaint_id)

    async def later(**span: float) -> int:
        """How often everybody was called by then."""
        centre.later(**span)
        await centre.all_arrives()
        async with centre.database.begin(SERVICE) as session:
            while await remind(session):
                await session.flush()
        return len(await alerted(centre)) // 2

    centre.later(minutes=5)
    await looks_after()
    assert [await later(minutes=54), await later(minutes=2)] == [1, 2]
    await looks_after()
    assert await later(minutes=31) == 3
    await looks_after()
    await opens(centre, second, complaint_id)
    assert await later(hours=23) == 3


@pytest.mark.parametrize("is_looked_after", [True, False])
async def test_p1_a_recording_that_an_older_release_kept_calls_somebody_until_it_is_heard(
    centre: Centre, is_looked_after: bool
) -> None:
    """It knew of no hour in which it is to be heard, and left it a concern."""
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await tells(centre, await centre.person(), "file", kind=MessageKind.VOICE)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        if is_looked_after:
            await answer_complaint(session, keeper, complaint_id, "I read you.")
            await session.flush()
        later_on = session.now + PACES[Severity.CONCERN].repeat
        as_older = update(Complaint).values(severity=Severity.CONCERN, next_alert_at=later_on)
        await session.execute(as_older.values(listen_by=None))

    async def later(**span: float) -> int:
        """How often somebody was called by then."""
        centre.later(**span)
        await centre.all_arrives()
        async with centre.database.begin(SERVICE) as session:
            while await remind(session):
                await session.flush()
        return len(await alerted(centre))

    called = [await later(minutes=59), await later(minutes=2), await later(minutes=31)]
    assert called == ([1, 2, 3] if is_looked_after else [2, 2, 3])
    await opens(centre, keeper, complaint_id)
    async with centre.database.begin(SERVICE) as session:
        await take_complaint(session, keeper, complaint_id)
    assert await later(hours=23) == called[-1]


@pytest.mark.parametrize("verb", [close_complaint, partial(answer_complaint, words="I read you.")])
async def test_p2_nobody_closes_or_answers_over_words_that_they_have_not_read(
    centre: Centre, verb: Callable[..., Awaitable[None]]
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)

    async def read() -> str:
        async with centre.database.begin(SERVICE) as session:
            return await said_so_far(session, complaint_id)

    before = await read()
    for number, edited in ((7, 1), (8, None)):
        await tells(centre, person, "He comes tonight", number=number, edited=edited)
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(Refused, match="read it first"):
                await verb(session, keeper, complaint_id, read=before)
        before = await read()
    async with centre.database.begin(SERVICE) as session:
        await verb(session, keeper, complaint_id, read=before)


@pytest.mark.parametrize("closed", [False, True])
async def test_p2_an_answer_that_never_arrives_stops_no_alerts_unless_it_was_closed(
    centre: Centre, closed: bool
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    await tells(centre, await centre.person())
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
        if closed:
            await close_complaint(session, keeper, complaint_id)
    async with centre.database.begin(SERVICE) as session:
        answer = (
            await session.scalars(
                select(OutboxRow)
                .where(OutboxRow.returnee_id.is_not(None))
                .order_by(OutboxRow.number.desc())
                .limit(1)
            )
        ).one()
        answer.leased_until, answer.fence = session.database_now, 1
        await failed(session, Taken(answer.id, 1), "blocked", blocked=True)
        await session.flush()
        # As by the sweep: what is known of it stays.
        await session.delete(answer)
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        await remind(session)
        line, told = await read_complaint(session, keeper, complaint_id)

    assert [each.unreached for each in told] == [False, True]
    assert sorted(await alerted(centre)) == sorted([KEEPER, SECOND] * (1 if closed else 2))
    assert (line.taken_by is None) is not closed


async def test_p2_an_answer_that_waits_for_a_day_puts_no_alerts_off(centre: Centre) -> None:
    """As where a stop word was typed meanwhile: nobody knows for how long."""
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.returnee_id.is_not(None))
            .values(state=OutboxState.HELD, held=Hold.FROZEN)
        )
        _, told = await read_complaint(session, keeper, complaint_id)
    centre.later(hours=25)
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        await remind(session)

    assert (told[-1].delivery, told[-1].held) == (OutboxState.HELD, Hold.FROZEN)
    assert await alerted(centre) == [KEEPER, KEEPER]


@pytest.mark.parametrize("since", ["nothing", "to safeguarding"])
async def test_p2_an_answer_that_is_taken_off_a_guarded_phone_unopened_has_reached_nobody(
    centre: Centre, since: str
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
        await answer_complaint(session, keeper, complaint_id, "I read you.")
    async with centre.database.begin(SERVICE) as session:
        kept = ComplaintMessage.outbox_id == OutboxRow.id
        answer = (await session.scalars(select(OutboxRow).join(ComplaintMessage, kept))).one()
        await sent(session, HURRIED, [(Taken(answer.id, answer.fence, covers=True), Sent(7))])
    centre.later(hours=1)
    if since == "to safeguarding":
        await tells(centre, person, "Are you there?", number=9)
    centre.later(hours=46, minutes=1)
    async with centre.database.begin(SERVICE) as session:
        while await sweep(session):
            pass
        _, told = await read_complaint(session, keeper, complaint_id)

    assert told[1].unreached is (since == "nothing")
