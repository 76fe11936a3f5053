"""What a pathway tells people: once, when it is due, within their safe hours, or not at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from domain.check_ins.sending import AVOIDED
from domain.consent import give_consent
from domain.notices import Notice
from domain.pathways.bringing import bring
from domain.pathways.placing import Place, put
from domain.pathways.shelf import ours
from domain.pathways.telling import recall_if_over, tell_due
from domain.pathways.values import Anchor, Pathway
from domain.profiles.wishing import change_place
from domain.questionnaires.values import Words
from domain.returnees.wishes import Place as WishedPlace
from storage.kinds import CheckInState, OutboxState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.outbox import OutboxRow
from storage.tables.pathways import Information, OnPathway
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.checking_in import Office, add_person, told

# Eleven in the morning of the second day in Tirana.
DUE = datetime(2026, 5, 12, 9, tzinfo=UTC)


@pytest.fixture
async def arrived(database: Database, office: Office, person: Returnee) -> Returnee:
    async with database.begin(office.organisation.id) as session:
        there = Place("three-months", {Anchor.ARRIVAL: date(2026, 5, 11)})
        await put(session, office.coordinator, person.id, there, {})
    return person


async def tick(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await tell_due(session)


async def welcome(database: Database) -> Information:
    async with database.begin(SERVICE) as session:
        return (await session.scalars(select(Information))).one()


async def left(database: Database, state: OutboxState, why: str | None = None) -> None:
    """What the courier would have made of it."""
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(state=state, error=why))


async def test_it_is_told_once_and_counts_as_told_when_telegram_has_it(
    database: Database, clock: Clock, arrived: Returnee
) -> None:
    set_clock(clock, DUE - timedelta(minutes=1))
    assert await tick(database) == 0
    set_clock(clock, DUE + timedelta(seconds=1))
    assert await tick(database) == 1
    assert await tick(database) == 0
    assert len(await told(database, Notice.INFORMATION)) == 1
    assert (await welcome(database)).state is CheckInState.SENDING

    await left(database, OutboxState.SENT)

    assert await tick(database) == 1
    assert await tick(database) == 0
    assert (await welcome(database)).state is CheckInState.SENT


@pytest.mark.parametrize(
    ("state", "booked"),
    [
        (OutboxState.FAILED, CheckInState.FAILED),
        (OutboxState.CANCELLED, CheckInState.MISSED_BY_US),
    ],
)
async def test_what_did_not_arrive_is_booked_as_ours(
    database: Database,
    clock: Clock,
    arrived: Returnee,
    state: OutboxState,
    booked: CheckInState,
) -> None:
    set_clock(clock, DUE + timedelta(seconds=1))
    await tick(database)
    await left(database, state)
    await tick(database)

    assert (await welcome(database)).state is booked


async def test_p3_what_a_persons_pause_held_to_the_end_on_its_way_was_missed_by_nobody(
    database: Database, clock: Clock, arrived: Returnee
) -> None:
    set_clock(clock, DUE + timedelta(seconds=1))
    await tick(database)
    await left(database, OutboxState.CANCELLED, "paused")
    await tick(database)

    kept = await welcome(database)
    assert (kept.state, kept.reason) == (CheckInState.SKIPPED, "paused")


async def test_p4_outside_the_safe_hours_it_waits_and_goes_when_they_begin(
    database: Database, clock: Clock, arrived: Returnee
) -> None:
    set_clock(clock, DUE + timedelta(hours=12))
    await tick(database)
    waits = await welcome(database)
    assert (waits.state, waits.reason) == (CheckInState.HELD, "window")
    assert waits.due_at == datetime(2026, 5, 13, 7, tzinfo=UTC)

    set_clock(clock, waits.due_at + timedelta(seconds=1))
    await tick(database)
    assert len(await told(database, Notice.INFORMATION)) == 1


async def test_p5_whoever_does_not_want_to_be_written_to_first_is_told_nothing(
    database: Database, clock: Clock, arrived: Returnee
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, arrived.id)
        await give_consent(session, returnee, Purpose.CHECK_INS, False, "1")
    set_clock(clock, DUE + timedelta(seconds=1))
    await tick(database)

    kept = await welcome(database)
    assert (kept.state, kept.reason) == (CheckInState.SKIPPED, "no-consent")
    assert await told(database, Notice.INFORMATION) == []


async def test_p5_what_is_on_its_way_is_recalled_when_they_no_longer_want_it(
    database: Database, clock: Clock, arrived: Returnee
) -> None:
    set_clock(clock, DUE + timedelta(seconds=1))
    await tick(database)
    on_its_way = await welcome(database)
    async with database.begin(SERVICE) as session:
        assert not await recall_if_over(session, on_its_way.id)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, arrived.id)
        await give_consent(session, returnee, Purpose.CHECK_INS, False, "1")
        assert await recall_if_over(session, on_its_way.id)
        assert await recall_if_over(session, uuid4())

    kept = await welcome(database)
    assert (kept.state, kept.reason) == (CheckInState.SKIPPED, "no-consent")


async def test_while_the_pathway_rests_nothing_is_told(
    database: Database, clock: Clock, arrived: Returnee
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(OnPathway).values(paused_at=session.now))
    set_clock(clock, DUE + timedelta(seconds=1))
    await tick(database)

    assert (await welcome(database)).reason == "pathway-rests"


async def test_after_an_outage_of_a_week_it_is_missed_by_us(
    database: Database, clock: Clock, arrived: Returnee
) -> None:
    set_clock(clock, DUE + timedelta(days=8))
    await tick(database)

    assert (await welcome(database)).state is CheckInState.MISSED_BY_US


async def test_nobody_is_told_to_come_where_it_is_not_safe_for_them(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    set_clock(clock, DUE - timedelta(days=1))
    async with database.begin(SERVICE) as session:
        durres = WishedPlace("AL", "0123456789ab", "Durrës")
        await change_place(session, await session.get_one(Returnee, person.id), durres)
        other = await add_person(session, office.organisation, 8)
    words = Words("Our office in Durrësi is open.")
    async with database.begin(office.organisation.id) as session:
        await bring(session, office.coordinator, told_anew(ours()[1], words))
        for each in (person, other):
            there = Place("three-months", {Anchor.ARRIVAL: date(2026, 5, 11)})
            await put(session, office.coordinator, each.id, there, {})
    set_clock(clock, DUE + timedelta(seconds=1))
    await tick(database)

    async with database.begin(SERVICE) as session:
        kept = {each.returnee_id: each for each in await session.scalars(select(Information))}
    assert (kept[person.id].state, kept[person.id].reason) == (CheckInState.SKIPPED, AVOIDED)
    assert kept[other.id].state is CheckInState.SENDING


def told_anew(pathway: Pathway, words: Words) -> Pathway:
    """The same with these words in place of all that it tells."""
    stages = (
        replace(stage, steps=tuple(replace(step, text=step.text and words) for step in stage.steps))
        for stage in pathway.stages
    )
    return replace(pathway, stages=tuple(stages))
