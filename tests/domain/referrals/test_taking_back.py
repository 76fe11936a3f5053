"""Whatever another organisation was given of somebody, or has of them, ends once they end it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.casework.work import claim, mark_heard, resolve, write
from domain.consent.ledger import Shown
from domain.errors import Refused
from domain.notices import Notice
from domain.privacy.erasing import erase_next
from domain.privacy.passing_on import Reason, pass_on
from domain.profiles.wishing import change_partner, write_down
from domain.queue.lines import Part, queue
from domain.referrals.agreeing import answer_referral
from domain.referrals.making import Plan, refer, revoke
from domain.referrals.reading import given
from domain.replies.sending import Conditions
from domain.returnees.chats import chat_id_of, know_returnees, returnee_of_chat
from domain.returnees.enrolments import current_enrolment, enrol, organisation_of
from storage.kinds import (
    CaseState,
    Identity,
    MessageKind,
    OutboxState,
    Outcome,
    ReferralState,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.checking_in import invite_in
from tests.domain.referrals.two import Two, seen_by_partner, waiting
from tests.racing import stands_still


async def with_the_partner(two: Two, referral: Referral) -> Case:
    """While both accompany them, the giver's case was closed too long ago, and they cry again."""
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    two.giver.later(days=15)
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        assert await organisation_of(session, person) == two.partner.organisation.id
    await two.partner.hears(two.person, "v1", MessageKind.VOICE)
    theirs = await two.partner.signal(two.person, Severity.EMERGENCY)
    assert theirs.organisation_id == two.partner.organisation.id
    async with two.giver.database.begin(SERVICE) as session:
        await claim(session, two.samir, theirs.id)
        return await session.get_one(Case, theirs.id)


@pytest.mark.parametrize("who", ["giver", "person"])
async def test_p10_a_case_that_the_partner_has_meanwhile_comes_back_with_the_person(
    two: Two, who: str
) -> None:
    referral = await two.offered(joint=30)
    theirs = await with_the_partner(two, referral)
    if who == "person":
        await two.answers(referral, granted=False)
    else:
        async with two.giver.database.begin(SERVICE) as session:
            await revoke(session, two.vera, referral.id)
    assert (await two.case_now(theirs.id)).state is CaseState.RESOLVED
    said = await two.giver.hears(two.person, "He is here")
    assert said is not None
    back = await two.case_now(said.case_id)
    assert (back.organisation_id, back.severity, back.state, back.alerts_sent) == (
        two.giver.organisation.id,
        Severity.EMERGENCY,
        CaseState.OPEN,
        1,
    )
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        voices = select(Message.case_id).where(Message.kind == MessageKind.VOICE)
        assert (await session.scalars(voices)).all() == [back.id]
    async with two.giver.database.begin(two.partner.organisation.id, two.samir.staff_id) as session:
        assert (await queue(session, two.samir, Part.MINE)).lines == []
        assert (await session.scalars(select(Message))).all() == []


@pytest.mark.parametrize("who", ["giver", "person"])
async def test_what_the_partner_wrote_and_what_waits_does_not_go_once_it_ends(
    two: Two, who: str
) -> None:
    referral = await two.offered(joint=30)
    theirs = await with_the_partner(two, referral)
    await two.partner.all_arrives()
    now = await two.partner.writes(two.samir, theirs, "I come at nine.")
    async with two.giver.database.begin(SERVICE) as session:
        later = Conditions(later=session.now.replace(hour=11) + timedelta(days=1))
        planned = await write(session, two.samir, theirs.id, "How are you?", later)
        # It waits for the morning.
        waits = await session.get_one(OutboxRow, now.outbox_id)
        waits.state, waits.held = OutboxState.HELD, "window"
    if who == "person":
        await two.answers(referral, granted=False)
    else:
        async with two.giver.database.begin(SERVICE) as session:
            await revoke(session, two.vera, referral.id)
    async with two.giver.database.begin(SERVICE) as session:
        rows = [await session.get_one(OutboxRow, each.outbox_id) for each in (now, planned)]
    assert [row.state for row in rows] == [OutboxState.CANCELLED] * 2


async def test_whom_a_partner_has_invited_itself_meanwhile_stays_there_when_it_is_taken_back(
    two: Two,
) -> None:
    """The giver takes back what it gave, and the person has come by themselves."""
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        partner = await session.get_one(Organisation, two.partner.organisation.id)
        await invite_in(session, await session.get_one(Returnee, two.person.id), partner)
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, two.vera, referral.id)
    async with two.giver.database.begin(SERVICE) as session:
        there = await current_enrolment(session, two.person.id, two.partner.organisation.id)
    assert there is not None


async def test_p10_no_word_of_theirs_opens_a_case_again_where_they_are_no_longer(two: Two) -> None:
    referral = await two.offered(joint=30)
    theirs = await with_the_partner(two, referral)
    async with two.giver.database.begin(SERVICE) as session:
        [voice] = await session.scalars(select(Message).where(Message.listen_by.is_not(None)))
        await mark_heard(session, two.samir, voice.id, "v1")
        await resolve(session, two.samir, theirs.id, Outcome.HELPED)
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, two.vera, referral.id)
    await two.giver.hears(two.person, "He is here")
    newer = await two.giver.signal(two.person, Severity.URGENT)
    assert (await two.case_now(theirs.id)).state is CaseState.RESOLVED
    assert newer.organisation_id == two.giver.organisation.id


