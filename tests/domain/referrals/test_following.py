"""What a tick does of itself, and what it leaves to a human."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.casework.reading import read_case
from domain.casework.tasks import add_task, finish, owed_by
from domain.casework.work import mark_heard, resolve
from domain.colleagues.consulting import consult
from domain.consent.changing import change_consent
from domain.consent.ledger import Shown
from domain.errors import Refused
from domain.notices import Notice
from domain.referrals.climbing import climb
from domain.referrals.handing_over import hand_over_now
from domain.referrals.making import decide
from domain.retention.forgetting import forget_old
from domain.retention.without_consent import forget
from domain.retention_periods import Kind, choose_days
from domain.returnees.enrolments import current_enrolment
from domain.safeguarding.readings import NeedsReason, break_glass
from storage.kinds import (
    CaseState,
    How,
    MessageKind,
    Outcome,
    Purpose,
    ReferralState,
    Severity,
    TaskKind,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.outages import all_is_handled, arrives
from tests.domain.referrals.two import Two, seen_by_partner, waiting


async def test_no_tick_closes_the_givers_case_in_the_midst_of_an_emergency(two: Two) -> None:
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    await two.giver.signal(two.person, Severity.EMERGENCY)
    await two.goes_on(days=7, minutes=1)
    case = await two.case_now(two.case.id)
    assert (case.state, case.claimed_by) == (CaseState.CLAIMED, two.vera.staff_id)
    assert (await two.fresh(referral)).state is ReferralState.ACCEPTED
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    await two.goes_on(hours=1, minutes=1)
    assert (await two.fresh(referral)).state is ReferralState.HANDED_OVER


async def test_p2_what_a_tick_hands_over_alerts_those_who_take_over_at_once(two: Two) -> None:
    await two.accepts(await two.offered(joint=7))
    await two.giver.all_arrives()
    await two.goes_on(days=7, minutes=1)
    alerts = await two.giver.sent(Notice.STAFF_ALERT)
    assert [(each.chat, each.params["severity"]) for each in alerts] == [(801, Severity.URGENT)]


async def test_p2_an_accepted_offer_waits_until_the_giver_has_heard_a_recording_and_they_are_told(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, vera_reads=701)
    referral = await two.offered()
    voice = await two.giver.hears(two.person, "v1", MessageKind.VOICE)
    assert voice is not None
    await two.accepts(referral)
    assert (await two.fresh(referral)).state is ReferralState.ACCEPTED
    told = [each.params["what"] for each in await two.giver.sent(Notice.STAFF_REFERRAL)]
    assert told[-1] == "unheard"
    async with two.giver.database.begin(SERVICE) as session:
        await mark_heard(session, two.vera, voice.id, "v1")
    await two.goes_on(hours=1, minutes=1)
    assert (await two.fresh(referral)).state is ReferralState.HANDED_OVER
    assert [each.params["how"] for each in await two.giver.sent(Notice.REFERRAL_DONE)] == ["alone"]


@pytest.mark.parametrize("joint", [0, 7])
async def test_a_question_to_a_colleague_ends_with_the_case_that_is_handed_over(
    two: Two, joint: int
) -> None:
    ana = await two.giver.colleague(name="Ana")
    async with two.giver.database.begin(SERVICE) as session:
        await consult(session, two.vera, two.case.id, ana.staff_id, "What would you do?")
    await two.accepts(await two.offered(joint=joint))
    await two.goes_on(days=joint, minutes=1)
    assert (await two.case_now(two.case.id)).state is CaseState.RESOLVED
    async with two.giver.database.begin(SERVICE) as session:
        assert await owed_by(session, ana) == []


async def test_p5_nothing_goes_unasked_once_the_emergency_is_closed(centre: Centre) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    second = await centre.colleague(name="Lule")
    referral = await two.refers(vital=True)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.MISTAKEN)
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="closed"):
            await decide(session, second, referral.id)
    assert await seen_by_partner(two) == 0
    # Nor is anybody called to decide it any more.
    centre.later(minutes=5)
    async with centre.database.begin(SERVICE) as session:
        assert await climb(session)
    assert (await two.fresh(referral)).state is ReferralState.LAPSED
    assert await waiting(centre, second) == 0


async def test_p3_no_question_lapses_while_the_answer_may_wait_to_be_read(two: Two) -> None:
    referral = await two.refers()
    await two.giver.all_arrives()
    await arrives(two.giver.database, two.person)
    for still in (ReferralState.ASKED, ReferralState.LAPSED):
        await two.goes_on(days=14, minutes=1)
        assert (await two.fresh(referral)).state is still
        await all_is_handled(two.giver.database)


@pytest.mark.parametrize("vital", [False, True], ids=["the person was asked", "a colleague was"])
async def test_what_nobody_was_told_of_opens_no_closed_case_when_it_lapses(
    centre: Centre, vital: bool
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    referral = await two.refers(vital=vital)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    await two.goes_on(days=14, minutes=1)
    assert (await two.fresh(referral)).state is ReferralState.LAPSED
    assert (await two.case_now(two.case.id)).state is CaseState.RESOLVED
    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Case)) == 1


async def test_p2_what_a_partner_leaves_unanswered_opens_the_closed_case_again(two: Two) -> None:
    await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.REFERRED)
    await two.goes_on(days=2, minutes=1)
    assert (await two.case_now(two.case.id)).state is CaseState.OPEN


async def test_whoever_hands_an_emergency_over_to_another_organisation_owes_a_debrief(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    await two.accepts(await two.offered())
    assert (await two.case_now(two.case.id)).state is CaseState.RESOLVED
    async with centre.database.begin(SERVICE) as session:
        assert [each.kind for each in await owed_by(session, two.vera)] == [TaskKind.DEBRIEF]


@pytest.mark.parametrize("by", ["a press", "the tick"])
async def test_p2_a_partner_whose_case_goes_on_hears_that_it_has_them_alone_from_now_on(
    centre: Centre, by: str
) -> None:
    """And the giver does, where nobody there pressed anything."""
    two = await Two.at_work(centre, vera_reads=701)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    centre.later(days=15)
    theirs = await two.partner.signal(two.person)
    lule = await two.partner.colleague(name="Lule", chat=802)
    await two.partner.claims(lule, theirs)
    before = len(await centre.sent(Notice.STAFF_REFERRAL))
    if by == "a press":
        async with centre.database.begin(SERVICE) as session:
            await hand_over_now(session, two.vera, referral.id)
    else:
        await two.goes_on(days=15, minutes=1)

    told = [
        (each.chat, each.params["what"], each.params["code"])
        for each in (await centre.sent(Notice.STAFF_REFERRAL))[before:]
    ]
    givers = [(701, "handed-over", two.case.code)]
    assert told == [*(givers if by == "the tick" else []), (802, "handed-over", theirs.code)]
    case = await two.case_now(theirs.id)
    assert (case.state, case.claimed_by) == (CaseState.CLAIMED, lule.staff_id)


async def test_the_giver_hears_once_that_the_one_who_accepted_took_over(centre: Centre) -> None:
    two = await Two.at_work(centre, vera_reads=701)
    await two.accepts(await two.offered())
    told = [each for each in await centre.sent(Notice.STAFF_REFERRAL) if each.chat == 701]
    assert [each.params["what"] for each in told] == ["handed-over"]


async def test_a_task_that_nobody_has_done_stays_with_the_givers_and_can_still_be_done(
    two: Two,
) -> None:
    """Who owes it reads its words, and the case with a reason, as of any that is closed."""
    ana = await two.giver.colleague(name="Ana")
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        day = session.now.date() + timedelta(days=3)
        await add_task(session, two.vera, two.case.id, "Papers", day, ana.staff_id)
    await two.accepts(await two.offered())
    assert (await two.case_now(two.case.id)).state is CaseState.RESOLVED
    async with two.giver.database.begin(two.giver.organisation.id, ana.staff_id) as session:
        [owed] = await owed_by(session, ana)
        with pytest.raises(NeedsReason):
            await read_case(session, ana, owed.case_id)
        await break_glass(session, ana, owed.case_id, "I owe them papers")
        await read_case(session, ana, owed.case_id)
        await finish(session, ana, owed.case_id, owed.id)
        assert await owed_by(session, ana) == []
    async with two.giver.database.begin(two.partner.organisation.id, two.samir.staff_id) as session:
        assert await owed_by(session, two.samir) == []


async def test_whoever_has_the_case_hears_that_a_colleague_handed_it_over(centre: Centre) -> None:
    two = await Two.at_work(centre, vera_reads=701)
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    ana = await centre.colleague(name="Ana")
    async with centre.database.begin(SERVICE) as session:
        await hand_over_now(session, ana, referral.id)
    told = [each for each in await centre.sent(Notice.STAFF_REFERRAL) if each.chat == 701]
    assert [each.params["what"] for each in told] == ["accepted", "handed-over"]


async def forgets(two: Two) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        while await forget(session) + await forget_old(session):
            await session.flush()


async def test_p2_a_partner_takes_over_before_the_givers_talk_is_erased_with_the_planned_day(
    two: Two,
) -> None:
    """The person wants nobody there to keep it, and it is kept for thirty days, not for ninety."""
    referral = await two.offered(joint=90)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        read = Shown("1", "May we?")
        await change_consent(session, person, Purpose.CASEWORKER, False, read, How.PRIVACY)
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    await two.goes_on(days=22)
    assert (await two.fresh(referral)).state is ReferralState.ACCEPTED
    await two.goes_on(days=2)
    done = [each.params["how"] for each in await two.giver.sent(Notice.REFERRAL_DONE)]
    assert done == ["joint", "alone"]
    two.giver.later(days=7)
    await forgets(two)
    async with two.giver.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(select(Case))
        giver = two.giver.organisation.id
        assert await current_enrolment(session, two.person.id, giver) is None
    assert (theirs.organisation_id, theirs.state) == (two.partner.organisation.id, CaseState.OPEN)


async def test_p2_no_case_goes_while_others_help_together_until_a_day_that_is_set_there(
    two: Two,
) -> None:
    referral = await two.offered(joint=90)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, two.giver.organisation.id)
        choose_days(session, ours, {Kind.WORDS: 30, Kind.CASES: 30})
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    for _ in range(5):
        await two.goes_on(days=15)
        await forgets(two)
    await two.goes_on(days=16)
    await forgets(two)
    assert (await two.fresh(referral)).state is ReferralState.HANDED_OVER
    async with two.giver.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(select(Case).where(Case.state != CaseState.RESOLVED))
    assert theirs.organisation_id == two.partner.organisation.id
    # Though nothing of theirs is open any more, they must still be told who took over.
    await two.partner.claims(two.samir, theirs)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.samir, theirs.id, Outcome.HELPED)
    for is_left in (True, False):
        await forgets(two)
        async with two.giver.database.begin(SERVICE) as session:
            assert (await session.get(Case, two.case.id) is not None) is is_left
        two.giver.later(days=15)


async def test_whoever_has_it_hears_once_an_hour_that_nobody_heard_what_holds_it_up(
    centre: Centre,
) -> None:
    """Also of what is brought forward, since the talk is erased soon."""
    two = await Two.at_work(centre, vera_reads=701)
    referral = await two.offered(joint=90)
    await two.accepts(referral)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        read = Shown("1", "May we?")
        await change_consent(session, person, Purpose.CASEWORKER, False, read, How.PRIVACY)
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    centre.later(days=15)
    await centre.claims(two.vera, await centre.signal(two.person))
    assert await centre.hears(two.person, "v1", MessageKind.VOICE) is not None
    for span in ({"days": 9}, {"minutes": 30}, {"minutes": 31}):
        await two.goes_on(**span)

    told = [each.params["what"] for each in await centre.sent(Notice.STAFF_REFERRAL)]
    assert told.count("unheard") == 2


@pytest.mark.parametrize("have_them", [True, False])
async def test_only_those_who_have_the_person_still_are_asked_whether_the_help_came(
    two: Two, have_them: bool
) -> None:
    await two.accepts(await two.offered())
    if not have_them:
        async with two.giver.database.begin(SERVICE) as session:
            partner = two.partner.organisation.id
            theirs = await current_enrolment(session, two.person.id, partner)
            assert theirs is not None
            theirs.until_at = session.now
    await two.goes_on(days=14, minutes=1)

    told = [each.params["what"] for each in await two.giver.sent(Notice.STAFF_REFERRAL)]
    assert ("outcome" in told) is have_them
