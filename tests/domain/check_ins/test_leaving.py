"""Whoever is to be forgotten owes nobody an answer, and nobody is called about them."""

from collections.abc import Awaitable, Callable

import pytest

from domain.check_ins.postponing import wish_against
from domain.privacy.passing_on import Reason, pass_on
from storage.kinds import CaseState, CheckInState, Discretion, Identity, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.check_ins.calling import block, never_arrives, signals
from tests.domain.check_ins.silent import A_DAY_LATER, confirm, tick_at
from tests.domain.checking_in import Office, invite_in, kept, plan_check_in, send_what_is_due
from tests.domain.privacy.elsewhere import with_both
from tests.domain.privacy.erasing import ask
from tests.domain.safeguarding.telling import tells


async def by_a_watched_phone(centre: Centre, person: Returnee) -> None:
    """They are kept for three days."""
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.WATCHED
    await ask(centre.database, person)


async def by_staff_whom_they_complain_of(centre: Centre, person: Returnee) -> None:
    """They are kept until safeguarding has closed it."""
    await tells(centre, person)
    chief = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, chief, person.id, Reason.ASKED_IN_PERSON)


@pytest.fixture
def centre(database: Database, clock: Clock, office: Office) -> Centre:
    return Centre(database, clock, office.organisation)


KEPT_MEANWHILE = pytest.mark.parametrize(
    "asked", [by_a_watched_phone, by_staff_whom_they_complain_of]
)


@KEPT_MEANWHILE
async def test_p6_p2_no_silence_opens_a_case_again_of_somebody_who_is_to_be_forgotten(
    centre: Centre,
    returnee: Returnee,
    check_in: CheckIn,
    asked: Callable[[Centre, Returnee], Awaitable[None]],
) -> None:
    """Nobody could find it, or close it, and its alerts would climb for ever."""
    case = await centre.signal(returnee, Severity.CONCERN)
    await send_what_is_due(centre.database)
    await confirm(centre.database, check_in)
    await asked(centre, returnee)
    assert await tick_at(centre.database, centre.clock, A_DAY_LATER) == 1

    assert (await centre.fresh(case)).state is CaseState.RESOLVED
    ended = await kept(centre.database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.SKIPPED, "leaving")


@KEPT_MEANWHILE
async def test_p6_nobody_is_called_about_somebody_to_be_forgotten_whom_no_check_in_reaches(
    centre: Centre,
    returnee: Returnee,
    check_in: CheckIn,
    asked: Callable[[Centre, Returnee], Awaitable[None]],
) -> None:
    await send_what_is_due(centre.database)
    await asked(centre, returnee)
    await block(centre.database, returnee)
    await never_arrives(centre.database, check_in)

    ended = (await kept(centre.database, check_in.id)).state
    assert ended in (CheckInState.FAILED, CheckInState.SKIPPED)
    assert await signals(centre.database) == []


async def test_p6_a_day_is_promised_for_the_organisation_that_goes_on_with_them(
    centre: Centre,
) -> None:
    other, person = await with_both(centre)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.identity, known.confirmed_at = Identity.CONFIRMED, session.now
        wishes = []
        for each in (centre, other):
            there = await session.get_one(Organisation, each.organisation.id)
            await invite_in(session, known, there)
            mira = await each.colleague(Role.COORDINATOR)
            planned = await plan_check_in(session, known, Office(there, mira))
            wishes.append(await wish_against(session, known, planned.id, session.now))
    assert wishes == [None, "leaving"]
