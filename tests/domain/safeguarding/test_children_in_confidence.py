"""A child who confides: safeguarding is told, and nobody else before safeguarding says so."""

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.campaigns.facts import facts_of
from domain.cases.events import are_signals
from domain.casework.work import resolve
from domain.check_ins.eligibility import Exclusion, unfit
from domain.children.focal_point import name_focal_point
from domain.children.known import mark_age
from domain.consent import give_consent
from domain.crisis.answering import answer_signal, ask_for_human
from domain.distress import Assessment
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.errors import Refused
from domain.identity.strays import take_in
from domain.messages.body import Body
from domain.notices import Notice
from domain.privacy.passing_on import Reason, pass_on
from domain.profiles.care import read_care
from domain.returnees.enrolments import enrol
from domain.safeguarding.complaints import confide
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import close_complaint
from domain.safeguarding.passing_on import call_for_child
from domain.safeguarding.story import ComplaintLine, list_complaints
from domain.safety.rejudging import count_as_written, judge_all
from domain.stop_word.freezing import hear_frozen_in_confidence
from storage.kinds import (
    AgeBand,
    ComplaintKind,
    ConflictKind,
    MessageKind,
    Outcome,
    Purpose,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.cases import UNRESOLVED, Case, CaseEvent
from storage.tables.returnees import Returnee
from tests.bot.nights import by_night, comes_to_a_safe_hour, what_leaves
from tests.domain.centre import Centre
from tests.domain.consent.saying import says
from tests.domain.referrals.two import Two
from tests.domain.safeguarding.telling import HEAD, KEEPER, alerted, confides

ON_DUTY, FOCAL, SUPERVISOR = 1, 2, 3


@pytest.fixture
async def keeper(centre: Centre) -> Actor:
    return await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)


async def child(centre: Centre) -> Returnee:
    """Who said in confidence that they are one, and agreed to check-ins before."""
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        [invite] = await issue_invites(session, centre.organisation.id)
        redeemed = await redeem_invite(session, invite.code)
        await enrol(session, person, centre.organisation, redeemed.id)
        await give_consent(session, person, Purpose.CHECK_INS, True, "1")
    await confides(centre, person)
    return person


async def lines(centre: Centre, actor: Actor) -> list[ComplaintLine]:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return await list_complaints(session, actor)


async def calls(centre: Centre, actor: Actor) -> None:
    [line] = await lines(centre, actor)
    async with centre.database.begin(SERVICE) as session:
        await call_for_child(session, actor, line.id)


async def called(centre: Centre) -> set[int]:
    return {told.chat for told in await centre.sent(Notice.STAFF_ALERT)}


async def why_not_asked(centre: Centre, person: Returnee) -> Exclusion | None:
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        enrolment = await enrol(session, returnee, centre.organisation)
        return unfit(returnee, enrolment, protected=False, consents=True)


async def test_p2_safeguarding_is_told_at_once_that_it_is_a_child(
    centre: Centre, keeper: Actor
) -> None:
    await child(centre)

    assert await alerted(centre) == [KEEPER]
    [line] = await lines(centre, keeper)
    assert line.of_child
    assert line.severity is Severity.URGENT


async def test_who_confides_of_somebody_elses_age_is_no_child(
    centre: Centre, keeper: Actor
) -> None:
    await confides(centre, await centre.person(), ["minor.young", "scope.third-person"])

    [line] = await lines(centre, keeper)
    assert not line.of_child


async def test_p10_nothing_that_the_team_sees_says_that_a_child_confided(
    centre: Centre, keeper: Actor
) -> None:
    worker = await centre.colleague(chat=ON_DUTY, on_duty=True)
    await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    person = await child(centre)

    assert await called(centre) == set()
    async with centre.database.begin(centre.organisation.id, worker.staff_id) as session:
        returnee = await session.get_one(Returnee, person.id)
        care = await read_care(session, worker, returnee)
        facts = await facts_of(session, centre.organisation.id, person.id)
    assert (care.child, care.says_child) == (False, False)
    assert facts is not None
    # As of anybody who did not agree: no other reason may be read from it.
    assert (facts.child, facts.consents) == (False, False)
    assert await why_not_asked(centre, person) is Exclusion.NO_CONSENT
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, person.id))
    assert await called(centre) == {ON_DUTY}


