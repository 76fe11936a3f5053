"""Two organisations that accompany somebody ask the same third one, and nobody learns of another
from a refusal (P10).
"""

import asyncio
from datetime import timedelta

import pytest

from domain.actors import Actor
from domain.casework.work import resolve
from domain.errors import Refused
from domain.referrals.making import Plan, refer, revoke
from domain.returnees.enrolments import enrol
from domain.signals.opening import open_handed_over
from storage.kinds import Outcome, ReferralState, Severity
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.two import NEED, Two
from tests.racing import stands_still


async def second_giver(two: Two, *, joint: int = 0) -> tuple[Actor, Referral]:
    """Hope accompanies the person as well. The first one's case is closed, and Hope asks the same
    partner from its own.
    """
    hope = await Centre.open(two.giver.database, two.giver.clock, "Hope")
    lule = await hope.colleague(name="Lule")
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        person = await session.get_one(Returnee, two.person.id)
        await enrol(session, person, await session.get_one(Organisation, hope.organisation.id))
        case = await open_handed_over(session, person, hope.organisation.id, Severity.URGENT)
    await hope.claims(lule, case)
    plan = Plan(two.partner.organisation.id, NEED, (), joint)
    async with two.giver.database.begin(SERVICE) as session:
        return lule, await refer(session, lule, case.id, plan)


async def test_p10_nobody_learns_from_a_refusal_that_another_one_has_asked_the_same_partner(
    two: Two,
) -> None:
    first = await two.refers(joint=30)
    _, second = await second_giver(two)

    assert (await two.fresh(first)).state is ReferralState.ASKED
    assert second.state is ReferralState.ASKED


async def test_race_of_one_giver_who_asks_in_two_windows_asks_the_partner_once(two: Two) -> None:
    """No index keeps the second one out: it waits for the case, and sees the first."""

    async def asks_again() -> None:
        with pytest.raises(Refused, match="under way already"):
            await two.refers()

    async with asyncio.TaskGroup() as group, two.giver.database.begin(SERVICE) as session:
        plan = Plan(two.partner.organisation.id, NEED, ())
        await refer(session, two.vera, two.case.id, plan)
        asking = group.create_task(asks_again())
        await stands_still(two.giver.database, asking)


@pytest.mark.parametrize("first_ends", ["first", "second"])
async def test_a_partner_that_two_gave_somebody_for_a_time_is_there_until_both_have_ended_it(
    two: Two, first_ends: str
) -> None:
    first = await two.offered(joint=30)
    await two.accepts(first)
    lule, second = await second_giver(two, joint=30)
    await two.answers(second)
    await two.accepts(second)
    both = [(two.vera, first), (lule, second)]
    ends = both if first_ends == "first" else both[::-1]

    seen = [await two.is_with_partner()]
    for actor, referral in ends:
        async with two.giver.database.begin(SERVICE) as session:
            await revoke(session, actor, referral.id)
        seen.append(await two.is_with_partner())
    assert seen == [True, True, False]


async def test_what_one_handed_over_stays_with_the_partner_though_another_takes_its_own_back(
    two: Two,
) -> None:
    first = await two.offered(joint=14)
    lule, second = await second_giver(two, joint=90)
    await two.answers(second)
    await two.accepts(second)
    two.giver.clock.offset += timedelta(hours=1)
    await two.accepts(first)
    await two.goes_on(days=15)
    async with two.giver.database.begin(SERVICE) as session:
        done = await session.get_one(Referral, first.id)
        assert done.state is ReferralState.HANDED_OVER
        other = await session.get_one(Referral, second.id)
        assert other.state is ReferralState.ACCEPTED
        await revoke(session, lule, second.id)

    assert await two.is_with_partner()
