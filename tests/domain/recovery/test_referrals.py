"""What a restored backup means for referrals."""

import pytest
from sqlalchemy import ColumnElement, delete, update

from domain.notices import Notice
from domain.referrals.by_mail import open_by_code, still_open
from domain.referrals.mailing import mailing_of, make_code
from domain.referrals.making import SECOND_WITHIN, decide
from storage.kinds import OutboxState, ReferralState, Severity
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from tests.domain.centre import Centre
from tests.domain.recovery.restoring import Recover
from tests.domain.referrals.mailing import key_of, known, mailed
from tests.domain.referrals.two import Two, seen_by_partner


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


@pytest.mark.parametrize("vital", [False, True])
async def test_p5_an_offer_whose_yes_may_have_been_taken_back_since_is_seen_by_nobody_any_more(
    centre: Centre, restored: Recover, vital: bool
) -> None:
    """Where a life is in danger nobody had waited for a yes."""
    two = await Two.at_work(centre, Severity.EMERGENCY, vera_reads=500)
    if vital:
        referral = await two.refers(vital=True)
        centre.clock.offset += SECOND_WITHIN
        async with centre.database.begin(SERVICE) as session:
            await decide(session, two.vera, referral.id)
    else:
        referral = await two.offered()
    assert (await restored()).referrals_given_back == (0 if vital else 1)
    # What was called back.
    await forgets(centre, OutboxRow.content.is_(None))
    await two.goes_on(minutes=1)

    told = [sent.params["what"] for sent in await centre.sent(Notice.STAFF_REFERRAL)]
    if vital:
        assert (await two.fresh(referral)).state is ReferralState.OFFERED
        assert told == []
    else:
        assert (await two.fresh(referral)).state is ReferralState.LAPSED
        assert set(told) == {"ended", "lapsed"}
        assert await seen_by_partner(two) == 0


@pytest.mark.parametrize("used", [False, True])
async def test_p5_a_code_that_a_partner_was_told_before_opens_nothing_any_more(
    centre: Centre, restored: Recover, used: bool
) -> None:
    """Whether it was used, or the yes taken back since, nobody remembers."""
    two = await Two.at_work(centre)
    await known(two)
    referral, token = await mailed(two)
    if used:
        key = await key_of(two, referral, token)
    else:
        async with centre.database.begin(SERVICE) as session:
            code = await make_code(session, two.vera, referral.id)
    assert (await restored()).partner_codes_ended == 1

    async with centre.database.begin(SERVICE) as session:
        if used:
            assert await still_open(session, token, key) is None
        else:
            assert await open_by_code(session, token, code) is None
        mailing = await mailing_of(session, await session.get_one(Referral, referral.id))
        assert mailing is not None
        assert not mailing.code_waits