async def test_p2_once_safeguarding_says_so_the_focal_point_hears_of_a_child_and_no_complaint(
    centre: Centre, keeper: Actor
) -> None:
    await centre.colleague(chat=ON_DUTY, on_duty=True)
    focal = await centre.colleague(name="Nora", chat=FOCAL)
    supervisor = await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_focal_point(session, supervisor, focal.staff_id)
    person = await child(centre)
    await calls(centre, keeper)

    assert await called(centre) == {ON_DUTY, FOCAL}
    async with centre.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case).where(Case.returnee_id == person.id))).one()
        events = select(CaseEvent.reasons).where(CaseEvent.case_id == case.id, are_signals())
        assert (await session.scalars(events)).all() == [["minor.age"]]
    assert case.severity is Severity.URGENT
    assert len(await centre.sent(Notice.CHILD_CALLED_FOR)) == 1
    [line] = await lines(centre, keeper)
    assert not line.of_child
    with pytest.raises(Refused):
        await calls(centre, keeper)


@pytest.mark.parametrize("then", ["they write", "their hours come"])
async def test_p4_a_child_who_is_called_for_by_night_hears_so_when_words_may_come(
    centre: Centre, keeper: Actor, then: str
) -> None:
    await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    person = await child(centre)
    await by_night(centre, person)
    await calls(centre, keeper)

    assert await called(centre) == {SUPERVISOR}
    assert Notice.CHILD_CALLED_FOR not in await what_leaves(centre)
    if then == "they write":
        async with centre.database.begin(SERVICE) as session:
            count_as_written(session, await session.get_one(Returnee, person.id))
            await judge_all(session)
    else:
        await comes_to_a_safe_hour(centre, person)
    assert (await what_leaves(centre)).count(Notice.CHILD_CALLED_FOR) == 1


async def test_p2_what_a_child_cries_just_after_somebody_was_called_for_them_is_answered(
    centre: Centre, keeper: Actor
) -> None:
    """That they were called for waits for the morning."""
    await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    person = await child(centre)
    await by_night(centre, person)
    await calls(centre, keeper)
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        cry = Assessment(Severity.URGENT, ask=False, reasons=("threat.threatened",))
        await answer_signal(
            session, returnee, centre.organisation.id, cry, original=Body(text="He is here")
        )

    assert Notice.CRISIS in await what_leaves(centre)


async def test_p4_a_child_is_told_of_nobody_who_was_called_once_the_case_is_closed(
    centre: Centre, keeper: Actor
) -> None:
    worker = await centre.colleague()
    person = await child(centre)
    await by_night(centre, person)
    await calls(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case).where(Case.returnee_id == person.id))).one()
    await centre.writes(worker, await centre.claims(worker, case))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)

    await comes_to_a_safe_hour(centre, person)
    assert Notice.CHILD_CALLED_FOR not in await what_leaves(centre)


async def test_p2_with_a_life_at_stake_the_team_knows_in_a_frozen_chat_too_that_it_is_a_child(
    centre: Centre, keeper: Actor
) -> None:
    await centre.colleague(chat=ON_DUTY, on_duty=True)
    await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.frozen_at = session.now
        await confide(session, returnee, ComplaintKind.ABOUT_STAFF)
        reasons = ("weapon.emergency", "minor.young")
        heard = Assessment(Severity.EMERGENCY, ask=False, reasons=reasons)
        await hear_frozen_in_confidence(session, returnee, heard, Body(text="x"), MessageKind.TEXT)

    assert await called(centre) == {ON_DUTY, SUPERVISOR}
    [line] = await lines(centre, keeper)
    assert not line.of_child


async def test_p10_whoever_is_kept_apart_is_not_called_for_the_child(
    centre: Centre, keeper: Actor
) -> None:
    accused = await centre.colleague(chat=ON_DUTY, on_duty=True)
    supervisor = await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_focal_point(session, supervisor, accused.staff_id)
    person = await child(centre)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, keeper, person.id, accused.staff_id, ConflictKind.COMPLAINT)
    await calls(centre, keeper)

    assert ON_DUTY not in await called(centre)
    assert SUPERVISOR in await called(centre)


