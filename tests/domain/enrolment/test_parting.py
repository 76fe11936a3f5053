"""P6: nobody is accompanied for ever, and nobody is let go while anything of theirs is open."""

import asyncio

import pytest
from sqlalchemy import func, select, update

from domain.casework.work import resolve
from domain.check_ins.hours_again import ask_about_hours
from domain.consent import give_consent
from domain.consent.renewal import renew, renew_all
from domain.enrolment.parting import part
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.profiles.reading import list_people
from domain.returnees.enrolments import begin_anew
from domain.safeguarding.conflicts import keep_apart
from storage.kinds import AgeBand, CaseState, ConflictKind, Outcome, Purpose, Renewing, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.returnees import ChildDecision, Returnee, Safety
from storage.tables.safeguarding import Complaint
from tests.clock import MORNING, set_clock
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import kept, open_office, told
from tests.domain.children.deciding import a_child, decides, supervisor_of
from tests.domain.enrolment.leaving import is_with, known_at, lets_go, name_of
from tests.domain.privacy.elsewhere import also_with
from tests.domain.privacy.erasing import ask
from tests.domain.referrals.two import Two
from tests.domain.retention.passing import days_pass
from tests.domain.safeguarding.telling import tells
from tests.racing import stands_still

pytestmark = pytest.mark.usefixtures("morning")

OPEN = "A case or a referral of theirs is still open"


