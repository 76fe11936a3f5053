"""One organisation forgets somebody whom another accompanies, too: that one goes on."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import array

from domain.actors import Actor
from domain.casework.work import resolve
from domain.check_ins.sending import send_due
from domain.children.deciding import decide
from domain.consent import give_consent
from domain.errors import Refused
from domain.notices import Notice
from domain.privacy.handing_over import release_copy
from domain.privacy.passing_on import Reason, erase_now, list_leaving, pass_on, take_back
from domain.profiles.reading import Reachability, list_people
from domain.queue.lines import Part, count_cases
from domain.returnees.enrolments import current_enrolment
from domain.safety.contacts import contact_with
from storage.kinds import (
    CaseState,
    CheckInState,
    Discretion,
    Identity,
    Outcome,
    Purpose,
    Role,
    Severity,
)
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.privacy import Erasure
from storage.tables.returnees import ChildDecision, ChildProtection, Enrolment, Returnee
from storage.tables.safeguarding import Complaint
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, invite_in, plan_check_in
from tests.domain.children.deciding import decides_as_before
from tests.domain.privacy.elsewhere import also_with, passes_on, with_both
from tests.domain.privacy.erasing import ask, erase
from tests.domain.privacy.passing_on import complained, is_there, met


async def test_p1_p10_what_an_organisation_forgets_closes_no_case_of_another(
    centre: Centre,
) -> None:
    person = await centre.person()
    other = await also_with(centre, person, "Rabat")
    case = await centre.signal(person, Severity.CONCERN)
    await passes_on(other, await other.colleague(Role.SAFEGUARDING), person)
    assert (await centre.fresh(case)).state is CaseState.OPEN

    await passes_on(centre, await centre.colleague(Role.SAFEGUARDING), person)
    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def shown_as_leaving(centre: Centre, actor: Actor) -> list[UUID]:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return [line.returnee_id for line in await list_leaving(session, actor)]


async def is_with(database: Database) -> set[UUID]:
    """The organisations that anybody is with."""
    async with database.begin(SERVICE) as session:
        return set(await session.scalars(select(Enrolment.organisation_id)))


async def all_is_heard(database: Database) -> None:
    """And what waited for that is done."""
    async with database.begin(SERVICE) as session:
        await session.execute(update(Complaint).values(closed_at=session.now))
    await erase(database)


async def test_p6_whom_another_organisation_forgets_is_not_gone_here(centre: Centre) -> None:
    """While safeguarding there still has something to hear that is for weeks."""
    vera = await centre.colleague()
    other, person = await with_both(centre)
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)

    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        [line] = (await list_people(session, vera)).lines
        assert line.reach is Reachability.OPEN
        assert await count_cases(session, vera, Part.CLOSED) == 1
    samir = await other.colleague()
    async with centre.database.begin(other.organisation.id, samir.staff_id) as session:
        assert (await list_people(session, samir)).lines == []


async def test_p6_whom_another_organisation_forgets_is_asked_here_and_there_no_more(
    centre: Centre,
) -> None:
    """Nor does a copy, or why something waits, say here that they are forgotten there."""
    set_clock(centre.clock, MORNING)
    vera = await centre.colleague()
    other, person = await with_both(centre)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.identity, known.confirmed_at = Identity.CONFIRMED, session.now
        await give_consent(session, known, Purpose.CHECK_INS, True, "1")
        await give_consent(session, known, Purpose.ANSWERS, True, "1")
        for each in (centre, other):
            there = await session.get_one(Organisation, each.organisation.id)
            await invite_in(session, known, there)
            await plan_check_in(session, known, Office(there, vera))
        await send_due(session)
        await release_copy(session, vera, person.id)
    async with centre.database.begin(SERVICE) as session:
        rows = await session.scalars(select(CheckIn))
        asked = {each.organisation_id: (each.state, each.reason) for each in rows}
    assert asked == {
        centre.organisation.id: (CheckInState.SENDING, None),
        other.organisation.id: (CheckInState.HELD, "leaving"),
    }


@pytest.mark.parametrize("as_before", [False, True])
async def test_p6_what_was_decided_for_a_child_goes_with_whoever_decided_it_and_no_other(
    centre: Centre, as_before: bool
) -> None:
    person = await centre.person()
    other = await also_with(centre, person, "Rabat")
    here, there = [await each.colleague(Role.SUPERVISOR) for each in (centre, other)]
    async with centre.database.begin(SERVICE) as session:
        await decide(session, here, person.id, here.staff_id, "Ours")
        if not as_before:
            await decide(session, there, person.id, there.staff_id, "Theirs")
    if as_before:
        await decides_as_before(centre.database, there.staff_id, person, "Theirs")
    await passes_on(other, await other.colleague(Role.SAFEGUARDING), person)
    await erase(centre.database)

    async with centre.database.begin(SERVICE) as session:
        left = await session.scalars(select(ChildDecision.organisation_id))
        earlier = await session.scalars(select(ChildProtection.worker_id))
    assert (left.all(), earlier.all()) == ([centre.organisation.id], [])


@pytest.mark.parametrize("does", [erase_now, take_back])
async def test_p10_nobody_decides_what_another_organisation_forgets(
    centre: Centre, does: object
) -> None:
    lead = await centre.colleague(Role.SAFEGUARDING)
    _, person = await with_both(centre)
    async with centre.database.begin(centre.organisation.id, lead.staff_id) as session:
        assert await list_leaving(session, lead) == []
        with pytest.raises(Refused, match="did not ask"):
            await does(session, lead, person.id)  # type: ignore[operator]
    async with centre.database.begin(SERVICE) as session:
        assert await session.get(Erasure, person.id) is not None


async def test_p6_where_the_other_one_has_let_them_go_since_nothing_more_is_said(
    centre: Centre,
) -> None:
    _, person = await with_both(centre)
    for accompanied in (True, False):
        async with centre.database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            assert (await contact_with(session, known)).leaving is not accompanied
            ours = await current_enrolment(session, person.id, centre.organisation.id)
            if ours is not None:
                ours.until_at = session.now


async def test_p6_whom_two_organisations_forget_both_forget_though_the_first_one_waits(
    centre: Centre,
) -> None:
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    other, person = await with_both(centre)
    third = await also_with(centre, person, "Kyiv")
    await complained(other, person)
    await passes_on(centre, chief, person)
    await erase(centre.database)
    everybody = {each.organisation.id for each in (centre, other, third)}
    assert await is_with(centre.database) == everybody

    await all_is_heard(centre.database)
    assert await is_with(centre.database) == {third.organisation.id}
    assert await shown_as_leaving(centre, nina) == []


async def test_p10_whoever_passes_on_whom_another_organisation_forgets_cannot_tell(
    centre: Centre,
) -> None:
    """Theirs waits as if it were alone: unseen by the team, and before safeguarding there."""
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    other, person = await with_both(centre)
    lead, alone = await other.colleague(Role.SAFEGUARDING), await centre.person()
    await complained(other, person)
    await complained(centre, alone)
    for each in (person, alone):
        await passes_on(centre, chief, each)
        async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
            with pytest.raises(Refused, match="no such person"):
                await pass_on(session, chief, each.id, Reason.ASKED_IN_PERSON)
            found = [line.id for line in (await list_people(session, chief)).lines]
            assert each.id not in found
        with pytest.raises(Refused, match="asked for already"):
            await passes_on(centre, nina, each)

    assert await shown_as_leaving(centre, chief) == []
    assert set(await shown_as_leaving(centre, nina)) == {person.id, alone.id}
    assert await shown_as_leaving(other, lead) == [person.id]


async def test_p6_whom_two_organisations_forget_neither_asks_any_more_and_a_third_one_does(
    centre: Centre,
) -> None:
    other, person = await with_both(centre)
    third = await also_with(centre, person, "Kyiv")
    await passes_on(centre, await centre.colleague(Role.SUPERVISOR), person)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        leaves = [
            (await contact_with(session, known, each.organisation.id)).leaving
            for each in (centre, other, third)
        ]
        asks = [
            select(func.wayhome_forgotten(person.id, array([each.organisation.id])))
            for each in (centre, other, third)
        ]
        referrals_rest = [await session.scalar(each) for each in asks]
    assert leaves == referrals_rest == [True, True, False]


@pytest.mark.parametrize("first", [True, False])
async def test_p6_what_one_of_two_organisations_takes_back_the_other_one_still_forgets(
    centre: Centre, first: bool
) -> None:
    other, person = await with_both(centre)
    await complained(other, person)
    await passes_on(centre, await centre.colleague(Role.SUPERVISOR), person)
    stays, goes = (other, centre) if first else (centre, other)
    lead = await stays.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(stays.organisation.id, lead.staff_id) as session:
        await erase_now(session, lead, person.id)
    async with centre.database.begin(SERVICE) as session:
        assert await take_back(session, lead, person.id)
        with pytest.raises(Refused, match="did not ask"):
            await take_back(session, lead, person.id)
    assert await shown_as_leaving(goes, await goes.colleague(Role.SAFEGUARDING)) == [person.id]

    await all_is_heard(centre.database)
    assert await is_with(centre.database) == {stays.organisation.id}


@pytest.mark.parametrize("passed_on", [True, False])
async def test_p6_what_the_person_asks_in_the_chat_concerns_everything(
    centre: Centre, passed_on: bool
) -> None:
    """Though one organisation's part was to go before, by its staff or by itself, and waits."""
    vera, person = await centre.colleague(), await centre.person()
    other = await also_with(centre, person, "Rabat")
    if passed_on:
        await passes_on(other, await other.colleague(Role.SUPERVISOR), person)
    else:
        async with centre.database.begin(SERVICE) as session:
            session.add(
                Erasure(
                    returnee_id=person.id,
                    organisation_id=other.organisation.id,
                    asked_at=session.now,
                    not_before=session.now,
                )
            )
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await ask(centre.database, person)
    assert len(await centre.sent(Notice.FORGET_WAITS)) == 1
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    await erase(centre.database)

    assert await is_there(centre.database) == 0


