"""Reading what nobody has to work on: with a reason, and looked at by somebody else."""

import pytest
from sqlalchemy import func, select

from domain.actors import Actor
from domain.cases.finding import open_case_of
from domain.cases.terms import Terms
from domain.casework.reading import read_case
from domain.casework.work import claim, resolve
from domain.duty.declaring import set_terms
from domain.errors import NotAllowed, Refused
from domain.profiles.reading import read_person
from domain.referrals.handing_over import hand_over_now
from domain.referrals.making import revoke
from domain.referrals.reading import File, Said, read_along, read_referral
from domain.replies.recordings import our_recording, send_recording
from domain.replies.sending import AT_ONCE
from domain.safeguarding.readings import (
    NeedsReason,
    break_glass,
    readings_to_review,
    review,
    say_why,
)
from storage.kinds import Outcome, ReferralState, Role, Travels
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Reading
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.identity.moving import Stray, lets_in
from tests.domain.referrals.two import Two


@pytest.fixture
async def two(centre: Centre) -> Two:
    return await Two.at_work(centre)


async def closed_case(centre: Centre, vera: Actor) -> Case:
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    return case


async def reads(centre: Centre, actor: Actor, case: Case) -> None:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        await read_case(session, actor, case.id)


async def opens(centre: Centre, actor: Actor, case: Case, reason: str) -> None:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        await break_glass(session, actor, case.id, reason)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR, Role.SAFEGUARDING])
async def test_p10_a_closed_case_opens_only_once_a_reason_was_typed(
    centre: Centre, role: Role
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague(role, name="Ana")
    chief = await centre.colleague(Role.SAFEGUARDING)
    case = await closed_case(centre, vera)
    with pytest.raises(NeedsReason):
        await reads(centre, ana, case)
    with pytest.raises(Refused, match="Say why"):
        await opens(centre, ana, case, "  ")
    await opens(centre, ana, case, "She called the office")
    await reads(centre, ana, case)
    centre.later(minutes=61)
    with pytest.raises(NeedsReason):
        await reads(centre, ana, case)

    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        [line] = await readings_to_review(session, chief)
    assert (line.staff, line.case_code, line.reason) == ("Ana", case.code, "She called the office")


async def test_p10_nor_is_what_a_colleague_recorded_in_a_closed_case_heard_without_a_reason(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague(name="Ana")
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        voice = await send_recording(session, vera, case.id, b"OggS OpusHead", AT_ONCE)
        await resolve(session, vera, case.id, Outcome.HELPED)
    async with centre.database.begin(centre.organisation.id, ana.staff_id) as session:
        with pytest.raises(NeedsReason):
            await our_recording(session, ana, case.id, voice.id)
    await opens(centre, ana, case, "She called us")
    async with centre.database.begin(centre.organisation.id, ana.staff_id) as session:
        assert await our_recording(session, ana, case.id, voice.id) is not None


@pytest.mark.parametrize("days", [14, 28])
async def test_whoever_closed_a_case_may_look_back_while_it_could_open_again(
    centre: Centre, days: int
) -> None:
    vera, chief = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(centre.organisation.id) as session:
        await set_terms(session, chief, Terms(5, 60, [0], days))
    case = await closed_case(centre, vera)
    centre.later(days=days - 1)
    await reads(centre, vera, case)
    centre.later(days=2)
    with pytest.raises(NeedsReason):
        await reads(centre, vera, case)


async def test_p10_a_person_without_an_open_case_is_looked_at_only_with_a_reason(
    centre: Centre,
) -> None:
    vera, keeper = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    person, with_case = await centre.person(), await centre.person()
    await centre.signal(with_case)

    async def looks(at: Returnee) -> None:
        async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
            await read_person(session, vera, at.id)

    await looks(with_case)
    with pytest.raises(NeedsReason):
        await looks(person)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await say_why(session, vera, person.id, "She comes at ten")
    await looks(person)
    centre.later(minutes=61)
    with pytest.raises(NeedsReason):
        await looks(person)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        [line] = await readings_to_review(session, keeper)

    assert (line.returnee_id, line.reason) == (person.id, "She comes at ten")


async def sees(centre: Centre, actor: Actor, referral: Referral) -> tuple[File, list[Said]]:
    """As the page of a referral shows it."""
    async with centre.database.begin(SERVICE) as session:
        file = await read_referral(session, actor, referral.id)
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return file, await read_along(session, actor, file)


async def test_p10_the_words_of_a_referral_are_shut_with_the_givers_case(two: Two) -> None:
    ana = await two.giver.colleague(name="Ana")
    referral = await two.offered()
    file, _ = await sees(two.giver, ana, referral)
    assert file.letter is not None
    assert file.shut is None
    await two.accepts(referral)
    file, _ = await sees(two.giver, ana, referral)
    assert file.letter is None
    assert file.shut is not None
    assert file.line.state is ReferralState.HANDED_OVER
    await opens(two.giver, ana, two.case, "They called us")
    file, _ = await sees(two.giver, ana, referral)
    assert file.letter is not None
    assert file.shut is None


async def test_p10_whoever_took_over_reads_on_in_a_referral_while_they_have_an_open_case(
    two: Two,
) -> None:
    await two.giver.hears(two.person, "He is at the door")
    referral = await two.offered(Travels.TALK)
    await two.accepts(referral)
    file, before = await sees(two.partner, two.samir, referral)
    assert file.letter is not None
    assert len(before) == 1
    async with two.partner.database.begin(SERVICE) as session:
        theirs = await open_case_of(session, two.person.id)
        assert theirs is not None
        await claim(session, two.samir, theirs.id)
        await resolve(session, two.samir, theirs.id, Outcome.HELPED)
    file, before = await sees(two.partner, two.samir, referral)
    assert file.letter is None
    assert before == []
    scope = two.partner.organisation.id, two.samir.staff_id
    async with two.partner.database.begin(*scope) as session:
        await say_why(session, two.samir, two.person.id, "They ask for the school's name")
    file, before = await sees(two.partner, two.samir, referral)
    assert file.letter is not None
    assert len(before) == 1


async def test_p10_nobody_reviews_their_own_readings(centre: Centre) -> None:
    vera = await centre.colleague()
    keeper, chief = (
        await centre.colleague(Role.SAFEGUARDING),
        await centre.colleague(Role.ADMIN),
    )
    case = await closed_case(centre, vera)
    await opens(centre, keeper, case, "I look")
    async with centre.database.begin(SERVICE) as session:
        reading_id = await session.scalar(select(Reading.id))
        assert reading_id is not None
        assert await readings_to_review(session, keeper) == []
        with pytest.raises(Refused, match="no such reading"):
            await review(session, keeper, reading_id)
        with pytest.raises(NotAllowed):
            await readings_to_review(session, vera)
        with pytest.raises(NotAllowed):
            await review(session, vera, reading_id)
        await review(session, chief, reading_id)
        with pytest.raises(Refused, match="no such reading"):
            await review(session, chief, reading_id)
        written = await session.scalar(
            select(func.count()).where(
                AuditEntry.action.in_(("case.glass-broken", "reading.reviewed"))
            )
        )

    assert written == 2


async def test_p10_no_supervisor_learns_from_what_safeguarding_read_of_whom_something_was_said(
    centre: Centre,
) -> None:
    """It may be about them. Administrators look at it, and at nothing that the team read."""
    vera, keeper = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    case = await closed_case(centre, vera)
    await opens(centre, keeper, case, "She told me of Arta")
    await opens(centre, await centre.colleague(name="Ana"), case, "She called")
    seen = []
    for role in (Role.SUPERVISOR, Role.ADMIN, Role.SAFEGUARDING):
        who = await centre.colleague(role)
        async with centre.database.begin(centre.organisation.id, who.staff_id) as session:
            seen.append([line.reason for line in await readings_to_review(session, who)])

    assert seen == [["She called"], ["She told me of Arta"], ["She told me of Arta", "She called"]]


async def test_p10_another_organisations_reading_is_not_there(centre: Centre) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    await opens(centre, ana, await closed_case(centre, vera), "I look")
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    chief = await other.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        reading_id = await session.scalar(select(Reading.id))
        assert reading_id is not None
        assert await readings_to_review(session, chief) == []
        with pytest.raises(Refused, match="no such reading"):
            await review(session, chief, reading_id)


@pytest.mark.parametrize("how", ["handed over", "taken back"])
async def test_p10_a_reading_is_looked_at_though_the_person_is_with_others_by_now(
    centre: Centre, how: str
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    where, reader = (two.giver, two.vera) if how == "handed over" else (two.partner, two.samir)
    chief = await where.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        await say_why(session, reader, two.person.id, "She called")
        end = hand_over_now if how == "handed over" else revoke
        await end(session, two.vera, referral.id)
    async with centre.database.begin(SERVICE) as session:
        [line] = await readings_to_review(session, chief)
        await review(session, chief, line.id)
        assert await readings_to_review(session, chief) == []
    assert (line.reason, bool(line.pseudonym)) == ("She called", True)


async def test_p10_a_reason_that_no_key_opens_keeps_no_other_from_being_looked_at(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague(name="Ana")
    chief = await centre.colleague(Role.SAFEGUARDING)
    case = await closed_case(centre, vera)
    await opens(centre, ana, case, "She called the office")
    async with centre.database.begin(SERVICE) as session:
        (await session.scalars(select(Reading))).one().reason = b"damaged"
    centre.later(minutes=1)
    await opens(centre, ana, case, "She called again")
    async with centre.database.begin(SERVICE) as session:
        lines = await readings_to_review(session, chief)

    assert [line.reason for line in lines] == ["?", "She called again"]


@pytest.mark.parametrize("of_case", [True, False])
async def test_p10_why_somebody_was_read_is_looked_at_also_once_it_is_known_who_they_are(
    centre: Centre, of_case: bool
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague(name="Ana")
    chief = await centre.colleague(Role.SUPERVISOR)
    person, stray = await centre.person(), (await Stray.of(centre)).returnee
    case = await centre.claims(vera, await centre.signal(stray))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    if of_case:
        await opens(centre, ana, case, "She called the office")
    else:
        async with centre.database.begin(centre.organisation.id, ana.staff_id) as session:
            await say_why(session, ana, stray.id, "She called the office")
    await lets_in(centre, person)

    async with centre.database.begin(SERVICE) as session:
        [line] = await readings_to_review(session, chief)
        own = await open_case_of(session, person.id)
    assert own is not None
    assert (line.returnee_id, line.staff) == (person.id, "Ana")
    assert (line.reason, line.case_code) == (
        "She called the office",
        own.code if of_case else None,
    )


async def test_p10_why_others_read_somebody_does_not_come_to_those_who_know_them(
    centre: Centre,
) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    ana, person = await centre.colleague(name="Ana"), await elsewhere.person()
    stray = await Stray.of(centre)
    async with centre.database.begin(centre.organisation.id, ana.staff_id) as session:
        await say_why(session, ana, stray.returnee.id, "She called the office")
    await lets_in(elsewhere, person)

    assert await how_many(centre.database, Reading) == 0
