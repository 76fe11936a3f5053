"""A referral comes to nothing: rejected, left without an answer, or taken back."""

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from domain.casework.reading import read_case
from domain.casework.work import resolve
from domain.errors import Refused
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.erasing import erase_next
from domain.privacy.passing_on import Reason, pass_on
from domain.profiles.wishing import change_partner
from domain.queue.lines import Part, queue
from domain.referrals.making import revoke
from domain.referrals.reading import read_referral
from domain.referrals.receiving import accept, reject, say_outcome
from domain.returnees.enrolments import current_enrolment
from domain.signals.opening import open_handed_over
from storage.kinds import (
    CaseEventKind,
    CaseState,
    Discretion,
    Outcome,
    Received,
    ReferralState,
    Role,
    Severity,
    Travels,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseAccess
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import erase
from tests.domain.privacy.passing_on import complained
from tests.domain.referrals.two import Two, seen_by_partner, waiting


async def test_p2_two_silent_days_bring_it_back_to_the_giver(two: Two) -> None:
    referral = await two.offered()
    await two.giver.writes(two.vera, two.case)
    assert (await two.case_now(two.case.id)).state is CaseState.WAITING
    await two.goes_on(days=2, minutes=1)
    assert (await two.fresh(referral)).state is ReferralState.LAPSED
    case = await two.case_now(two.case.id)
    assert (case.state, case.claimed_by) == (CaseState.CLAIMED, two.vera.staff_id)
    assert await seen_by_partner(two) == 0
    with pytest.raises(Refused):
        await two.accepts(referral)


async def test_a_rejection_needs_a_reason_which_the_giver_reads(two: Two) -> None:
    referral = await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="why"):
            await reject(session, two.samir, referral.id, " ")
    async with two.giver.database.begin(SERVICE) as session:
        await reject(session, two.samir, referral.id, "No bed free")
    async with two.giver.database.begin(SERVICE) as session:
        file = await read_referral(session, two.vera, referral.id)
    assert (file.line.state, file.reason) == (ReferralState.REJECTED, "No bed free")
    assert (await two.case_now(two.case.id)).state is CaseState.CLAIMED


async def comes_back(two: Two, how: str) -> None:
    referral = await two.offered()
    if how == "lapsed":
        await two.goes_on(days=2, minutes=1)
    else:
        async with two.giver.database.begin(SERVICE) as session:
            await reject(session, two.samir, referral.id, "No bed free")


async def why_it_is_there(two: Two) -> Sequence[str]:
    """As the queue says it, and the case's own page."""
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        [line] = (await queue(session, two.vera, Part.MINE)).lines
        file = await read_case(session, two.vera, two.case.id)
    assert file.why == line.reasons
    return line.reasons


@pytest.mark.parametrize("how", ["rejected", "lapsed"])
async def test_that_nobody_else_helps_stands_in_the_queue_until_somebody_is_asked_anew(
    two: Two, how: str
) -> None:
    before = await why_it_is_there(two)
    await comes_back(two, how)
    assert await why_it_is_there(two) == (*before, f"referral.{how}")
    await two.refers()
    assert await why_it_is_there(two) == before


@pytest.mark.parametrize("how", ["accepted", "rejected", "lapsed"])
async def test_the_giver_is_told_what_became_of_it_not_only_that_something_did(
    centre: Centre, how: str
) -> None:
    two = await Two.at_work(centre, vera_reads=700)
    alerted = len(await centre.sent(Notice.STAFF_ALERT))
    if how == "accepted":
        await two.accepts(await two.offered(joint=7))
    else:
        await comes_back(two, how)
    told = [each for each in await centre.sent(Notice.STAFF_REFERRAL) if each.chat == 700]
    assert [each.params["what"] for each in told] == [how]
    assert len(await centre.sent(Notice.STAFF_ALERT)) == alerted


@pytest.mark.parametrize("accepted", [False, True], ids=["offered", "both accompany them"])
@pytest.mark.parametrize("who", ["giver", "person", "wish"])
async def test_p5_until_it_is_handed_over_it_can_be_taken_back_and_is_gone_there(
    two: Two, who: str, accepted: bool
) -> None:
    referral = await two.offered(Travels.TALK, joint=7)
    if accepted:
        await two.accepts(referral)
    if who == "person":
        await two.answers(referral, granted=False)
    async with two.giver.database.begin(SERVICE) as session:
        if who == "giver":
            await revoke(session, two.vera, referral.id)
        elif who == "wish":
            person = await session.get_one(Returnee, two.person.id)
            await change_partner(session, person, two.partner.organisation.id)
    assert (await two.fresh(referral)).state is ReferralState.REVOKED
    assert await seen_by_partner(two) == 0
    async with two.giver.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(CaseAccess)) == 0
        partner = two.partner.organisation.id
        assert await current_enrolment(session, two.person.id, partner) is None