@pytest.mark.parametrize("days", [1, 20], ids=["reopened", "a new one"])
async def test_p5_a_child_who_wants_no_reader_is_called_for_and_has_none_until_they_ask(
    centre: Centre, keeper: Actor, days: int
) -> None:
    """Safeguarding presses it, however long after the talk to which they said no."""
    worker = await centre.colleague(chat=ON_DUTY, on_duty=True)
    person = await child(centre)
    case = await centre.claims(worker, await centre.signal(person))
    await says(centre, person, Purpose.CASEWORKER, False)
    await centre.closes(worker, case)
    await centre.all_arrives()
    centre.later(days=days)
    before = await centre.alerted()
    await calls(centre, keeper)

    assert await centre.alerted() == [*before, ON_DUTY]
    async with centre.database.begin(SERVICE) as session:
        open_now = (await session.scalars(select(Case).where(UNRESOLVED))).one()
    await centre.claims(worker, open_now)
    assert await centre.hears(person, "Nobody is to read this") is None
    with pytest.raises(Refused, match="unless a life depends on it"):
        await centre.writes(worker, open_now)
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, person.id))
    assert await centre.hears(person, "Please read this") is not None
    await centre.writes(worker, open_now)


async def test_p2_a_child_can_be_called_for_after_the_complaint_was_closed(
    centre: Centre, keeper: Actor
) -> None:
    await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    await child(centre)
    [line] = await lines(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await close_complaint(session, keeper, line.id)
    await calls(centre, keeper)

    assert await called(centre) == {SUPERVISOR}


async def test_p6_nobody_is_called_for_a_child_who_is_to_be_forgotten(
    centre: Centre, keeper: Actor
) -> None:
    supervisor = await centre.colleague(Role.SUPERVISOR, chat=SUPERVISOR)
    person = await child(centre)
    async with centre.database.begin(SERVICE) as session:
        await pass_on(session, supervisor, person.id, Reason.ASKED_IN_PERSON)
    with pytest.raises(Refused):
        await calls(centre, keeper)

    assert await called(centre) == set()


async def test_p10_only_whoever_hears_the_complaint_may_call_for_the_child(
    centre: Centre, keeper: Actor
) -> None:
    head = await centre.colleague(Role.ADMIN, chat=HEAD)
    await child(centre)
    [line] = await lines(centre, keeper)
    with pytest.raises(Refused):
        async with centre.database.begin(SERVICE) as session:
            await call_for_child(session, head, line.id)


async def test_p2_a_child_who_was_handed_over_since_is_called_for_where_they_are(
    centre: Centre, keeper: Actor
) -> None:
    two = await Two.at_work(centre)
    await confides(centre, two.person)
    await two.accepts(await two.offered())
    await calls(centre, keeper)

    async with centre.database.begin(SERVICE) as session:
        cases = await session.scalars(select(Case).where(UNRESOLVED))
        assert [case.organisation_id for case in cases] == [two.partner.organisation.id]


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR, Role.SAFEGUARDING])
async def test_p5_that_it_is_no_child_after_all_only_safeguarding_finds_out(
    centre: Centre, keeper: Actor, role: Role
) -> None:
    """Whoever does not know of it is neither refused nor believed."""
    person, actor = await child(centre), await centre.colleague(role)
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        await mark_age(session, actor, person.id, AgeBand.ADULT)

    safeguards = role is Role.SAFEGUARDING
    still = None if safeguards else Exclusion.NO_CONSENT
    assert await why_not_asked(centre, person) is still
    [line] = await lines(centre, keeper)
    assert line.of_child is not safeguards


async def test_p5_who_confided_it_from_a_new_phone_is_that_child(
    centre: Centre, keeper: Actor
) -> None:
    person, stray = await centre.person(), await child(centre)
    async with centre.database.begin(SERVICE) as session:
        await take_in(
            session,
            await session.get_one(Returnee, stray.id),
            await session.get_one(Returnee, person.id),
        )

    [line] = await lines(centre, keeper)
    assert (line.returnee_id, line.of_child) == (person.id, True)
