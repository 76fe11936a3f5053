"""What a restored backup means for referrals."""

import pytest
from sqlalchemy import ColumnElement, delete, update

from domain.notices import Notice
from storage.kinds import OutboxState, ReferralState
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from tests.domain.centre import Centre
from tests.domain.recovery.restoring import Recover
from tests.domain.referrals.two import Two


async def forgets(centre: Centre, which: ColumnElement[bool]) -> None:
    async with centre.database.begin(SERVICE) as session:
        await session.execute(delete(OutboxRow).where(which))


@pytest.mark.parametrize("came", [True, False])
async def test_p2_whoever_gave_what_nobody_was_asked_about_hears_at_once_and_may_ask_anew(
    centre: Centre, restored: Recover, came: bool
) -> None:
    """One that had come may still be answered where it stands."""
    two = await Two.at_work(centre, vera_reads=500)
    referral = await two.refers()
    if came:
        theirs = OutboxRow.returnee_id == two.person.id
        async with centre.database.begin(SERVICE) as session:
            await session.execute(update(OutboxRow).where(theirs).values(state=OutboxState.SENT))
    assert (await restored()).referrals_given_back == (0 if came else 1)
    await forgets(centre, OutboxRow.returnee_id.is_(None))
    await two.goes_on(minutes=1)

    # What was called back says nothing any more.
    await forgets(centre, OutboxRow.content.is_(None))
    told = [(sent.chat, sent.params["what"]) for sent in await centre.sent(Notice.STAFF_REFERRAL)]
    # As without an answer: they may have been asked since, and said no.
    assert told == ([] if came else [(500, "lapsed")])
    state = (await two.fresh(referral)).state
    assert state is (ReferralState.ASKED if came else ReferralState.LAPSED)
    if not came:
        assert (await two.refers()).state is ReferralState.ASKED