async def watched_and_asked(centre: Centre) -> tuple[Centre, Returnee]:
    """On a phone that others hold, while what the other one's staff passed on waits."""
    other, person = await with_both(centre)
    await complained(other, person)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.WATCHED
    await ask(centre.database, person)
    return other, person


async def test_p6_a_phone_that_others_hold_asks_for_everything_and_it_waits_three_days(
    centre: Centre,
) -> None:
    await centre.colleague(Role.SAFEGUARDING, chat=55)
    _, person = await watched_and_asked(centre)
    assert [sent.chat for sent in await centre.sent(Notice.STAFF_FORGET)] == [55]
    assert await centre.sent(Notice.FORGET_WAITS) == []
    assert len(await centre.sent(Notice.FORGOTTEN)) == 1
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        erasure = await session.get_one(Erasure, person.id)
        assert known.identity is Identity.DOUBTED
        assert erasure.forced
        assert erasure.not_before - session.now > timedelta(hours=71)
        assert (await contact_with(session, known, centre.organisation.id)).leaving

    centre.later(hours=71)
    assert await erase(centre.database) == 0
    centre.later(hours=2)
    await erase(centre.database)
    assert await is_there(centre.database) == 0


async def test_p6_what_staff_passed_on_still_counts_once_what_the_phone_asked_is_taken_back(
    centre: Centre,
) -> None:
    """Whoever passed it on sees nothing of the person meanwhile either."""
    nina = await centre.colleague(Role.SAFEGUARDING)
    other, person = await watched_and_asked(centre)
    assert await shown_as_leaving(other, await other.colleague(Role.SUPERVISOR)) == []
    await met(centre, nina, person)
    async with centre.database.begin(SERVICE) as session:
        assert await take_back(session, nina, person.id)
    await erase(centre.database)
    assert await is_with(centre.database) == {centre.organisation.id, other.organisation.id}

    await all_is_heard(centre.database)
    assert await is_with(centre.database) == {centre.organisation.id}
