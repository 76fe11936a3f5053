"""Children: a human first, and never a check-in by itself."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.check_ins.answering import answer, start_answering
from domain.check_ins.answers import answers_of
from domain.check_ins.asking import ask_check_in
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.sending import send_due
from domain.children.deciding import decide, protecting, withdraw_decision
from domain.children.focal_point import name_focal_point
from domain.children.known import is_child, mark_age
from domain.children.saying import says_child
from domain.colleagues.leaving import disable_staff
from domain.crisis.answering import answer_signal, ask_for_human
from domain.distress.assessment import Assessment
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.profiles.care import read_care
from domain.questionnaires import shelf
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Questionnaire
from domain.returnees.enrolments import enrol
from domain.safeguarding.conflicts import keep_apart
from domain.staff import add_staff
from storage.kinds import AgeBand, CheckInState, ConflictKind, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import ChildProtection, Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.checking_in import kept, leave, open_office
from tests.domain.children.deciding import (
    a_child,
    also_with,
    decides,
    decides_as_before,
    may_ask,
    reasons_shown,
    supervisor_of,
)

SAYS_SO = ("minor.young",)


async def hears_child(centre: Centre, person: Returnee, *reasons: str) -> Case | None:
    async with centre.database.begin(SERVICE) as session:
        return await answer_signal(
            session,
            await session.get_one(Returnee, person.id),
            centre.organisation.id,
            Assessment(Severity.URGENT, ask=False, reasons=reasons or SAYS_SO),
            original={"text": "I am 15"},
        )


async def test_p1_who_says_that_they_are_a_child_is_urgent_without_being_asked(
    centre: Centre,
) -> None:
    person = await centre.person(consents=False)
    case = await hears_child(centre, person)

    assert case is not None
    assert case.severity is Severity.URGENT
    assert len(await centre.sent(Notice.CHILD_HEARD)) == 1
    assert await centre.sent(Notice.HELP_OFFERED) == []
    async with centre.database.begin(SERVICE) as session:
        assert is_child(await session.get_one(Returnee, person.id))


async def test_who_speaks_of_somebody_elses_age_is_no_child(centre: Centre) -> None:
    person = await centre.person(consents=False)
    assert await hears_child(centre, person, "minor.young", "scope.third-person") is None

    async with centre.database.begin(SERVICE) as session:
        assert not is_child(await session.get_one(Returnee, person.id))


@pytest.mark.parametrize(
    ("reasons", "child"),
    [
        (["minor.young", "violence.now", "scope.past"], True),
        (["violence.now", "scope.past", "minor.young", "scope.past"], False),
        (["minor.young", "scope.past", "minor.young"], True),
        (["minor.young", "scope.laughter", "minor.age"], True),
        (["violence.now"], False),
    ],
)
def test_p1_what_is_said_beside_takes_a_childs_age_not_back(
    reasons: list[str], child: bool
) -> None:
    assert says_child(Severity.URGENT, reasons) is child
    assert not says_child(Severity.CONCERN, reasons)


async def test_a_child_in_danger_gets_the_words_of_danger(centre: Centre) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        heard = Assessment(Severity.EMERGENCY, ask=False, reasons=SAYS_SO)
        await answer_signal(session, person, centre.organisation.id, heard)
    assert len(await centre.sent(Notice.CRISIS)) == 1


async def test_p2_a_child_goes_to_the_focal_point_or_else_to_the_supervisors(
    centre: Centre,
) -> None:
    await centre.colleague(chat=1, on_duty=True)
    focal = await centre.colleague(name="Nora", chat=2)
    supervisor = await centre.colleague(Role.SUPERVISOR, chat=3)
    await hears_child(centre, await centre.person())
    assert {told.chat for told in await centre.sent(Notice.STAFF_ALERT)} == {1, 3}

    async with centre.database.begin(centre.organisation.id) as session:
        await name_focal_point(session, supervisor, focal.staff_id)
    await hears_child(centre, await centre.person())
    assert [told.chat for told in await centre.sent(Notice.STAFF_ALERT)][2:] == [1, 2]

    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, supervisor, focal.staff_id)
    await hears_child(centre, await centre.person())
    assert [told.chat for told in await centre.sent(Notice.STAFF_ALERT)][4:] == [1, 3]


async def test_p1_help_never_waits_for_a_guardian(centre: Centre) -> None:
    supervisor, person = await centre.colleague(Role.SUPERVISOR), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_age(session, supervisor, person.id, AgeBand.CHILD)
    async with centre.database.begin(SERVICE) as session:
        case = await ask_for_human(session, await session.get_one(Returnee, person.id))
    assert case.severity is Severity.URGENT
    assert len(await centre.sent(Notice.HELP_ASKED)) == 1


@pytest.mark.parametrize("role", list(Role))
async def test_p10_only_some_may_decide_for_a_child(centre: Centre, role: Role) -> None:
    actor, person = await centre.colleague(role), await centre.person()
    decides = role in (Role.SUPERVISOR, Role.SAFEGUARDING)
    async with centre.database.begin(centre.organisation.id) as session:
        with nullcontext() if decides else pytest.raises(NotAllowed):
            await decide(session, actor, person.id, actor.staff_id, "Why")
        with nullcontext() if decides else pytest.raises(NotAllowed):
            await withdraw_decision(session, actor, person.id)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR])
async def test_p2_who_can_open_no_case_is_named_for_no_child(centre: Centre, role: Role) -> None:
    supervisor, person = await centre.colleague(Role.SUPERVISOR), await centre.person()
    other = await centre.colleague(role, name="Nora")
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="who works on cases"):
            await name_focal_point(session, supervisor, other.staff_id)
        with pytest.raises(Refused, match="who works on cases"):
            await decide(session, supervisor, person.id, other.staff_id, "She asks for it.")
        care = await read_care(session, supervisor, await session.get_one(Returnee, person.id))
        assert [staff_id for staff_id, _ in care.colleagues] == [supervisor.staff_id]


@pytest.mark.parametrize("said", [True, False])
async def test_p5_no_check_in_reaches_a_child_before_a_worker_and_a_decision(
    database: Database, clock: Clock, said: bool
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    facts: dict[str, Any] = {"said_child_at": MORNING} if said else {"age_band": AgeBand.YOUTH}
    person, check_in = await a_child(database, office, **facts)
    async with database.begin(SERVICE) as session:
        assert await ask_check_in(session, person) is None
        await send_due(session)
    skipped = await kept(database, check_in.id)
    assert (skipped.state, skipped.reason) == (CheckInState.SKIPPED, Exclusion.CHILD)

    actor = supervisor_of(office)
    async with database.begin(office.organisation.id) as session:
        await decide(session, actor, person.id, actor.staff_id, "She asks for it.")
    async with database.begin(SERVICE) as session:
        assert await ask_check_in(session, person) is not None


@pytest.mark.parametrize("adults_only", [True, False])
async def test_p10_who_confided_that_they_are_a_child_is_asked_nothing_and_the_team_not_told_why(
    database: Database, clock: Clock, scale: Questionnaire, adults_only: bool
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    person, check_in = await a_child(database, office, child_in=uuid4())
    async with database.begin(SERVICE) as session:
        if adults_only:
            row = await session.get_one(CheckIn, check_in.id)
            row.questionnaire = scale.edition
            await session.flush()
        assert await ask_check_in(session, person) is None
        await send_due(session)
    skipped = await kept(database, check_in.id)
    assert (skipped.state, skipped.reason) == (CheckInState.SKIPPED, Exclusion.NO_CONSENT)


@pytest.mark.parametrize("why", ["left the team", "is kept apart", "is elsewhere"])
async def test_p5_a_worker_who_looks_after_the_child_no_more_is_none(
    database: Database, clock: Clock, why: str
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    person, _ = await a_child(database, office, age_band=AgeBand.YOUTH)
    supervisor = supervisor_of(office)
    async with database.begin(SERVICE) as session:
        here = await add_staff(session, "Nora", office.organisation, Role.CASEWORKER)
        lead = await add_staff(session, "Ilir", office.organisation, Role.SAFEGUARDING)
        await decide(session, supervisor, person.id, here.id, "She asks for it.")
    async with database.begin(SERVICE) as session:
        assert await protecting(session, person.id) == {office.organisation.id}
        if why == "left the team":
            admin = replace(supervisor, role=Role.ADMIN)
            await disable_staff(session, admin, here.id)
        elif why == "is kept apart":
            safeguarding = Actor(lead.id, office.organisation.id, Role.SAFEGUARDING)
            await keep_apart(session, safeguarding, person.id, here.id, ConflictKind.EXCLUDED)
        else:
            elsewhere = await add_organisation(session, "Lantern", country="AL")
            there = await session.get_one(Returnee, person.id)
            await enrol(session, there, elsewhere)
            await leave(session, there, office.organisation)
    async with database.begin(SERVICE) as session:
        assert await protecting(session, person.id) == set()
        assert (await read_care(session, supervisor, person)).decision is None


async def test_p10_whoever_accompanies_a_child_now_reads_no_decision_of_whoever_did_before(
    database: Database,
) -> None:
    office = await open_office(database)
    person, _ = await a_child(database, office, age_band=AgeBand.YOUTH)
    supervisor = supervisor_of(office)
    async with database.begin(SERVICE) as session:
        await decide(session, supervisor, person.id, supervisor.staff_id, "She asks for it.")
        elsewhere = await add_organisation(session, "Lantern", country="AL")
        await enrol(session, await session.get_one(Returnee, person.id), elsewhere)
        new = await add_staff(session, "Vera", elsewhere, Role.SUPERVISOR)
    theirs = Actor(new.id, elsewhere.id, Role.SUPERVISOR)
    async with database.begin(elsewhere.id, new.id) as session:
        child = await session.get_one(Returnee, person.id)
        assert (await read_care(session, theirs, child)).decision is None


async def test_p5_of_two_organisations_each_asks_a_child_by_its_own_worker_and_decision(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    person, ours = await a_child(database, office, age_band=AgeBand.YOUTH)
    other, theirs = await also_with(database, person)
    await decides(database, office, person, "She asks for it.")
    async with database.begin(SERVICE) as session:
        await send_due(session)
    skipped = await kept(database, theirs.id)
    assert (skipped.state, skipped.reason) == (CheckInState.SKIPPED, Exclusion.CHILD)
    assert (await kept(database, ours.id)).state is CheckInState.SENDING

    async with database.begin(SERVICE) as session:
        assert not (await start_answering(session, person, theirs.id)).for_them
        assert (await start_answering(session, person, ours.id)).for_them
    assert await may_ask(database, person) == {office.organisation.id}
    await decides(database, other, person, "She told us, too.")
    assert await may_ask(database, person) == {office.organisation.id, other.organisation.id}


async def test_p10_of_two_organisations_neither_overwrites_nor_ends_what_the_other_decided(
    database: Database,
) -> None:
    office = await open_office(database)
    person, _ = await a_child(database, office, age_band=AgeBand.YOUTH)
    other, _ = await also_with(database, person)
    await decides(database, office, person, "Ours")
    await decides(database, other, person, "Theirs")
    await decides(database, other, person, "Theirs anew")
    assert await reasons_shown(database, office, person) == "Ours"
    assert await reasons_shown(database, other, person) == "Theirs anew"

    actor = supervisor_of(other)
    async with database.begin(other.organisation.id, actor.staff_id) as session:
        await withdraw_decision(session, actor, person.id)
    assert await reasons_shown(database, office, person) == "Ours"
    assert await may_ask(database, person) == {office.organisation.id}


async def test_p10_what_an_earlier_release_wrote_is_of_the_organisation_whose_worker_it_names(
    database: Database,
) -> None:
    office = await open_office(database)
    person, _ = await a_child(database, office, age_band=AgeBand.YOUTH)
    other, _ = await also_with(database, person)
    await decides_as_before(database, office.coordinator.staff_id, person, "As before")
    assert await reasons_shown(database, office, person) == "As before"
    assert await may_ask(database, person) == {office.organisation.id}

    await decides(database, other, person, "Theirs")
    assert await reasons_shown(database, office, person) == "As before"
    await decides(database, office, person, "Anew")
    assert await reasons_shown(database, office, person) == "Anew"
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(ChildProtection))).all() == []


async def test_p1_p5_an_old_button_asks_a_child_nothing_before_a_decision_and_danger_is_heard(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    person, check_in = await a_child(database, office)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).said_child_at = session.now
    async with database.begin(SERVICE) as session:
        child = await session.get_one(Returnee, person.id)
        assert not (await start_answering(session, child, check_in.id)).for_them
        assert not (await answer(session, child, check_in.id, "safety", "danger")).for_them
        assert await answers_of(session, check_in) == {}
        [case] = await session.scalars(select(Case))
        assert case.severity is Severity.EMERGENCY


async def a_protected_child(database: Database) -> tuple[Returnee, CheckIn]:
    office = await open_office(database)
    person, check_in = await a_child(database, office, age_band=AgeBand.YOUTH)
    actor = supervisor_of(office)
    async with database.begin(office.organisation.id) as session:
        await decide(session, actor, person.id, actor.staff_id, "She asks for it.")
    return person, check_in


@pytest.fixture
def scale(monkeypatch: pytest.MonkeyPatch) -> Questionnaire:
    scale = Questionnaire(
        "a-scale", 1, SAFETY_AND_NEEDS.title, SAFETY_AND_NEEDS.questions, adults_only=True
    )
    monkeypatch.setattr(shelf, "_OURS", (SAFETY_AND_NEEDS, scale))
    return scale


async def test_no_button_asks_a_child_an_adult_scale_that_was_sent_before(
    database: Database, clock: Clock, scale: Questionnaire
) -> None:
    set_clock(clock, MORNING)
    person, check_in = await a_protected_child(database)
    async with database.begin(SERVICE) as session:
        row = await session.get_one(CheckIn, check_in.id)
        row.questionnaire, row.state = scale.edition, CheckInState.SENT
        await session.flush()
        assert not (await start_answering(session, person, check_in.id)).for_them
        assert not (await answer(session, person, check_in.id, "need", "work")).for_them
        asked = await ask_check_in(session, person)
        assert asked is not None
        assert asked.check_in_id != check_in.id


async def test_no_adult_scale_is_asked_of_a_child(
    database: Database, clock: Clock, scale: Questionnaire
) -> None:
    set_clock(clock, MORNING)
    _, check_in = await a_protected_child(database)
    async with database.begin(SERVICE) as session:
        row = await session.get_one(CheckIn, check_in.id)
        row.questionnaire = scale.edition
        await session.flush()
        await send_due(session)
        assert row.reason == Exclusion.ADULTS_ONLY
        cases = await session.scalars(select(Case))
        assert cases.all() == []
