"""The giver hands somebody over while others help, or are asked, beside those who take over."""

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import claim, mark_heard, resolve
from domain.notices import Notice
from domain.referrals.by_mail import accept_by_mail, say_outcome_by_mail
from domain.referrals.handing_over import hand_over_now
from domain.referrals.making import Plan, refer
from domain.referrals.receiving import accept, reject
from domain.returnees.enrolments import current_enrolment
from domain.signals.opening import open_handed_over
from storage.kinds import (
    CaseState,
    MessageKind,
    Outcome,
    Received,
    ReferralState,
    Severity,
    Travels,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseAccess
from storage.tables.referrals import Referral
from storage.tables.returnees import Enrolment, Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.ending import LULE, SAMIR, VERA, told_in, told_the_person
from tests.domain.referrals.mailing import key_of, known, mailed
from tests.domain.referrals.three import beside_it, with_a_third
from tests.domain.referrals.two import Two, seen_by_partner


async def accepts(two: Two, lule: Actor, referral: Referral) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        await accept(session, lule, referral.id)


async def test_p10_who_accompanies_them_with_the_giver_does_so_no_more_once_a_third_takes_over(
    two: Two,
) -> None:
    """Nobody is there beside whom they would, and the person has one who answers them."""
    together = await two.offered(Travels.TALK, joint=30)
    await two.accepts(together)
    hope, lule, taken = await beside_it(two)
    await accepts(two, lule, taken)

    assert (await two.fresh(taken)).state is ReferralState.HANDED_OVER
    assert (await two.fresh(together)).state is ReferralState.LAPSED
    assert await seen_by_partner(two) == 0
    async with two.giver.database.begin(SERVICE) as session:
        partner = two.partner.organisation.id
        assert await current_enrolment(session, two.person.id, partner) is None
        theirs = await current_enrolment(session, two.person.id)
        assert theirs is not None
        assert theirs.organisation_id == hope.organisation.id
    assert await told_in(two, SAMIR) == ["offered", "ended"]
    assert await told_the_person(two) == [str(together.id)]
    await two.goes_on(days=31)
    # And nobody else takes over later, behind the back of those who have them.
    done = [each.params for each in await two.giver.sent(Notice.REFERRAL_DONE)]
    alone = [each["referral"] for each in done if each["how"] == "alone"]
    assert alone == [str(taken.id)]


async def with_the_partner(two: Two) -> Case:
    """While both accompany them, the giver's case was closed too long ago, and they cry again."""
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    two.giver.later(days=15)
    theirs = await two.partner.signal(two.person, Severity.EMERGENCY)
    assert theirs.organisation_id == two.partner.organisation.id
    async with two.giver.database.begin(SERVICE) as session:
        await claim(session, two.samir, theirs.id)
        return await session.get_one(Case, theirs.id)


async def test_p2_a_third_who_takes_over_has_their_emergency_whoever_had_it_meanwhile(
    two: Two,
) -> None:
    hope, lule, taken = await beside_it(two, joint=30)
    await accepts(two, lule, taken)
    together = await two.offered(joint=30)
    await two.accepts(together)
    theirs = await with_the_partner(two)
    async with two.giver.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, taken.id)

    assert (await two.case_now(theirs.id)).state is CaseState.RESOLVED
    said = await two.giver.hears(two.person, "He is here")
    assert said is not None
    now = await two.case_now(said.case_id)
    assert (now.organisation_id, now.severity) == (hope.organisation.id, Severity.EMERGENCY)


async def test_no_tick_ends_an_emergency_that_somebody_beside_has(two: Two) -> None:
    _, lule, taken = await beside_it(two, joint=14)
    await accepts(two, lule, taken)
    await two.accepts(await two.offered(joint=30))
    theirs = await with_the_partner(two)
    await two.goes_on(hours=1)
    assert (await two.case_now(theirs.id)).state is CaseState.CLAIMED
    assert (await two.fresh(taken)).state is ReferralState.ACCEPTED


async def test_p12_an_emergency_goes_straight_to_a_third_who_takes_over_and_calls_no_giver(
    centre: Centre,
) -> None:
    """Whose case would begin and close in the same moment."""
    two = await Two.at_work(centre, vera_reads=VERA)
    hope, lule, taken = await beside_it(two, joint=30)
    await accepts(two, lule, taken)
    await two.accepts(await two.offered(joint=30))
    await with_the_partner(two)
    await centre.all_arrives()
    before = await centre.alerted()
    async with centre.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, taken.id)

    assert (await centre.alerted())[len(before) :] == [LULE]
    async with centre.database.begin(SERVICE) as session:
        cases = await session.execute(
            select(Case.organisation_id, Case.severity).order_by(Case.opened_at)
        )
    assert [tuple(each) for each in cases] == [
        (centre.organisation.id, Severity.URGENT),
        (two.partner.organisation.id, Severity.EMERGENCY),
        (hope.organisation.id, Severity.EMERGENCY),
    ]


