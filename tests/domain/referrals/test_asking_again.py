"""A question that nobody could read is no question: they are asked once more, and not for ever."""

import pytest
from sqlalchemy import select

from domain.notices import Notice
from domain.referrals import asking_again
from domain.returnees.chats import chat_id_of
from domain.stop_word.freezing import freeze
from storage.kinds import Discretion, OutboxState, ReferralState
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.documents import content_of
from tests.domain.covered import lies_covered, swept
from tests.domain.referrals.two import Two


async def lies_there(two: Two, number: int) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        [question] = await questions(two)
        row = await session.get_one(OutboxRow, question.id)
        row.state = OutboxState.WAITING
        await session.flush()
        await lies_covered(session, row, number)


async def lies_covered_until_it_is_swept(two: Two, number: int) -> None:
    await lies_there(two, number)
    await two.goes_on(hours=47, minutes=1)
    await swept(two.giver.database)


async def questions(two: Two) -> list[OutboxRow]:
    """Those that are on their way."""
    unsent = OutboxState.WAITING, OutboxState.HELD
    async with two.giver.database.begin(SERVICE) as session:
        theirs = OutboxRow.returnee_id == two.person.id, OutboxRow.state.in_(unsent)
        rows = (await session.scalars(select(OutboxRow).where(*theirs))).all()
        asks = Notice.REFERRAL_ASKED
        return [row for row in rows if content_of(row, session.keys).get("notice") == asks]


async def test_who_never_opened_the_question_before_it_went_is_asked_once_more(two: Two) -> None:
    """And has their fourteen days again, before the giver hears that no answer came."""
    async with two.giver.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, two.person.id)).discretion = Discretion.DISCREET
    referral = await two.refers()
    await lies_covered_until_it_is_swept(two, 7)
    await lies_covered_until_it_is_swept(two, 8)
    assert await questions(two) == []
    for days, state in ((11, ReferralState.ASKED), (3, ReferralState.LAPSED)):
        await two.goes_on(days=days)
        assert (await two.fresh(referral)).state is state


async def test_whose_stop_word_emptied_the_chat_is_asked_once_more(two: Two) -> None:
    """Once somebody has made sure who is there: a frozen chat says nothing."""
    await two.refers()
    await lies_there(two, 7)
    assert await questions(two) == []
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await freeze(session, person, chat_id_of(session, person), 9)
    assert len(await questions(two)) == 1


async def test_a_stop_word_freezes_the_chat_though_a_question_can_not_come_again(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(asking_again, "ask_once_more", fails)
    await two.refers()
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await freeze(session, person, chat_id_of(session, person), 9)
    async with two.giver.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, two.person.id)).frozen_at is not None