async def test_whoever_was_asked_beside_those_who_took_over_is_asked_no_more(two: Two) -> None:
    """The giver accompanies the person no longer, and can hand them over to nobody."""
    other = await Centre.open(two.giver.database, two.giver.clock, "Hope")
    lule = await other.colleague(name="Lule")
    taken, beside = await two.offered(), await two.refers(to=other)
    await two.answers(beside)
    await two.accepts(taken)
    assert (await two.fresh(beside)).state is ReferralState.LAPSED
    assert await waiting(other, lule) == 0
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="no such referral"):
            await accept(session, lule, beside.id)
    assert len(await two.giver.sent(Notice.REFERRAL_DONE)) == 1


async def test_p6_what_lapses_opens_no_case_of_somebody_who_is_to_be_forgotten(two: Two) -> None:
    referral = await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        person = await session.get_one(Returnee, two.person.id)
        # So it waits for three days whether they were forced.
        person.discretion = Discretion.WATCHED
        await ask_to_be_forgotten(session, person)
    await two.goes_on(days=2, minutes=1)
    assert (await two.case_now(two.case.id)).state is CaseState.RESOLVED
    await two.goes_on(days=2)
    async with two.giver.database.begin(SERVICE) as session:
        while await erase_next(session):
            pass
        assert await session.get(Returnee, two.person.id) is None
        assert await session.get(Referral, referral.id) is None


async def test_p2_a_partner_whose_giver_forgets_them_has_them_alone_from_then_on(two: Two) -> None:
    """It waited for the planned day, and nothing of that is left."""
    await two.accepts(await two.offered(joint=30))
    nina = await two.giver.colleague(Role.SAFEGUARDING)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        await pass_on(session, nina, two.person.id, Reason.ASKED_IN_PERSON)
    await two.giver.all_arrives()
    async with two.giver.database.begin(SERVICE) as session:
        while await erase_next(session):
            pass
        [theirs] = await session.scalars(select(Case))
        assert await current_enrolment(session, two.person.id, two.giver.organisation.id) is None
        assert (await session.scalars(select(Referral))).all() == []
    assert (theirs.organisation_id, theirs.state) == (two.partner.organisation.id, CaseState.OPEN)
    assert (await two.giver.alerted())[-1:] == [801]
    async with two.giver.database.begin(two.partner.organisation.id, two.samir.staff_id) as session:
        [line] = (await queue(session, two.samir, Part.WAITING)).lines
    assert line.reasons == ("referral",)


@pytest.mark.parametrize("in_a_newer_case", [False, True])
async def test_p2_a_partner_has_them_alone_too_where_they_wrote_after_the_giver_was_to_forget_them(
    centre: Centre, in_a_newer_case: bool
) -> None:
    """So the giver's case, or one that came after it, was open once more when it was forgotten."""
    two = await Two.at_work(centre, Severity.CONCERN)
    giver, nina = two.giver, await two.giver.colleague(Role.SAFEGUARDING)
    await two.accepts(await two.offered(joint=90))
    await giver.closes(two.vera, two.case)
    if in_a_newer_case:
        giver.later(days=15)
        await giver.signal(two.person, Severity.CONCERN)
    complaint = await complained(giver, two.person)
    async with giver.database.begin(giver.organisation.id) as session:
        await pass_on(session, nina, two.person.id, Reason.ASKED_IN_PERSON)
    assert await giver.hears(two.person, "Thank you, and one more thing") is not None
    await giver.all_arrives()
    async with giver.database.begin(SERVICE) as session:
        (await session.get_one(Complaint, complaint.id)).closed_at = session.now
    await erase(giver.database)

    async with giver.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(select(Case))
    assert (theirs.organisation_id, theirs.state) == (two.partner.organisation.id, CaseState.OPEN)
    assert (await giver.alerted())[-1:] == [801]


@pytest.mark.parametrize("how", ["no-help", "rejected"])
async def test_the_giver_hears_of_a_no_too_where_the_open_case_is_somebody_elses_by_then(
    centre: Centre, how: str
) -> None:
    two = await Two.at_work(centre, vera_reads=700)
    third = await Centre.open(centre.database, centre.clock, "Rabat")
    referral = await two.offered(joint=30)
    if how == "no-help":
        await two.accepts(referral)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    centre.later(days=1 if how == "rejected" else 20)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        other = two.partner if how == "no-help" else third
        theirs = await open_handed_over(session, person, other.organisation.id, Severity.CONCERN)
    async with centre.database.begin(SERVICE) as session:
        if how == "no-help":
            await say_outcome(session, two.samir, referral.id, Received.NO)
        else:
            await reject(session, two.samir, referral.id, "No bed free")

    told = [each for each in await centre.sent(Notice.STAFF_REFERRAL) if each.chat == 700]
    assert told[-1].params["what"] == how
    assert CaseEventKind.SIGNAL not in await centre.history(theirs.id)
