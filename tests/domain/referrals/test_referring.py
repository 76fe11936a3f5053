"""Another organisation is asked to help: only after a yes, only with what was picked."""

import asyncio

import pytest
from sqlalchemy import func, select

from domain.casework.work import claim, resolve
from domain.consent.ledger import Shown
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.copying import copy_of
from domain.privacy.passing_on import Reason, pass_on
from domain.profiles.wishing import change_partner, change_place
from domain.referrals.agreeing import answer_referral, say_received
from domain.referrals.climbing import climb
from domain.referrals.handing_over import hand_over_now
from domain.referrals.making import decide, revoke
from domain.referrals.partners import partners_for
from domain.referrals.reading import read_along, read_referral, received
from domain.referrals.receiving import say_outcome
from domain.returnees.enrolments import current_enrolment
from domain.returnees.wishes import Place
from domain.safeguarding.conflicts import keep_apart
from domain.signals.opening import open_or_append
from storage.kinds import (
    AgeBand,
    CaseState,
    ConflictKind,
    Identity,
    Outcome,
    Received,
    ReferralState,
    Role,
    Severity,
    Travels,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.two import NEED, Two, seen_by_partner, waiting
from tests.racing import stands_still


async def test_p5_nothing_travels_before_the_person_has_said_yes_in_the_chat(two: Two) -> None:
    referral = await two.refers()
    [asked] = await two.giver.sent(Notice.REFERRAL_ASKED)
    assert asked.params["referral"] == str(referral.id)
    assert await seen_by_partner(two) == 0
    assert await two.giver.sent(Notice.STAFF_REFERRAL) == []

    await two.answers(referral)
    assert await seen_by_partner(two) == 1
    [told] = await two.giver.sent(Notice.STAFF_REFERRAL)
    assert told.chat == 801
    assert NEED not in str(told.params)


async def test_p10_only_what_was_picked_travels_and_nothing_else_is_seen_before_they_accept(
    two: Two,
) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, two.person.id)).age_band = AgeBand.YOUTH
    referral = await two.offered(Travels.LANGUAGE)
    async with two.giver.database.begin(SERVICE) as session:
        letter = (await read_referral(session, two.samir, referral.id)).letter
    assert letter is not None
    assert (letter.need, letter.language) == (NEED, "sq")
    assert (letter.country, letter.age, letter.reach, letter.helper) == (None, None, None, None)
    async with two.giver.database.begin(two.partner.organisation.id, two.samir.staff_id) as session:
        for table in (Case, Returnee):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_an_accepted_person_has_a_case_there_that_alerts_and_the_givers_is_closed(
    two: Two,
) -> None:
    referral = await two.offered()
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(
            select(Case).where(Case.organisation_id == two.partner.organisation.id)
        )
        assert await current_enrolment(session, two.person.id, two.giver.organisation.id) is None
        enrolment = await current_enrolment(session, two.person.id)
    assert enrolment is not None
    assert enrolment.organisation_id == two.partner.organisation.id
    assert (theirs.state, theirs.severity) == (CaseState.OPEN, Severity.URGENT)
    assert theirs.alerts_sent == 1
    ours = await two.case_now(two.case.id)
    assert (ours.state, ours.outcome) == (CaseState.RESOLVED, Outcome.REFERRED)
    assert await two.giver.sent(Notice.CASE_CLOSED) == []
    [told] = await two.giver.sent(Notice.REFERRAL_DONE)
    assert told.params["how"] == "alone"
    # What they write next is for those who took over.
    await two.giver.hears(two.person, "Hello")
    assert (await two.case_now(two.case.id)).state is CaseState.RESOLVED


@pytest.mark.parametrize("picked", [True, False])
async def test_p10_what_was_said_is_read_by_the_partner_only_where_it_was_picked(
    two: Two, picked: bool
) -> None:
    await two.giver.hears(two.person, "He is at the door")
    referral = await two.offered(*([Travels.TALK] if picked else []), joint=7)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        file = await read_referral(session, two.samir, referral.id)
    async with two.giver.database.begin(two.partner.organisation.id, two.samir.staff_id) as session:
        said = await read_along(session, two.samir, file)
    assert [each.text for each in said] == (["He is at the door"] if picked else [])


async def test_both_accompany_them_for_a_time_and_then_it_is_handed_over_by_itself(
    two: Two,
) -> None:
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    assert (await two.case_now(two.case.id)).claimed_by == two.vera.staff_id
    async with two.giver.database.begin(SERVICE) as session:
        assert await current_enrolment(session, two.person.id, two.giver.organisation.id)
    await two.goes_on(days=7, minutes=1)
    assert (await two.fresh(referral)).state is ReferralState.HANDED_OVER
    assert (await two.case_now(two.case.id)).state is CaseState.RESOLVED


