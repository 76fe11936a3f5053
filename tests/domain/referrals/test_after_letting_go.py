"""Nobody is asked whether help came, nor asks, where nobody accompanies the person any more."""

import pytest
from sqlalchemy import update

from domain.casework.work import resolve
from domain.notices import Notice
from domain.referrals.by_mail import accept_by_mail
from storage.kinds import CaseState, Outcome
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from tests.bot.nights import comes_to_a_safe_hour, what_leaves
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.enrolment.leaving import lets_go
from tests.domain.privacy.elsewhere import also_with
from tests.domain.referrals.mailing import key_of, known, mailed
from tests.domain.referrals.two import Two


@pytest.fixture
async def two(database: Database, clock: Clock) -> Two:
    set_clock(clock, MORNING)
    return await Two.at_work(await Centre.open(database, clock), vera_reads=701)


async def accepted_by_mail(two: Two) -> Referral:
    """And the giver's case is closed."""
    await known(two)
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    async with two.giver.database.begin(SERVICE) as session:
        await accept_by_mail(session, token, key, "Ana Marku")
        await resolve(session, two.vera, two.case.id, Outcome.REFERRED)
    return referral


async def staff_are_told(two: Two) -> list[object]:
    return [each.params["what"] for each in await two.giver.sent(Notice.STAFF_REFERRAL)]


async def test_p11_whom_nobody_accompanies_is_not_asked_first_whether_a_mailbox_helped(
    two: Two,
) -> None:
    referral = await accepted_by_mail(two)
    await lets_go(two.giver, two.vera, two.person)
    await two.goes_on(days=14, minutes=1)

    assert await two.giver.sent(Notice.REFERRAL_RECEIVED) == []
    assert "ask-them" not in await staff_are_told(two)
    assert (await two.fresh(referral)).look_at is None


async def test_p11_whom_those_who_took_over_let_go_is_not_asked_first_whether_they_helped(
    two: Two,
) -> None:
    await two.accepts(await two.offered())
    async with two.giver.database.begin(SERVICE) as session:
        closed = {"state": CaseState.RESOLVED, "resolved_at": session.now}
        await session.execute(update(Case).values(closed))
    await lets_go(two.partner, two.samir, two.person)
    await two.goes_on(days=14, minutes=1)

    assert await two.giver.sent(Notice.REFERRAL_RECEIVED) == []


async def test_whom_another_organisation_accompanies_is_asked_though_the_giver_has_let_them_go(
    two: Two,
) -> None:
    await accepted_by_mail(two)
    await also_with(two.giver, two.person, "Rabat")
    await lets_go(two.giver, two.vera, two.person)
    await two.goes_on(days=14, minutes=1)

    assert len(await two.giver.sent(Notice.REFERRAL_RECEIVED)) == 1
    assert "ask-them" not in await staff_are_told(two)


@pytest.mark.parametrize("let_go", [False, True])
async def test_p11_what_is_on_its_way_asks_nobody_any_more_who_is_let_go_meanwhile(
    two: Two, let_go: bool
) -> None:
    await accepted_by_mail(two)
    await two.goes_on(days=14, minutes=1)
    assert len(await two.giver.sent(Notice.REFERRAL_RECEIVED)) == 1
    if let_go:
        await lets_go(two.giver, two.vera, two.person)
    await comes_to_a_safe_hour(two.giver, two.person)

    assert (Notice.REFERRAL_RECEIVED in await what_leaves(two.giver)) is not let_go