async def test_p1_nothing_ends_beside_while_a_recording_waits_there_and_whoever_has_it_is_told(
    two: Two,
) -> None:
    _, lule, taken = await beside_it(two)
    together = await two.offered(joint=30)
    await two.accepts(together)
    theirs = await with_the_partner(two)
    voice = await two.partner.hears(two.person, "v1", MessageKind.VOICE)
    assert voice is not None
    await accepts(two, lule, taken)

    assert (await two.fresh(taken)).state is ReferralState.ACCEPTED
    assert (await two.fresh(together)).state is ReferralState.ACCEPTED
    assert (await two.case_now(theirs.id)).state is CaseState.CLAIMED
    assert (await told_in(two, SAMIR))[-1] == "unheard"
    async with two.giver.database.begin(SERVICE) as session:
        await mark_heard(session, two.samir, voice.id, "v1")
    async with two.giver.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, taken.id)
    assert (await two.case_now(theirs.id)).state is CaseState.RESOLVED


@pytest.mark.parametrize("by", ["a press", "the tick"])
async def test_p10_what_waits_with_an_organisation_that_has_to_do_with_none_of_it_holds_nothing_up(
    two: Two, by: str
) -> None:
    """Nor does either learn of the other: that one has its case, and goes on with it."""
    together = await two.offered(joint=30)
    await two.accepts(together)
    hope, _, theirs = await with_a_third(two)
    assert await hope.hears(two.person, "v1", MessageKind.VOICE) is not None
    if by == "a press":
        async with two.giver.database.begin(SERVICE) as session:
            await hand_over_now(session, two.vera, together.id)
    else:
        await two.goes_on(days=15, minutes=1)

    assert (await two.fresh(together)).state is ReferralState.HANDED_OVER
    assert (await two.case_now(theirs.id)).state is CaseState.CLAIMED
    assert await told_in(two, LULE) == ["offered"]


async def test_what_is_given_back_to_the_giver_is_handed_over_to_nobody_on_the_planned_day(
    centre: Centre,
) -> None:
    """The partner can't go on, and asks whoever asked it: who is not told that they are left."""
    two = await Two.at_work(centre, vera_reads=VERA)
    together = await two.offered(joint=30)
    await two.accepts(together)
    theirs = await with_the_partner(two)
    async with two.giver.database.begin(SERVICE) as session:
        back = await refer(
            session, two.samir, theirs.id, Plan(two.giver.organisation.id, "They must go home")
        )
    await two.answers(back)
    async with two.giver.database.begin(SERVICE) as session:
        await accept(session, two.vera, back.id)

    assert (await two.fresh(back)).state is ReferralState.HANDED_OVER
    assert (await two.fresh(together)).state is ReferralState.LAPSED
    assert "alone-again" not in await told_in(two, VERA)
    await two.goes_on(days=31)
    async with two.giver.database.begin(SERVICE) as session:
        theirs_now = await current_enrolment(session, two.person.id)
        assert theirs_now is not None
        assert theirs_now.organisation_id == two.giver.organisation.id
        partner = two.partner.organisation.id
        assert await current_enrolment(session, two.person.id, partner) is None


@pytest.mark.parametrize("closed", [False, True], ids=["the giver has a case", "it has none"])
async def test_p2_a_giver_hears_that_those_who_helped_with_it_have_gone_on_to_a_third(
    centre: Centre, closed: bool
) -> None:
    """It has them without those from then on, and nobody takes over on the planned day."""
    two = await Two.at_work(centre, vera_reads=VERA)
    together = await two.offered(joint=90)
    await two.accepts(together)
    theirs = await with_the_partner(two)
    hope = await Centre.open(centre.database, centre.clock, "Hope")
    lule = await hope.colleague(name="Lule", chat=LULE)
    async with centre.database.begin(SERVICE) as session:
        given_on = await refer(
            session, two.samir, theirs.id, Plan(hope.organisation.id, "A doctor")
        )
    await two.answers(given_on)
    if not closed:
        async with centre.database.begin(SERVICE) as session:
            await resolve(session, two.samir, theirs.id, Outcome.HELPED)
            person = await session.get_one(Returnee, two.person.id)
            back = await open_handed_over(session, person, centre.organisation.id, Severity.URGENT)
        async with centre.database.begin(SERVICE) as session:
            await claim(session, two.vera, back.id)
    await accepts(two, lule, given_on)

    assert (await two.fresh(given_on)).state is ReferralState.HANDED_OVER
    assert (await two.fresh(together)).state is ReferralState.LAPSED
    assert (await told_in(two, VERA))[1:] == ["alone-again"]