async def test_p2_a_case_that_began_while_they_were_asked_is_handed_over_too(two: Two) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        giver = await session.get_one(Organisation, two.giver.organisation.id)
        giver.settings = {**giver.settings, "reopens_days": 1}
    referral = await two.refers()
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    two.giver.later(days=2)
    newer = await two.giver.signal(two.person, Severity.URGENT)
    assert newer.id != two.case.id
    await two.answers(referral)
    await two.accepts(referral)
    assert (await two.case_now(newer.id)).state is CaseState.RESOLVED
    async with two.giver.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(
            select(Case).where(Case.organisation_id == two.partner.organisation.id)
        )
    assert (theirs.state, theirs.severity) == (CaseState.OPEN, Severity.URGENT)
    assert theirs.alerts_sent == 1


async def test_the_giver_may_hand_over_sooner(two: Two) -> None:
    referral = await two.offered(joint=30)
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="accepted"):
            await hand_over_now(session, two.vera, referral.id)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, referral.id)
    assert (await two.fresh(referral)).state is ReferralState.HANDED_OVER


async def test_whoever_refers_sees_that_a_partner_is_where_it_is_not_safe_for_them(
    two: Two,
) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        partner = await session.get_one(Organisation, two.partner.organisation.id)
        partner.country = "IT"
        [choice] = await partners_for(session, two.vera, two.person.id)
        assert not choice.where_avoided
        person = await session.get_one(Returnee, two.person.id)
        await change_place(session, person, Place("IT"))
        [choice] = await partners_for(session, two.vera, two.person.id)
    assert choice.where_avoided


async def test_p10_an_organisation_that_must_not_be_told_is_never_offered_nor_told(
    two: Two,
) -> None:
    referral = await two.refers()
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await change_partner(session, person, two.partner.organisation.id)
        assert await partners_for(session, two.vera, two.person.id) == []
    with pytest.raises(Refused, match="must not be told"):
        await two.answers(referral)
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, two.vera, referral.id)
    with pytest.raises(Refused, match="no such organisation"):
        await two.refers()


async def test_in_danger_to_life_two_decide_and_the_person_is_told(centre: Centre) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    referral = await two.refers(Travels.CONTACT, vital=True)
    assert await centre.sent(Notice.REFERRAL_ASKED) == []
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="second"):
            await decide(session, two.vera, referral.id)
    second = await centre.colleague(name="Lule")
    async with centre.database.begin(SERVICE) as session:
        await decide(session, second, referral.id)
    assert await seen_by_partner(two) == 1
    [told] = await centre.sent(Notice.REFERRAL_DONE)
    assert told.params["how"] == "vital"


