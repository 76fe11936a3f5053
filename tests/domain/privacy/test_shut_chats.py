"""P6: whose chat number no key opens any more can be told of nothing, and is forgotten no later."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.actors import Actor
from domain.casework.work import resolve
from domain.check_ins.hours_again import ask_about_hours
from domain.consent import give_consent
from domain.consent.renewal import arrive, renew_all
from domain.errors import Refused
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.passing_on import Reason, erase_by_operator, pass_on, take_back
from domain.profiles.reading import Reachability, list_people
from storage.kinds import CaseState, Discretion, Outcome, Purpose, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.consent import Renewal
from storage.tables.inbox import InboxRow
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee, Safety, WrappedKey
from storage.tables.traces import Trace
from tests.clock import MORNING, set_clock
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import told
from tests.domain.identity.moving import NEW_CHAT, code_for, holder, moves_in
from tests.domain.privacy.canaries import Somebody, sightings, somebody
from tests.domain.privacy.erasing import IDS_STAY, erase, everything_is_sent_and_swept
from tests.domain.privacy.passing_on import met
from tests.domain.retention.passing import days_pass

SHUT = b"nothing that opens"


@pytest.fixture
async def amal(database: Database, clock: Clock) -> Somebody:
    amal = await somebody(database, clock)
    await shut(database, amal.returnee)
    return amal


async def shut(database: Database, person: Returnee) -> None:
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).chat = SHUT


async def pass_it_on(database: Database, somebody: Somebody) -> None:
    organisation = somebody.office.organisation
    lead = Actor(somebody.office.coordinator.staff_id, organisation.id, Role.SAFEGUARDING)
    async with database.begin(organisation.id) as session:
        await pass_on(session, lead, somebody.returnee.id, Reason.ASKED_IN_WRITING)


async def test_p6_what_staff_pass_on_is_done_and_leaves_nothing_behind(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await pass_it_on(database, amal)
    await erase(database)
    await everything_is_sent_and_swept(database, clock)

    assert await how_many(database, Returnee) == await how_many(database, Erasure) == 0
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(InboxRow.payload))).all() == [None]
    words = {name: words for name, words in amal.canaries.items() if name not in ("chat", "hash")}
    assert await sightings(database, words) <= IDS_STAY
    assert await how_many(database, Trace) == 0


async def test_p6_the_operator_can_have_them_forgotten(database: Database, amal: Somebody) -> None:
    async with database.begin(SERVICE) as session:
        await erase_by_operator(session, amal.canaries["pseudonym"], None)
    await erase(database)

    assert await how_many(database, Returnee) == 0


async def test_p6_neither_a_lost_key_of_their_own_keeps_anything_of_them(
    database: Database, amal: Somebody
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(WrappedKey).values(wrapped=SHUT))
    await pass_it_on(database, amal)
    await erase(database)

    assert await how_many(database, Returnee) == await how_many(database, WrappedKey) == 0


async def test_p6_their_words_go_two_weeks_after_they_would_have_been_told(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 167)
    assert await told(database, Notice.RETENTION) == []
    assert await how_many(database, Message) == 2
    await days_pass(database, clock, 14)

    assert await how_many(database, Message) == 0
    assert await how_many(database, Case) == 1


async def test_p6_a_request_whose_own_number_does_not_open_is_done_all_the_same(
    database: Database, clock: Clock
) -> None:
    person = await somebody(database, clock)
    async with database.begin(SERVICE) as session:
        await ask_to_be_forgotten(session, await session.get_one(Returnee, person.returnee.id))
        await session.execute(update(Erasure).values(chat=SHUT))
    await erase(database)

    assert await how_many(database, Returnee) == 0


async def test_whoever_is_not_forgotten_after_all_stays_without_a_phone_and_staff_are_told_so(
    centre: Centre,
) -> None:
    lead, person = await centre.colleague(Role.SAFEGUARDING), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, person.id)
        kept.discretion, kept.chat = Discretion.WATCHED, SHUT
        await ask_to_be_forgotten(session, kept)
    centre.later(hours=1)
    await met(centre, lead, person)

    async with centre.database.begin(SERVICE) as session:
        assert not await take_back(session, lead, person.id)


async def test_staff_see_that_nothing_gets_to_them_until_they_write(centre: Centre) -> None:
    coordinator, person = await centre.colleague(Role.COORDINATOR), await centre.person()
    assert await reach_of(centre, coordinator) is Reachability.OPEN
    await shut(centre.database, person)

    assert await reach_of(centre, coordinator) is Reachability.SHUT


async def reach_of(centre: Centre, actor: Actor) -> Reachability:
    async with centre.database.begin(centre.organisation.id) as session:
        [line] = (await list_people(session, actor)).lines
        return line.reach


async def test_p1_a_new_phone_is_let_in_for_one_whose_number_no_key_opens(centre: Centre) -> None:
    person = await centre.person()
    one, other = await centre.colleague(Role.COORDINATOR), await centre.colleague(Role.COORDINATOR)
    code = await code_for(centre, person, one, other)
    await shut(centre.database, person)
    await moves_in(centre, code)

    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    assert moved.id == person.id


async def test_p2_alerts_climb_for_one_who_cannot_be_told_that_nobody_answered(
    centre: Centre,
) -> None:
    """What only they would hear keeps nobody else from hearing."""
    await centre.colleague(chat=5_001, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(chat=SHUT))
    await centre.tick()
    centre.later(minutes=6)
    await centre.tick()

    assert (await centre.fresh(case)).alerts_sent >= 2


async def test_a_case_of_theirs_is_closed_and_whoever_writes_is_told_that_it_gets_nowhere(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    await shut(centre.database, person)
    with pytest.raises(Refused, match="opened any more"):
        await centre.writes(vera, case, "Are you there?")
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.NOT_REACHED)

    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def test_what_they_are_asked_by_itself_waits_and_is_no_fault_every_minute(
    centre: Centre,
) -> None:
    """Neither whether their hours are still right, nor about their consent."""
    set_clock(centre.clock, MORNING)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await give_consent(session, person, Purpose.CHECK_INS, True, "1")
        await arrive(session, await session.get_one(Returnee, person.id))
        (await session.get_one(Safety, person.id)).ask_hours_at = session.now
    await shut(centre.database, person)
    async with centre.database.begin(SERVICE) as session:
        assert await ask_about_hours(session) == 1
        assert await renew_all(session) == 1
        soon = session.now + timedelta(minutes=9)
        [renewal] = (await session.scalars(select(Renewal))).all()
        assert (renewal.asked_at, renewal.look_at > soon) == (None, True)
        asked_at = (await session.get_one(Safety, person.id)).ask_hours_at
        assert asked_at is not None
        assert asked_at > soon
