"""Who asks somebody how they are while another organisation helps them, or has taken over."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import delete

from domain.campaigns.facts import facts_of
from domain.cases.finding import open_case_of
from domain.check_ins.asking import ask_check_in
from domain.check_ins.due import locked
from domain.check_ins.eligibility import Exclusion
from domain.consent import give_consent
from domain.enrolment.invites import InviteUsed, issue_invites, redeem_invite
from domain.enrolment.welcoming import enrol_with_invite
from domain.pathways.reconciling import without_next
from domain.referrals.making import decide, revoke
from domain.returnees.chats import chat_id_of
from storage.kinds import CheckInState, Purpose, Role, Severity, Travels
from storage.sessions import SERVICE
from storage.tables.returnees import Enrolment, Returnee
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, invite_in, plan_check_in
from tests.domain.referrals.two import Two


async def may_be_asked(two: Two, *, invited: bool = True) -> None:
    """Somebody who came to the giver by its invite, and said yes to check-ins."""
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        if invited:
            await invite_in(session, person, two.giver.organisation)
        await give_consent(session, person, Purpose.CHECK_INS, True, "1")


async def planned_by(two: Two, centre: Centre, state: CheckInState = CheckInState.PLANNED) -> UUID:
    office = Office(centre.organisation, await centre.colleague(Role.COORDINATOR))
    async with two.giver.database.begin(SERVICE) as session:
        check_in = await plan_check_in(session, two.person, office)
        check_in.state = state
        check_in.sent_at = session.now if state is CheckInState.SENT else None
    return check_in.id


async def why_not(two: Two, check_in_id: UUID) -> Exclusion | None:
    async with two.giver.database.begin(SERVICE) as session:
        return (await locked(session, [check_in_id]))[check_in_id].unfit


async def found_by_asking(two: Two) -> UUID | None:
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        found = await ask_check_in(session, person)
        return found.check_in_id if found else None


async def given_in_danger(centre: Centre) -> Two:
    """A life depended on it, and the person was not asked."""
    two = await Two.at_work(centre, Severity.EMERGENCY)
    await may_be_asked(two)
    referral = await two.refers(Travels.CONTACT, vital=True, joint=30)
    second = await centre.colleague(name="Lule")
    async with centre.database.begin(SERVICE) as session:
        await decide(session, second, referral.id)
    await two.accepts(referral)
    return two


@pytest.mark.parametrize("joint", [0, 30])
async def test_whom_the_giver_invited_is_asked_by_those_who_accepted_them_too(
    two: Two, joint: int
) -> None:
    await may_be_asked(two)
    await two.accepts(await two.offered(joint=joint))
    theirs = await planned_by(two, two.partner)

    assert await why_not(two, theirs) is None
    async with two.giver.database.begin(two.partner.organisation.id) as session:
        facts = await facts_of(session, two.partner.organisation.id, two.person.id)
    assert facts is not None
    assert facts.invited


async def test_that_those_who_took_over_have_nothing_planned_is_found(two: Two) -> None:
    await may_be_asked(two)
    await two.accepts(await two.offered())
    coordinator = await two.partner.colleague(Role.COORDINATOR)
    async with two.giver.database.begin(two.partner.organisation.id) as session:
        found = await without_next(session, coordinator)

    assert [each.id for each in found.lines] == [two.person.id]


async def test_whoever_only_cried_for_help_is_asked_by_nobody_who_accepted_them(
    two: Two,
) -> None:
    await may_be_asked(two, invited=False)
    await two.accepts(await two.offered(joint=30))
    theirs = await planned_by(two, two.partner)

    assert await why_not(two, theirs) is Exclusion.NO_INVITE
    assert await found_by_asking(two) is None


async def test_whoever_was_given_in_danger_unasked_is_asked_nothing_by_those_who_accepted(
    centre: Centre,
) -> None:
    two = await given_in_danger(centre)
    theirs = await planned_by(two, two.partner)

    assert await why_not(two, theirs) is Exclusion.NO_INVITE


async def test_a_check_in_that_waits_is_found_though_another_accompanies_them_who_may_not_ask(
    centre: Centre,
) -> None:
    two = await given_in_danger(centre)
    waits = await planned_by(two, two.giver, CheckInState.SENT)

    assert await found_by_asking(two) == waits


async def test_the_givers_invite_does_not_keep_them_there_when_it_is_taken_back(
    two: Two,
) -> None:
    await may_be_asked(two)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    assert await two.is_with_partner()
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, two.vera, referral.id)

    assert not await two.is_with_partner()


async def test_the_partners_own_invite_can_be_used_beside_the_givers_and_keeps_them_there(
    two: Two,
) -> None:
    await may_be_asked(two)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        [new] = await issue_invites(session, two.partner.organisation.id)
        person = await session.get_one(Returnee, two.person.id)
        await enrol_with_invite(session, chat_id_of(session, person), new.code, "sq")
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, two.vera, referral.id)

    assert await two.is_with_partner()


async def test_whoever_came_by_the_partners_own_invite_before_may_open_it_again(two: Two) -> None:
    await may_be_asked(two)
    async with two.giver.database.begin(SERVICE) as session:
        [new] = await issue_invites(session, two.partner.organisation.id)
        person = await session.get_one(Returnee, two.person.id)
        await enrol_with_invite(session, chat_id_of(session, person), new.code, "sq")
    await two.accepts(await two.offered(joint=30))

    async with two.giver.database.begin(SERVICE) as session:
        await redeem_invite(session, new.code, returnee_id=two.person.id)


async def test_an_old_invite_keeps_nobody_with_whoever_gave_them_away_and_helps_for_a_time(
    two: Two,
) -> None:
    await may_be_asked(two)
    await two.accepts(await two.offered())
    async with two.giver.database.begin(SERVICE) as session:
        theirs = await open_case_of(session, two.person.id)
    assert theirs is not None
    await two.partner.claims(two.samir, theirs)
    back = replace(
        two, giver=two.partner, partner=two.giver, vera=two.samir, samir=two.vera, case=theirs
    )
    referral = await back.offered(joint=30)
    await back.accepts(referral)
    assert await why_not(back, await planned_by(back, back.partner)) is None
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, back.vera, referral.id)

    assert not await back.is_with_partner()


async def test_p6_a_card_of_the_giver_opens_no_door_to_it_once_it_has_forgotten_them(
    two: Two,
) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        [card] = await issue_invites(session, two.giver.organisation.id)
        person = await session.get_one(Returnee, two.person.id)
        await enrol_with_invite(session, chat_id_of(session, person), card.code, "sq")
    await two.accepts(await two.offered(joint=30))
    async with two.giver.database.begin(SERVICE) as session:
        giver = Enrolment.organisation_id == two.giver.organisation.id
        await session.execute(delete(Enrolment).where(giver))

    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(InviteUsed):
            await redeem_invite(session, card.code, returnee_id=two.person.id)
