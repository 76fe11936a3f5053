"""The other organisation has lost everybody who could take over."""

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import resolve
from domain.colleagues.leaving import disable_staff
from domain.errors import Refused
from domain.notices import Notice
from domain.recovery.quiet import begin_quiet
from domain.referrals.following import follow_up
from domain.referrals.handing_over import hand_over_now
from domain.referrals.partners import partners_for
from domain.returnees.enrolments import organisation_of
from storage.kinds import CaseState, Outcome, ReferralState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.domain.referrals.two import Two


async def test_p2_nobody_is_handed_over_to_where_nobody_works_on_cases_any_more(two: Two) -> None:
    referral = await two.offered(joint=14)
    await two.accepts(referral)
    await _samir_leaves(two)
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="Nobody works on cases there any more"):
            await hand_over_now(session, two.vera, referral.id)
    assert (await two.case_now(two.case.id)).state is CaseState.CLAIMED
    assert (await two.fresh(referral)).state is ReferralState.ACCEPTED


async def test_p2_where_nobody_is_left_the_giver_has_them_alone_at_once_and_both_hear_so(
    two: Two,
) -> None:
    referral = await two.offered(joint=14)
    await two.accepts(referral)
    await _samir_leaves(two)
    await two.goes_on(minutes=1)
    assert (await two.fresh(referral)).state is ReferralState.LAPSED
    assert (await two.case_now(two.case.id)).claimed_by == two.vera.staff_id
    assert await _whose(two) == two.giver.organisation.id
    assert await two.giver.sent(Notice.REFERRAL_ENDED)


async def test_p2_a_cry_that_a_partner_has_in_which_nobody_is_left_goes_to_the_giver(
    two: Two,
) -> None:
    await two.accepts(await two.offered(joint=90))
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    # By then what they write opens no closed case again, but one where they came last.
    two.giver.later(days=20)
    cry = await two.partner.signal(two.person, Severity.EMERGENCY)
    await _samir_leaves(two)
    await two.goes_on(minutes=1)
    assert (await two.case_now(cry.id)).state is CaseState.RESOLVED
    async with two.giver.database.begin(SERVICE) as session:
        [case] = await session.scalars(select(Case).where(Case.state != CaseState.RESOLVED))
    assert (case.organisation_id, case.severity) == (
        two.giver.organisation.id,
        Severity.EMERGENCY,
    )


async def test_in_the_quiet_after_a_restore_no_tick_looks_at_it_again_and_again(two: Two) -> None:
    referral = await two.offered(joint=90)
    await two.accepts(referral)
    await _samir_leaves(two)
    async with two.giver.database.begin(SERVICE) as session:
        await begin_quiet(session, session.now)
    for _ in range(2):
        async with two.giver.database.begin(SERVICE) as session:
            assert await follow_up(session) == 0
    assert (await two.fresh(referral)).state is ReferralState.ACCEPTED


async def test_an_organisation_where_nobody_works_on_cases_is_not_offered(two: Two) -> None:
    assert await _offered_names(two) == ["Harbour"]
    await _samir_leaves(two)
    assert await _offered_names(two) == []
    await two.partner.colleague(Role.COORDINATOR, name="Omar", chat=803)
    assert await _offered_names(two) == []


async def _samir_leaves(two: Two) -> Actor:
    omar = await two.partner.colleague(Role.ADMIN, name="Omar")
    await two.partner.all_arrives()
    async with two.giver.database.begin(SERVICE) as session:
        await disable_staff(session, omar, two.samir.staff_id)
    return omar


async def _whose(two: Two) -> object:
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        return await organisation_of(session, person)


async def _offered_names(two: Two) -> list[str]:
    async with two.giver.database.begin(SERVICE) as session:
        return [each.name for each in await partners_for(session, two.vera, two.person.id)]
