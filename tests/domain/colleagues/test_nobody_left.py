"""Somebody is with two organisations, and in the one that came last nobody works any more."""

import json

import pytest

from domain.cases.finding import newest_case
from domain.colleagues.nobody_left import go_on_elsewhere
from domain.enrolment.parting import part
from domain.notices import Notice
from domain.returnees.enrolments import current_enrolments, organisation_of
from domain.returnees.keys import data_key
from domain.returnees.wishes import WISHES, Partner
from domain.safeguarding.complaints import organisation_confided_in
from domain.safeguarding.conflicts import recuse
from domain.signals.opening import would_reopen
from storage.kinds import CaseState, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee, Safety
from tests.domain.centre import Centre
from tests.domain.colleagues.leaving import THERE, all_leave, with_both
from tests.domain.privacy.elsewhere import also_with
from tests.domain.safeguarding.telling import KEEPER, seen, tells


async def answering(centre: Centre, person: Returnee) -> Centre | None:
    async with centre.database.begin(SERVICE) as session:
        found = await organisation_of(session, await session.get_one(Returnee, person.id))
    return centre if found == centre.organisation.id else None


async def newest(centre: Centre, person: Returnee) -> Case:
    async with centre.database.begin(SERVICE) as session:
        case = await newest_case(session, await session.get_one(Returnee, person.id))
    assert case is not None
    return case


async def goes_on(centre: Centre) -> int:
    async with centre.database.begin(SERVICE) as session:
        return await go_on_elsewhere(session)


async def test_p1_p2_whoever_cries_for_help_is_heard_where_anybody_works(centre: Centre) -> None:
    person, rabat, only_one = await with_both(centre)
    assert await answering(rabat, person) is rabat

    await all_leave(rabat, only_one)

    assert await answering(centre, person) is centre


async def test_p2_with_nobody_anywhere_whoever_began_last_answers(centre: Centre) -> None:
    person = await centre.person()
    rabat = await also_with(centre, person, "Rabat")

    assert await answering(rabat, person) is rabat


async def test_p1_p2_an_open_case_goes_on_with_those_who_are_there_and_calls_them(
    centre: Centre,
) -> None:
    person, rabat, only_one = await with_both(centre)
    before = await rabat.signal(person, Severity.EMERGENCY)
    assert await goes_on(centre) == 0
    await all_leave(rabat, only_one)
    # Somebody new may be added meanwhile.
    assert await goes_on(centre) == 0
    centre.later(minutes=6)

    assert await goes_on(centre) == 1
    assert await goes_on(centre) == 0

    case = await newest(centre, person)
    assert case.organisation_id == centre.organisation.id
    assert case.severity is Severity.EMERGENCY
    assert [each.chat for each in await centre.sent(Notice.STAFF_ALERT)] == [THERE]
    assert (await centre.fresh(before)).state is CaseState.RESOLVED


async def test_p10_nothing_goes_on_with_those_whom_the_person_wants_kept_away(
    centre: Centre,
) -> None:
    person, rabat, only_one = await with_both(centre)
    case = await rabat.signal(person, Severity.EMERGENCY)
    partner = Partner(centre.organisation.name, centre.organisation.id)
    async with centre.database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, person.id)
        kept = {"helper": None, "places": [], "partners": [[partner.name, str(partner.id)]]}
        safety.wishes = (await data_key(session, person.id)).seal(json.dumps(kept), WISHES)
    await all_leave(rabat, only_one)
    centre.later(minutes=6)

    assert await goes_on(centre) == 0
    assert await answering(rabat, person) is rabat
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p2_a_worker_who_must_not_know_of_them_is_nobody(centre: Centre) -> None:
    person, _, only_one = await with_both(centre)
    async with centre.database.begin(SERVICE) as session:
        await recuse(session, only_one, person.id)

    assert await answering(centre, person) is centre


async def test_p10_what_is_confided_stays_where_the_administrator_hears_it(centre: Centre) -> None:
    person, rabat, only_one = await with_both(centre)
    await all_leave(rabat, only_one)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert await organisation_confided_in(session, returnee) == rabat.organisation.id


async def test_p2_an_open_case_stays_where_the_person_is_with_nobody_else(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person())
    await all_leave(centre, vera)

    assert await goes_on(centre) == 0
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p1_p2_a_closed_case_is_not_opened_again_where_nobody_is_left(
    centre: Centre,
) -> None:
    person, rabat, only_one = await with_both(centre)
    case = await rabat.claims(only_one, await rabat.signal(person))
    await rabat.closes(only_one, case, Outcome.HELPED)
    await all_leave(rabat, only_one)

    async with centre.database.begin(SERVICE) as session:
        assert not await would_reopen(session, await session.get_one(Returnee, person.id))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
async def test_p2_who_does_not_work_on_cases_is_nobody_to_be_called(
    centre: Centre, role: Role
) -> None:
    person, rabat, only_one = await with_both(centre)
    await rabat.colleague(role)
    await all_leave(rabat, only_one)

    assert await answering(centre, person) is centre


async def test_p2_who_was_let_go_by_those_who_are_gone_is_heard_by_the_default(
    centre: Centre,
) -> None:
    rabat = await Centre.open(centre.database, centre.clock, "Rabat")
    only_one, person = await rabat.colleague(), await rabat.person()
    async with centre.database.begin(SERVICE) as session:
        name = (await current_enrolments(session, person.id))[0].pseudonym
        await part(session, only_one, person.id, name)
    assert await answering(rabat, person) is rabat

    await all_leave(rabat, only_one)

    assert await answering(centre, person) is centre


async def test_p10_what_they_confide_stays_with_whoever_hears_it_there(centre: Centre) -> None:
    rabat = await Centre.open(centre.database, centre.clock, "Rabat")
    only_one, person = await rabat.colleague(), await rabat.person()
    keeper = await rabat.colleague(Role.SAFEGUARDING, chat=KEEPER)
    async with centre.database.begin(SERVICE) as session:
        name = (await current_enrolments(session, person.id))[0].pseudonym
        await part(session, only_one, person.id, name)
    await all_leave(rabat, only_one)
    await tells(rabat, person)

    assert len(await seen(rabat, keeper)) == 1
    assert await seen(centre, await centre.colleague(Role.SAFEGUARDING)) == []