async def test_p10_race_of_accepting_and_a_wish_that_they_must_not_be_told_hands_nobody_over(
    two: Two,
) -> None:
    """Whoever accepts waits for whatever the person presses just then."""
    referral = await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        chat_id = chat_id_of(session, await session.get_one(Returnee, two.person.id))

    async def accepts() -> None:
        with pytest.raises(Refused, match="no such referral"):
            await two.accepts(referral)

    async with asyncio.TaskGroup() as group, two.giver.database.begin(SERVICE) as session:
        await know_returnees(session, [chat_id], locked=True)
        accepting = group.create_task(accepts())
        await stands_still(two.giver.database, accepting)
        person = await returnee_of_chat(session, chat_id)
        assert person is not None
        await change_partner(session, person, two.partner.organisation.id)
    assert (await two.fresh(referral)).state is ReferralState.REVOKED
    assert (await two.case_now(two.case.id)).state is CaseState.CLAIMED


async def test_p10_race_of_a_yes_and_a_wish_that_they_must_not_be_told_tells_them_nothing(
    two: Two,
) -> None:
    referral = await two.refers()
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        person.identity, person.confirmed_at = Identity.CONFIRMED, session.now
        chat_id = chat_id_of(session, person)

    async def says_yes() -> None:
        """As whatever is sent from a phone is handled: whoever sent it is locked first."""
        async with two.giver.database.begin(SERVICE) as session:
            await know_returnees(session, [chat_id], locked=True)
            person = await returnee_of_chat(session, chat_id)
            assert person is not None
            with pytest.raises(Refused, match="must not be told"):
                await answer_referral(session, person, referral.id, True, Shown("1", "May we?"))

    async with asyncio.TaskGroup() as group, two.giver.database.begin(SERVICE) as session:
        partner = two.partner.organisation.id
        await write_down(session, two.vera, two.person.id, None, [], [partner])
        pressing = group.create_task(says_yes())
        await stands_still(two.giver.database, pressing)
    assert (await two.fresh(referral)).state is ReferralState.ASKED
    assert await seen_by_partner(two) == 0


async def test_p6_whom_a_third_forgets_is_offered_to_others_all_the_same(two: Two) -> None:
    """The person waits for those who were asked, and these for nothing."""
    await two.offered()
    third = await Centre.open(two.giver.database, two.giver.clock, "Hope")
    nina = await third.colleague(Role.SAFEGUARDING)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        there = await session.get_one(Organisation, third.organisation.id)
        await enrol(session, await session.get_one(Returnee, two.person.id), there)
        await pass_on(session, nina, two.person.id, Reason.ASKED_IN_PERSON)
    assert await seen_by_partner(two) == 1
    assert await waiting(two.partner, two.samir) == 1
    async with two.giver.database.begin(SERVICE) as session:
        assert len((await given(session, two.vera)).lines) == 1


async def test_p2_a_giver_hears_that_those_who_helped_with_it_forget_the_person(
    centre: Centre,
) -> None:
    """It has them alone from then on; whether the person wanted that, nobody said."""
    two = await Two.at_work(centre, vera_reads=700)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    nina = await two.partner.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        await pass_on(session, nina, two.person.id, Reason.ASKED_IN_PERSON)
    async with centre.database.begin(SERVICE) as session:
        while await erase_next(session):
            pass
    assert (await two.fresh(referral)).state is ReferralState.LAPSED
    told = [(each.chat, each.params["what"]) for each in await centre.sent(Notice.STAFF_REFERRAL)]
    assert told[2:] == [(700, "alone-again")]
    # Nor does the person wait for them in vain.
    [ended] = await centre.sent(Notice.REFERRAL_ENDED)
    assert ended.params["referral"] == str(referral.id)


@pytest.mark.parametrize("who", ["giver", "person"])
async def test_p5_what_a_partner_gave_to_others_meanwhile_ends_with_its_time(
    two: Two, who: str
) -> None:
    """It accompanies nobody whom these could take over."""
    referral = await two.offered(joint=90)
    theirs = await with_the_partner(two, referral)
    hope = await Centre.open(two.giver.database, two.giver.clock, "Hope")
    lule = await hope.colleague(name="Lule")
    async with two.giver.database.begin(SERVICE) as session:
        plan = Plan(hope.organisation.id, "A doctor")
        given_on = await refer(session, two.samir, theirs.id, plan)
    await two.answers(given_on)
    if who == "person":
        await two.answers(referral, granted=False)
    else:
        async with two.giver.database.begin(SERVICE) as session:
            await revoke(session, two.vera, referral.id)
    assert (await two.fresh(given_on)).state is ReferralState.LAPSED
    assert await waiting(hope, lule) == 0
    [told] = [
        each
        for each in await two.giver.sent(Notice.REFERRAL_ENDED)
        if each.params["referral"] == str(given_on.id)
    ]
    assert told.params["only_confirmed"]


@pytest.mark.parametrize("forgets", [False, True])
async def test_p6_a_giver_that_forgets_the_person_hears_no_more_of_whom_they_want(
    centre: Centre, forgets: bool
) -> None:
    two = await Two.at_work(centre, Severity.CONCERN, vera_reads=701)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    if forgets:
        lead = await centre.colleague(Role.SAFEGUARDING)
        async with centre.database.begin(SERVICE) as session:
            await pass_on(session, lead, two.person.id, Reason.ASKED_IN_PERSON)
    await two.answers(referral, granted=False)

    told = [each.params["what"] for each in await centre.sent(Notice.STAFF_REFERRAL)]
    assert ("taken-back" in told) is not forgets