async def test_what_waits_for_an_answer_is_counted_on_every_page_of_whoever_owes_it(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    second = await centre.colleague(name="Lule")
    referral = await two.refers(vital=True)
    counted = [await waiting(centre, each) for each in (two.vera, second, two.samir)]
    assert counted == [0, 1, 0]
    async with centre.database.begin(SERVICE) as session:
        await decide(session, second, referral.id)
    counted = [await waiting(centre, each) for each in (two.vera, second, two.samir)]
    assert counted == [0, 0, 1]
    await two.accepts(referral)
    assert await waiting(centre, two.samir) == 0


@pytest.mark.parametrize("how", ["by themselves", "passed on by staff"])
async def test_p6_nobody_is_called_to_somebody_who_is_to_be_forgotten(two: Two, how: str) -> None:
    await two.offered()
    assert await waiting(two.giver, two.samir) == 1
    nina = await two.giver.colleague(Role.SAFEGUARDING)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        if how == "by themselves":
            await ask_to_be_forgotten(session, await session.get_one(Returnee, two.person.id))
        else:
            await pass_on(session, nina, two.person.id, Reason.ASKED_IN_PERSON)
    assert await waiting(two.giver, two.samir) == 0
    async with two.giver.database.begin(SERVICE) as session:
        assert (await received(session, two.samir)).lines == []
    two.giver.later(hours=3)
    async with two.giver.database.begin(SERVICE) as session:
        on_its_way = select(func.count()).select_from(OutboxRow)
        before = await session.scalar(on_its_way)
        assert await climb(session)
        assert await session.scalar(on_its_way) == before


async def test_where_no_second_is_reached_within_ten_minutes_one_decides(centre: Centre) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    referral = await two.refers(vital=True)
    centre.later(minutes=10, seconds=1)
    async with centre.database.begin(SERVICE) as session:
        await decide(session, two.vera, referral.id)
    assert (await two.fresh(referral)).seconded_by is None
    assert await seen_by_partner(two) == 1


@pytest.mark.parametrize(
    ("severity", "travels"),
    [(Severity.URGENT, Travels.LANGUAGE), (Severity.EMERGENCY, Travels.TALK)],
    ids=["no emergency", "more than the least"],
)
async def test_p5_without_a_life_in_danger_or_for_more_than_the_least_the_person_is_asked(
    centre: Centre, severity: Severity, travels: Travels
) -> None:
    two = await Two.at_work(centre, severity)
    with pytest.raises(Refused):
        await two.refers(travels, vital=True)


async def test_whether_the_help_came_is_asked_of_both(two: Two) -> None:
    referral = await two.offered()
    await two.accepts(referral)
    await two.goes_on(days=14, minutes=1)
    [asked] = await two.giver.sent(Notice.REFERRAL_RECEIVED)
    assert asked.params["referral"] == str(referral.id)
    assert [told.params["what"] for told in await two.giver.sent(Notice.STAFF_REFERRAL)] == [
        "offered",
        "outcome",
    ]
    async with two.giver.database.begin(SERVICE) as session:
        await say_outcome(session, two.samir, referral.id, Received.YES)
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await say_received(session, person, referral.id, Received.NO)
    # A no of the person is heard by those who accompany them, whatever the partner says.
    async with two.giver.database.begin(SERVICE) as session:
        file = await read_referral(session, two.vera, referral.id)
        line = file.line
    assert (line.received, line.received_by_person) == (Received.YES, Received.NO)
    await two.goes_on(days=15)
    assert len(await two.giver.sent(Notice.REFERRAL_RECEIVED)) == 1


async def test_whoever_took_over_and_has_them_no_longer_is_not_called_about_them(
    two: Two,
) -> None:
    await two.accepts(await two.offered())
    async with two.giver.database.begin(SERVICE) as session:
        theirs = await current_enrolment(session, two.person.id)
        assert theirs is not None
        theirs.until_at = session.now
    await two.goes_on(days=14, minutes=1)
    told = [each.params["what"] for each in await two.giver.sent(Notice.STAFF_REFERRAL)]
    assert told == ["offered"]


async def test_p10_a_colleague_of_either_side_who_is_kept_apart_finds_nothing(two: Two) -> None:
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    lead = await two.partner.colleague(Role.SAFEGUARDING)
    async with two.giver.database.begin(SERVICE) as session:
        await keep_apart(session, lead, two.person.id, two.samir.staff_id, ConflictKind.EXCLUDED)
    assert await seen_by_partner(two) == 0
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="no such referral"):
            await read_referral(session, two.samir, referral.id)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
async def test_p10_roles_without_cases_see_no_referral(two: Two, role: Role) -> None:
    referral = await two.offered()
    other = await two.partner.colleague(role)
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(NotAllowed):
            await read_referral(session, other, referral.id)


async def test_p10_no_organisation_writes_itself_a_referral(two: Two) -> None:
    referral = await two.offered()
    scope = two.partner.organisation.id
    with pytest.raises(Exception, match="row-level security"):
        async with two.giver.database.begin(scope) as session:
            own = await session.get_one(Referral, referral.id)
            own.state = ReferralState.ACCEPTED


async def test_only_whoever_has_the_case_refers_and_never_twice_to_the_same(two: Two) -> None:
    await two.refers()
    with pytest.raises(Refused, match="under way"):
        await two.refers()
    other = await two.giver.colleague(name="Lule")
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused):
            await claim(session, other, two.case.id)


async def test_p6_a_copy_names_every_referral_of_theirs(two: Two) -> None:
    await two.offered(Travels.LANGUAGE)
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        [line] = (await copy_of(session, person)).referrals
    assert (line.partner, line.need) == ("Harbour", NEED)
    assert line.travels == (Travels.NEED, Travels.LANGUAGE)


async def test_p2_race_of_handing_over_and_a_cry_for_help_hands_over_an_emergency(
    centre: Centre,
) -> None:
    """What the partner accepts is as grave as it has just become."""
    two = await Two.at_work(centre, Severity.CONCERN)
    referral = await two.offered()
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        person, giver = two.person, two.giver.organisation.id
        await open_or_append(session, person, giver, Severity.EMERGENCY, ["danger.emergency"])
        accepting = group.create_task(two.accepts(referral))
        await stands_still(centre.database, accepting)
    async with centre.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(
            select(Case).where(Case.organisation_id == two.partner.organisation.id)
        )
    assert theirs.severity is Severity.EMERGENCY


@pytest.mark.parametrize("sure", [True, False])
async def test_p13_of_a_yes_to_what_has_gone_already_nothing_follows_from_who_knows_whom(
    two: Two, sure: bool
) -> None:
    referral = await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        person.identity = Identity.CONFIRMED if sure else Identity.DOUBTED
        read = Shown("1", "May we?")
        assert await answer_referral(session, person, referral.id, True, read) is sure
