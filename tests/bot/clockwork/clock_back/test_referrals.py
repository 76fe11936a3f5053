"""PostgreSQL's clock was ahead and is right again: no referral waits for that time."""

from datetime import timedelta

import pytest

from domain.referrals.handing_over import ASK_AGAIN
from domain.referrals.making import PARTNER_ANSWERS_WITHIN, PERSON_ANSWERS_WITHIN
from storage.kinds import ReferralState, Severity
from storage.sessions import Database
from storage.tables.referrals import Referral
from tests.bot.clockwork.clock_back.ahead import ahead, look
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two
from tests.model.time import Time


async def as_it_came_to_be(two: Two, state: ReferralState) -> Referral:
    if state in (ReferralState.ASKED, ReferralState.TO_DECIDE):
        return await two.refers(vital=state is ReferralState.TO_DECIDE)
    referral = await two.offered(joint=30 if state is ReferralState.ACCEPTED else 0)
    if state is not ReferralState.OFFERED:
        await two.accepts(referral)
    return referral


@pytest.mark.parametrize(
    ("state", "within"),
    [
        (ReferralState.ASKED, PERSON_ANSWERS_WITHIN),
        (ReferralState.TO_DECIDE, PARTNER_ANSWERS_WITHIN),
        (ReferralState.OFFERED, PARTNER_ANSWERS_WITHIN),
        (ReferralState.ACCEPTED, timedelta(days=30)),
        (ReferralState.HANDED_OVER, ASK_AGAIN),
    ],
)
async def test_p2_what_is_due_of_a_referral_by_itself_comes_no_day_late(
    database: Database, centre: Centre, time: Time, state: ReferralState, within: timedelta
) -> None:
    severity = Severity.EMERGENCY if state is ReferralState.TO_DECIDE else Severity.URGENT
    two = await Two.at_work(centre, severity)
    async with ahead(database, time):
        referral = await as_it_came_to_be(two, state)
    await look(database)

    known = await two.fresh(referral)
    assert known.state is state
    assert known.look_at is not None
    assert known.look_at <= time.now + within


async def test_p2_what_is_due_sooner_stays_where_it_is(
    database: Database, centre: Centre, time: Time
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    due = (await two.fresh(referral)).look_at
    async with ahead(database, time):
        pass
    await look(database)

    assert (await two.fresh(referral)).look_at == due