async def test_p6_whoever_is_accompanied_no_longer_is_told_so_and_forgotten_after_the_days(
    database: Database, clock: Clock, centre: Centre
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await lets_go(centre, vera, person)
    assert len(await told(database, Notice.PARTED)) == 1
    async with database.begin(centre.organisation.id, vera.staff_id) as session:
        assert (await list_people(session, vera)).lines == []
    await days_pass(database, clock, 352)
    assert len(await told(database, Notice.RETENTION)) == 1
    assert await how_many(database, Returnee) == 1
    await days_pass(database, clock, 15)

    assert await how_many(database, Returnee) == 0


@pytest.mark.parametrize("role", list(Role))
async def test_p10_whoever_may_bring_somebody_may_let_them_go(centre: Centre, role: Role) -> None:
    actor, person = await centre.colleague(role), await centre.person()
    if role in (Role.CASEWORKER, Role.COORDINATOR, Role.SUPERVISOR):
        await lets_go(centre, actor, person)
    else:
        with pytest.raises(NotAllowed):
            await lets_go(centre, actor, person)

    assert await is_with(centre, person) is (role in (Role.SAFEGUARDING, Role.ADMIN))


async def test_p2_nobody_is_let_go_while_a_case_of_theirs_is_open(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    with pytest.raises(Refused, match=OPEN):
        await lets_go(centre, vera, person)
    assert await is_with(centre, person)
    await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    await lets_go(centre, vera, person)

    assert not await is_with(centre, person)


@pytest.mark.parametrize("of_whom", ["giver", "partner"])
async def test_p2_nobody_is_let_go_while_a_referral_of_theirs_is_under_way(
    centre: Centre, of_whom: str
) -> None:
    two = await Two.at_work(centre)
    await two.accepts(await two.offered(joint=7))
    async with centre.database.begin(SERVICE) as session:
        closed = {"state": CaseState.RESOLVED, "resolved_at": session.now}
        await session.execute(update(Case).values(closed))
    where, who = (two.giver, two.vera) if of_whom == "giver" else (two.partner, two.samir)
    with pytest.raises(Refused, match=OPEN):
        await lets_go(where, who, two.person)

    assert await is_with(where, two.person)


async def test_p10_nobody_learns_by_it_of_a_case_that_another_organisation_has(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    other = await also_with(centre, person, "Rabat")
    await other.signal(person)
    await lets_go(centre, vera, person)

    assert not await is_with(centre, person)
    assert await is_with(other, person)


async def test_p10_nobody_learns_by_it_that_something_was_confided_and_nothing_of_it_goes(
    database: Database, clock: Clock, centre: Centre
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await tells(centre, person)
    await lets_go(centre, vera, person)
    for days in (400, 30):
        await days_pass(database, clock, days)
    assert await how_many(database, Complaint) == 1
    async with database.begin(SERVICE) as session:
        await session.execute(update(Complaint).values(closed_at=session.now))
    for days in (1, 15):
        await days_pass(database, clock, days)

    assert await how_many(database, Complaint) == 0


async def test_p12_pressed_twice_it_is_told_and_written_down_once(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    pseudonym = await name_of(centre, vera, person)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await part(session, vera, person.id, pseudonym)
        second = group.create_task(lets_go(centre, vera, person))
        await stands_still(centre.database, second)
    await lets_go(centre, vera, person)

    assert len(await centre.sent(Notice.PARTED)) == 1
    async with centre.database.begin(SERVICE) as session:
        parted = select(func.count()).where(AuditEntry.action == "person.parted")
        assert await session.scalar(parted) == 1


async def test_p10_whoever_is_kept_apart_from_them_lets_nobody_go(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    lead = await centre.colleague(Role.SAFEGUARDING)
    pseudonym = await name_of(centre, vera, person)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, lead, person.id, vera.staff_id, ConflictKind.COMPLAINT)
    with pytest.raises(Refused, match="There is no such person"):
        async with centre.database.begin(SERVICE) as session:
            await part(session, vera, person.id, pseudonym)

    assert await is_with(centre, person)


async def test_p6_whoever_asked_to_be_forgotten_is_not_let_go_besides(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await ask(centre.database, person)
    with pytest.raises(Refused, match="They asked to be forgotten"):
        await lets_go(centre, vera, person)

    assert await centre.sent(Notice.PARTED) == []


async def test_a_child_is_let_go_by_those_who_decide_for_children_and_what_they_decided_ends(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    centre = Centre(database, clock, office.organisation)
    vera = await centre.colleague()
    child, check_in = await a_child(database, office, age_band=AgeBand.YOUTH)
    await decides(database, office, child, "It helps her.")
    with pytest.raises(NotAllowed):
        await lets_go(centre, vera, child)
    await lets_go(centre, supervisor_of(office), child)

    assert await how_many(database, ChildDecision) == 0
    assert (await kept(database, check_in.id)).sent_at is None


async def test_p4_nobody_asks_anything_first_of_whoever_is_accompanied_no_longer(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await give_consent(session, returnee, Purpose.CHECK_INS, True, "1")
        await renew(session, returnee, Renewing.ARRIVED)
        await session.execute(update(Safety).values(ask_hours_at=session.now))
    await lets_go(centre, vera, person)
    async with centre.database.begin(SERVICE) as session:
        await ask_about_hours(session)
        await renew_all(session)

    assert await centre.sent(Notice.HOURS_STILL_RIGHT) == []
    assert await centre.sent(Notice.CONSENT_ANEW) == []


async def test_p12_who_is_accompanied_again_is_asked_anew_and_meanwhile_no_tick_looks_at_them(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await renew(session, await session.get_one(Returnee, person.id), Renewing.ARRIVED)
    await lets_go(centre, vera, person)
    async with centre.database.begin(SERVICE) as session:
        assert await renew_all(session) == 0
        await begin_anew(session, person, centre.organisation.id)
        assert await renew_all(session) == 1

    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1


async def test_p6_of_two_organisations_that_let_somebody_go_each_keeps_its_own_days(
    database: Database, clock: Clock, centre: Centre
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    other = await also_with(centre, person, "Rabat")
    samir = await other.colleague(name="Samir")
    await lets_go(centre, vera, person)
    await days_pass(database, clock, 300)
    await lets_go(other, samir, person)
    for days in (55, 20):
        await days_pass(database, clock, days)
    assert await known_at(centre) == {"Rabat"}
    for days in (280, 20):
        await days_pass(database, clock, days)

    assert await how_many(database, Returnee) == 0


async def test_p10_the_ledger_tells_that_somebody_who_was_let_go_asked_to_be_forgotten(
    database: Database, centre: Centre
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await lets_go(centre, vera, person)
    await ask(database, person)
    async with database.begin(SERVICE) as session:
        asked = AuditEntry.action == "erasure.asked", AuditEntry.subject == person.id
        where = (await session.scalars(select(AuditEntry.organisation_id).where(*asked))).all()

    assert where == [centre.organisation.id]
