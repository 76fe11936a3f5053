"""Who said that nobody is to read or write is not asked anew by organisations that pass them on."""

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import claim, resolve
from domain.consent.reading import took_back, wants_no_reader
from domain.crisis.answering import ask_for_human
from domain.errors import Refused
from domain.privacy.passing_on import Reason, pass_on
from domain.referrals.handing_over import hand_over_now
from domain.referrals.making import revoke
from domain.referrals.receiving import reject
from domain.signals.opening import open_handed_over
from storage.kinds import Outcome, Purpose, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.consent.saying import says
from tests.domain.privacy.erasing import erase
from tests.domain.referrals.three import with_a_third
from tests.domain.referrals.two import Two


async def says_no(two: Two) -> None:
    await says(two.giver, two.person, Purpose.CASEWORKER, False)
    two.giver.later(minutes=5)


async def open_now(two: Two) -> Case:
    async with two.giver.database.begin(SERVICE) as session:
        [case] = await session.scalars(select(Case).where(UNRESOLVED))
        return case


async def is_unwanted(two: Two, there: Centre, worker: Actor) -> None:
    """Their words are not kept in what has begun there, and whoever has it may not write."""
    case = await open_now(two)
    assert case.organisation_id == there.organisation.id
    assert await there.hears(two.person, "Nobody is to read this") is None
    await there.claims(worker, case)
    with pytest.raises(Refused, match="unless a life depends on it"):
        await there.writes(worker, case)


@pytest.mark.parametrize("planned", [True, False], ids=["on the planned day", "by a press"])
async def test_p5_a_no_goes_along_to_those_who_take_over(two: Two, planned: bool) -> None:
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    await says_no(two)
    if planned:
        await two.goes_on(days=8)
    else:
        async with two.giver.database.begin(SERVICE) as session:
            await hand_over_now(session, two.vera, referral.id)
    await is_unwanted(two, two.partner, two.samir)


async def test_p1_who_asks_for_somebody_after_that_is_heard_by_those_who_took_over(
    two: Two,
) -> None:
    await two.accepts(await two.offered(joint=7))
    await says_no(two)
    await two.goes_on(days=8)
    async with two.giver.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, two.person.id))
    theirs = await open_now(two)
    assert theirs.organisation_id == two.partner.organisation.id
    assert await two.partner.hears(two.person, "He is here") is not None
    await two.partner.claims(two.samir, theirs)
    await two.partner.writes(two.samir, theirs)


async def test_p1_an_emergency_that_is_handed_over_goes_on_and_the_no_counts_once_it_is_over(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    await says_no(two)
    async with centre.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, referral.id)
    assert await two.partner.hears(two.person, "He is here") is not None
    async with centre.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(select(Case).where(UNRESOLVED))
        await claim(session, two.samir, theirs.id)
        await resolve(session, two.samir, theirs.id, Outcome.HELPED)
        assert theirs.erase_at is not None
        person = await session.get_one(Returnee, two.person.id)
        assert await wants_no_reader(session, person)


async def test_p5_a_no_goes_back_to_the_giver_with_what_was_taken_back(two: Two) -> None:
    """While both accompany them it was the partner that had their case."""
    together = await two.offered(joint=90)
    await two.accepts(together)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    two.giver.later(days=15)
    await two.partner.signal(two.person)
    await says_no(two)
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, two.vera, together.id)
    await is_unwanted(two, two.giver, two.vera)


@pytest.mark.parametrize("whose", ["its own", "another's"])
async def test_p5_a_no_holds_where_nobody_else_helps_and_the_giver_begins_again(
    two: Two, whose: str
) -> None:
    """Whether the last talk that they have was its own, or another organisation's."""
    referral = await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    if whose == "another's":
        hope = await Centre.open(two.giver.database, two.giver.clock, "Hope")
        lule = await hope.colleague(name="Lule")
        async with two.giver.database.begin(SERVICE) as session:
            person = await session.get_one(Returnee, two.person.id)
            there, concern = hope.organisation.id, Severity.CONCERN
            theirs = await open_handed_over(session, person, there, concern)
        await hope.claims(lule, theirs)
        async with two.giver.database.begin(SERVICE) as session:
            await resolve(session, lule, theirs.id, Outcome.HELPED)
    two.giver.later(days=15)
    await says_no(two)
    async with two.giver.database.begin(SERVICE) as session:
        await reject(session, two.samir, referral.id, "No bed free")
    await is_unwanted(two, two.giver, two.vera)


async def test_p5_a_no_to_a_third_goes_along_to_those_who_begin_once_that_has_closed(
    two: Two,
) -> None:
    together = await two.offered(joint=30)
    await two.accepts(together)
    _, lule, theirs = await with_a_third(two)
    await says_no(two)
    async with two.giver.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, together.id)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, lule, theirs.id, Outcome.HELPED)
    await two.goes_on(hours=1, minutes=1)
    await is_unwanted(two, two.partner, two.samir)


async def test_p5_a_no_goes_along_to_a_partner_whose_giver_forgets_them(two: Two) -> None:
    """Though the talk to which they said it is gone by then."""
    await two.accepts(await two.offered(joint=30))
    await says_no(two)
    nina = await two.giver.colleague(Role.SAFEGUARDING)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        await pass_on(session, nina, two.person.id, Reason.ASKED_IN_PERSON)
    await erase(two.giver.database)
    await is_unwanted(two, two.partner, two.samir)


async def test_who_said_no_before_that_talk_is_read_as_before(two: Two) -> None:
    """They were heard since, and what was said of an earlier talk is no word on this one."""
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    await says_no(two)
    async with two.giver.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, two.person.id))
    two.giver.later(days=1)
    async with two.giver.database.begin(SERVICE) as session:
        [again] = await session.scalars(select(Case).where(UNRESOLVED))
        await claim(session, two.vera, again.id)
    await two.accepts(await two.offered())
    case = await open_now(two)
    assert case.organisation_id == two.partner.organisation.id
    async with two.giver.database.begin(SERVICE) as session:
        assert not await took_back(session, await session.get_one(Case, case.id))
