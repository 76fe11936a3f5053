"""What measures health is asked only while somebody is there to look after the results."""

import pytest

from domain.actors import Actor
from domain.check_ins.asking import ask_check_in
from domain.check_ins.sending import send_due
from domain.colleagues.leaving import disable_staff
from domain.notices import Notice
from domain.questionnaires.clinicians import left_alone
from domain.questionnaires.importing import switch
from domain.questionnaires.scales import PHQ_4
from storage.kinds import CheckInState, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, add_person, kept, plan_check_in

MIRA, LEKA, OLA = 701, 702, 703


class Clinic:
    """An office with a coordinator, a clinician and somebody who can end accounts."""

    def __init__(self, centre: Centre, coordinator: Actor, clinician: Actor, chief: Actor) -> None:
        self.centre, self.coordinator = centre, coordinator
        self.clinician, self.chief = clinician, chief

    async def names(self, clinician: Actor) -> None:
        async with self.centre.database.begin(self.centre.organisation.id) as session:
            who = clinician.staff_id
            await switch(session, self.coordinator, "phq-4", is_on=True, clinician=who)

    async def loses(self, colleague: Actor) -> None:
        async with self.centre.database.begin(SERVICE) as session:
            await disable_staff(session, self.chief, colleague.staff_id)

    async def asks(self, edition: str = PHQ_4.edition) -> CheckIn:
        """Due now."""
        office = Office(self.centre.organisation, self.coordinator)
        async with self.centre.database.begin(SERVICE) as session:
            person = await add_person(session, self.centre.organisation, 1001)
            check_in = await plan_check_in(session, person, office)
            check_in.questionnaire = edition
        return check_in

    async def called(self) -> list[int]:
        return [each.chat for each in await self.centre.sent(Notice.STAFF_NO_CLINICIAN)]


@pytest.fixture
async def clinic(centre: Centre, clock: Clock) -> Clinic:
    set_clock(clock, MORNING)
    clinic = Clinic(
        centre,
        await centre.colleague(Role.COORDINATOR, name="Mira", chat=MIRA),
        await centre.colleague(name="Dr Leka", chat=LEKA),
        await centre.colleague(Role.SUPERVISOR, chat=OLA),
    )
    await clinic.names(clinic.clinician)
    return clinic


async def tick(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        while await send_due(session):
            pass


async def test_what_runs_already_waits_once_its_clinician_has_left_and_goes_on_with_another(
    clinic: Clinic, database: Database
) -> None:
    check_in = await clinic.asks()
    await clinic.loses(clinic.clinician)
    await tick(database)
    held = await kept(database, check_in.id)
    assert (held.state, held.reason) == (CheckInState.HELD, "no-clinician")

    await clinic.names(await clinic.centre.colleague(name="Dr Prifti"))
    clinic.centre.later(minutes=11)
    await tick(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


async def test_what_is_switched_off_goes_on_where_it_was_planned_while_its_clinician_is_there(
    clinic: Clinic, database: Database
) -> None:
    check_in = await clinic.asks()
    async with database.begin(clinic.centre.organisation.id) as session:
        await switch(session, clinic.coordinator, "phq-4", is_on=False)
    await tick(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


async def test_what_measures_nothing_needs_no_clinician(clinic: Clinic, database: Database) -> None:
    check_in = await clinic.asks("safety-and-needs@1")
    await clinic.loses(clinic.clinician)
    await tick(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


@pytest.mark.parametrize("was_asked", [True, False])
async def test_whoever_wants_a_check_in_is_asked_what_nobody_looks_after_only_if_they_were_before(
    clinic: Clinic, database: Database, was_asked: bool
) -> None:
    check_in = await clinic.asks()
    if was_asked:
        await tick(database)
    await clinic.loses(clinic.clinician)
    await tick(database)
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, check_in.returnee_id)
        following = await ask_check_in(session, person)

    assert following is not None
    assert (following.check_in_id == check_in.id) is was_asked


async def test_what_was_put_off_can_be_answered_though_its_clinician_has_left_since(
    clinic: Clinic, database: Database
) -> None:
    check_in = await clinic.asks()
    await clinic.loses(clinic.clinician)
    async with database.begin(SERVICE) as session:
        later = await session.get_one(CheckIn, check_in.id)
        later.state, later.put_off_at = CheckInState.HELD, session.now
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, check_in.returnee_id)
        begun = await ask_check_in(session, person)
    assert begun is not None
    assert begun.check_in_id == check_in.id


async def test_whoever_could_choose_another_is_told_that_the_clinician_has_left(
    clinic: Clinic,
) -> None:
    await clinic.loses(await clinic.centre.colleague(name="Ana"))
    assert await clinic.called() == []
    await clinic.loses(clinic.clinician)
    assert await clinic.called() == [MIRA]


@pytest.mark.parametrize("is_to_be_asked", [True, False])
async def test_of_what_is_switched_off_it_is_told_while_somebody_is_still_to_be_asked_it(
    clinic: Clinic, database: Database, is_to_be_asked: bool
) -> None:
    await clinic.asks(PHQ_4.edition if is_to_be_asked else "safety-and-needs@1")
    async with database.begin(clinic.centre.organisation.id) as session:
        await switch(session, clinic.coordinator, "phq-4", is_on=False)
    await clinic.loses(clinic.clinician)

    assert await clinic.called() == ([MIRA] if is_to_be_asked else [])
    async with database.begin(clinic.centre.organisation.id) as session:
        alone = await left_alone(session, clinic.coordinator)
    assert [each.key for each in alone] == (["phq-4"] if is_to_be_asked else [])