@pytest.mark.parametrize("closed", [False, True])
async def test_p10_what_comes_back_to_a_giver_whose_case_is_closed_is_put_into_nobody_elses(
    centre: Centre, closed: bool
) -> None:
    """Who accompanies them with it learns nothing of whom else it asked."""
    two = await Two.at_work(centre, vera_reads=VERA)
    await two.accepts(await two.offered(joint=90))
    _, lule, asked = await beside_it(two)
    theirs = await with_the_partner(two)
    if closed:
        async with centre.database.begin(SERVICE) as session:
            await resolve(session, two.samir, theirs.id, Outcome.HELPED)
    before = await centre.history(theirs.id)
    async with centre.database.begin(SERVICE) as session:
        await reject(session, lule, asked.id, "No bed free")

    assert await centre.history(theirs.id) == before
    async with centre.database.begin(SERVICE) as session:
        opened = select(Case).where(Case.state == CaseState.OPEN)
        back = (await session.scalars(opened)).all()
    assert [each.organisation_id for each in back] == ([centre.organisation.id] if closed else [])
    assert (await told_in(two, VERA))[1:] == ([] if closed else ["rejected"])


async def test_p2_that_a_mailbox_did_not_help_is_heard_by_those_who_have_taken_over_since(
    two: Two,
) -> None:
    """The person is with the giver no longer, and does not go back to it by that."""
    await known(two)
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    async with two.giver.database.begin(SERVICE) as session:
        await accept_by_mail(session, token, key, "Ana Marku")
    await two.accepts(await two.offered())
    async with two.giver.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(select(Case).where(Case.state == CaseState.OPEN))
        await claim(session, two.samir, theirs.id)
        await resolve(session, two.samir, theirs.id, Outcome.HELPED)
    two.giver.later(days=15)
    key = await key_of(two, referral, token)
    async with two.giver.database.begin(SERVICE) as session:
        await say_outcome_by_mail(session, token, key, Received.NO)
    async with two.giver.database.begin(SERVICE) as session:
        [now] = await session.scalars(select(Case).where(Case.state == CaseState.OPEN))
        giver = two.giver.organisation.id
        assert await current_enrolment(session, two.person.id, giver) is None
    assert now.organisation_id == two.partner.organisation.id


async def given_on_to_hope(two: Two, theirs: Case, *, joint: int) -> tuple[Actor, Referral]:
    """By the partner, who helps together with the giver, and accepted there."""
    hope = await Centre.open(two.giver.database, two.giver.clock, "Hope")
    lule = await hope.colleague(name="Lule", chat=LULE)
    plan = Plan(hope.organisation.id, "A doctor", (Travels.TALK,), joint)
    async with two.giver.database.begin(SERVICE) as session:
        given_on = await refer(session, two.samir, theirs.id, plan)
    await two.answers(given_on)
    await accepts(two, lule, given_on)
    return lule, given_on


@pytest.mark.parametrize("joint", [0, 30], ids=["at once", "after a time together"])
async def test_p2_what_a_partner_hands_over_does_not_end_with_what_it_had_together_with_the_giver(
    centre: Centre, joint: int
) -> None:
    """Those who take over read what was to travel, know the person by one name, and nobody hears
    that they help no more.
    """
    two = await Two.at_work(centre, vera_reads=VERA)
    together = await two.offered(joint=90)
    await two.accepts(together)
    lule, given_on = await given_on_to_hope(two, await with_the_partner(two), joint=joint)
    if joint:
        two.giver.later(hours=2)
        async with centre.database.begin(SERVICE) as session:
            await hand_over_now(session, two.samir, given_on.id)

    assert (await two.fresh(given_on)).state is ReferralState.HANDED_OVER
    assert (await two.fresh(together)).state is ReferralState.LAPSED
    assert "ended" not in await told_in(two, LULE)
    assert await told_the_person(two) == [str(together.id)]
    async with centre.database.begin(SERVICE) as session:
        there = Enrolment.organisation_id == lule.organisation_id
        assert len((await session.scalars(select(Enrolment).where(there))).all()) == 1
        access = CaseAccess.organisation_id == lule.organisation_id
        assert len((await session.scalars(select(CaseAccess).where(access))).all()) == 1
