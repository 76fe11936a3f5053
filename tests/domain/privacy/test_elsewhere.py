"""One organisation forgets somebody whom another accompanies, too: that one goes on."""

import pytest
from sqlalchemy import select

from domain.casework.work import resolve
from domain.check_ins.sending import send_due
from domain.consent import give_consent
from domain.errors import Refused
from domain.privacy.handing_over import release_copy
from domain.privacy.passing_on import Reason, erase_now, list_leaving, pass_on, take_back
from domain.profiles.reading import Reachability, list_people
from domain.queue.lines import Part, count_cases
from domain.returnees.enrolments import current_enrolment, enrol
from domain.safety.contacts import contact_with
from storage.kinds import CheckInState, Identity, Outcome, Purpose, Role
from storage.sessions import SERVICE
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.checking_in import MORNING, Office, invite_in, plan_check_in, set_clock


async def with_both(centre: Centre) -> tuple[Centre, Returnee]:
    """It is passed on at the other one, and waits."""
    other, person = await Centre.open(centre.database, centre.clock, "Rabat"), await centre.person()
    nina = await other.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        there = await session.get_one(Organisation, other.organisation.id)
        await enrol(session, await session.get_one(Returnee, person.id), there)
        await pass_on(session, nina, person.id, Reason.ASKED_IN_PERSON)
    return other, person


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


@pytest.mark.parametrize("decide", [erase_now, take_back])
async def test_p10_nobody_decides_what_another_organisation_forgets(
    centre: Centre, decide: object
) -> None:
    lead = await centre.colleague(Role.SAFEGUARDING)
    _, person = await with_both(centre)
    async with centre.database.begin(centre.organisation.id, lead.staff_id) as session:
        assert await list_leaving(session, lead) == []
        with pytest.raises(Refused, match="did not ask"):
            await decide(session, lead, person.id)  # type: ignore[operator]
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
