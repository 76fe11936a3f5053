"""The person's days begin once the question has come: what never came is no silence of theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.notices import Notice
from domain.referrals.asking_again import ask_once_more
from storage.kinds import UNSENT, NoticeClass, OutboxState, ReferralState
from storage.sessions import SERVICE
from storage.tables.cases import CaseEvent
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two, seen_by_partner

VERA = 701


@pytest.fixture
async def two(centre: Centre) -> Two:
    """Whoever asks reads what becomes of it."""
    return await Two.at_work(centre, vera_reads=VERA)


async def question_is(two: Two, state: OutboxState) -> None:
    """The one that is on its way."""
    on_its_way = (
        OutboxRow.returnee_id == two.person.id,
        OutboxRow.notice_class == NoticeClass.ROUTINE,
        OutboxRow.state.in_(UNSENT),
    )
    async with two.giver.database.begin(SERVICE) as session:
        [row] = await session.scalars(select(OutboxRow).where(*on_its_way))
        row.state = state
        row.finished_at = None if state in UNSENT else session.now


async def goes_off_their_phone(two: Two) -> None:
    """All that they were asked there."""
    came = (OutboxRow.returnee_id == two.person.id, OutboxRow.state == OutboxState.SENT)
    async with two.giver.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow).where(*came))).all()
        for row in rows:
            row.message_id = row.number
        await session.flush()
        gone = {(two.person.id, row.number) for row in rows}
        await ask_once_more(session, gone, session.now + timedelta(days=1))


async def history(two: Two) -> list[tuple[str, list[str]]]:
    """As the case says it to whoever has it."""
    theirs = select(CaseEvent).where(CaseEvent.case_id == two.case.id).order_by(CaseEvent.number)
    async with two.giver.database.begin(SERVICE) as session:
        return [(each.kind, each.reasons) for each in await session.scalars(theirs)]


async def told(two: Two) -> list[object]:
    """Whoever asked, of what became of it."""
    every = await two.giver.sent(Notice.STAFF_REFERRAL)
    return [each.params["what"] for each in every if each.chat == VERA]


async def ended(two: Two, referral: Referral) -> str | None:
    """What whoever asked learns; None while it goes on, of which they learn nothing."""
    if (await two.fresh(referral)).state is ReferralState.ASKED:
        assert await told(two) == []
        return None
    [what] = await told(two)
    assert ("referral-ended", [f"referral.{what}"]) in await history(two)
    return str(what)


async def test_p5_a_no_reaches_nobody_and_whoever_asked_is_not_told_of_it(two: Two) -> None:
    referral = await two.refers()
    await question_is(two, OutboxState.SENT)
    before = await history(two)
    await two.answers(referral, granted=False)
    assert await ended(two, referral) is None
    assert await history(two) == before
    assert await seen_by_partner(two) == 0

    await two.goes_on(days=13, hours=23)
    assert await history(two) == before
    await two.goes_on(hours=1, minutes=1)
    # As of a question that nobody answered.
    assert await ended(two, referral) == "lapsed"


async def test_p5_a_no_to_a_question_that_is_still_held_is_not_told_either(two: Two) -> None:
    referral = await two.refers()
    await question_is(two, OutboxState.HELD)
    before = await history(two)
    await two.answers(referral, granted=False)
    await two.goes_on(days=14, minutes=1)
    assert await ended(two, referral) is None
    assert await history(two) == before
    await two.goes_on(days=76)
    assert await ended(two, referral) == "unasked"


async def test_p3_whoever_was_asked_late_has_their_fourteen_days_all_the_same(two: Two) -> None:
    referral = await two.refers()
    await question_is(two, OutboxState.HELD)
    await two.goes_on(days=20)
    assert await ended(two, referral) is None
    await question_is(two, OutboxState.SENT)
    await two.goes_on(days=13, hours=23)
    assert await ended(two, referral) is None
    await two.goes_on(hours=1, minutes=1)
    assert await ended(two, referral) == "lapsed"


async def test_p5_whoever_said_no_is_not_asked_once_more_though_the_question_goes(
    two: Two,
) -> None:
    referral = await two.refers()
    await question_is(two, OutboxState.SENT)
    await two.answers(referral, granted=False)
    await goes_off_their_phone(two)
    assert len(await two.giver.sent(Notice.REFERRAL_ASKED)) == 1
    await two.goes_on(days=14, minutes=1)
    assert await ended(two, referral) == "lapsed"


@pytest.mark.parametrize("state", [OutboxState.FAILED, OutboxState.CANCELLED])
async def test_p3_that_a_question_never_came_is_told_and_no_silence_of_theirs(
    two: Two, state: OutboxState
) -> None:
    referral = await two.refers()
    await question_is(two, state)
    await two.goes_on(days=14, minutes=1)
    assert await ended(two, referral) == "unasked"


async def test_what_waits_to_be_asked_ends_some_day_and_says_so(two: Two) -> None:
    referral = await two.refers()
    await question_is(two, OutboxState.HELD)
    await two.goes_on(days=89)
    assert await ended(two, referral) is None
    await two.goes_on(days=1, minutes=1)
    assert await ended(two, referral) == "unasked"


async def test_p3_what_came_of_another_referral_of_the_case_is_no_question_about_this_one(
    two: Two,
) -> None:
    referral = await two.refers()
    await question_is(two, OutboxState.FAILED)
    two.giver.later(days=1)
    bridge = await Centre.open(two.giver.database, two.giver.clock, "Bridge")
    await bridge.colleague()
    await two.refers(to=bridge)
    await question_is(two, OutboxState.SENT)
    await two.goes_on(days=13, minutes=1)
    assert await ended(two, referral) == "unasked"


async def test_p3_a_question_that_came_late_comes_once_more_as_any(two: Two) -> None:
    """And has as long to come as the first one had."""
    referral = await two.refers()
    await question_is(two, OutboxState.HELD)
    await two.goes_on(days=85)
    await question_is(two, OutboxState.SENT)
    await two.goes_on(days=1)
    await goes_off_their_phone(two)
    await two.goes_on(days=89)
    assert await ended(two, referral) is None
    await question_is(two, OutboxState.SENT)
    await goes_off_their_phone(two)
    await two.goes_on(days=14, minutes=1)
    assert await ended(two, referral) == "lapsed"


async def test_p3_where_two_questions_come_once_more_each_is_its_own_referrals(two: Two) -> None:
    bridge = await Centre.open(two.giver.database, two.giver.clock, "Bridge")
    await bridge.colleague()
    for centre in (two.partner, bridge):
        await two.refers(to=centre)
        await question_is(two, OutboxState.SENT)
        two.giver.later(minutes=1)
    await goes_off_their_phone(two)
    async with two.giver.database.begin(SERVICE) as session:
        rows = await session.scalars(
            select(OutboxRow).where(
                OutboxRow.returnee_id == two.person.id, OutboxRow.state.in_(UNSENT)
            )
        )
        one, other = rows.all()
        one.state, other.state = OutboxState.SENT, OutboxState.FAILED
        one.finished_at = other.finished_at = session.now
    await two.goes_on(days=14, minutes=1)

    assert sorted(await told(two), key=str) == ["lapsed", "unasked"]
