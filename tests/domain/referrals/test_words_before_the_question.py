"""A worker's words come before the question whether another organisation may help."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.casework.work import write
from domain.notices import Notice
from domain.replies.sending import Conditions
from domain.replies.unsent import GRACE
from storage.kinds import OutboxState
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from tests.documents import content_of
from tests.domain.referrals.two import Two


async def states_in_order(two: Two) -> list[tuple[str, OutboxState]]:
    """What lies for the person, in the order in which it leaves."""
    async with two.giver.database.begin(SERVICE) as session:
        theirs = OutboxRow.returnee_id == two.person.id
        rows = await session.scalars(select(OutboxRow).where(theirs).order_by(OutboxRow.number))
        return [(content_of(row, session.keys)["notice"], row.state) for row in rows]


@pytest.mark.parametrize("planned", [False, True])
async def test_words_that_lie_still_leave_once_the_person_is_asked_and_planned_ones_do_not(
    two: Two, planned: bool
) -> None:
    await two.giver.writes(two.vera, two.case, "Hello, I am with you.")
    await two.giver.all_arrives()
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        later = session.now + timedelta(days=1) if planned else None
        how = Conditions(grace=GRACE, later=later)
        await write(session, two.vera, two.case.id, "May I ask for help?", how)
    await two.refers()

    words, question = (await states_in_order(two))[-2:]
    waits = OutboxState.HELD if planned else OutboxState.WAITING
    assert words == (Notice.CASEWORKER_WORDS, waits)
    assert question == (Notice.REFERRAL_ASKED, OutboxState.WAITING)
