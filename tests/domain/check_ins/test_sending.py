import asyncio
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from domain.check_ins.due import Due, locked
from domain.check_ins.outcomes import confirmed, failed, missed
from domain.check_ins.sending import recall_if_over, send_due
from domain.consent import give_consent
from domain.crisis.answering import answer_signal
from domain.distress.assessment import Assessment
from domain.notices import Notice
from domain.questionnaires.scales import PHQ_4
from domain.safety.phones import pause, resume
from domain.safety.window import Window, choose_window
from storage.kinds import AgeBand, CheckInState, Purpose, Severity
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee, Safety
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import (
    EVERYTHING,
    Office,
    add_person,
    kept,
    leave,
    plan_check_in,
    told,
)


async def tick(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await send_due(session)


async def change(database: Database, returnee: Returnee, **facts: Any) -> None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        for name, value in facts.items():
            setattr(person, name, value)


async def test_what_is_due_goes_to_the_outbox_and_expires_with_the_check_in(
    database: Database, check_in: CheckIn
) -> None:
    assert await tick(database) == 1

    assert (await kept(database, check_in.id)).state is CheckInState.SENDING
    assert await told(database, Notice.CHECK_IN_PROMPT) == [
        {"check_in": str(check_in.id), "again": False}
    ]


async def test_p12_two_replicas_at_once_send_once(
    database: Database, office: Office, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        for number in range(30):
            person = await add_person(session, office.organisation, 800_000 + number)
            await plan_check_in(session, person, office)

    done = await asyncio.gather(*(tick(database) for _ in range(4)))

    prompts = await told(database, Notice.CHECK_IN_PROMPT)
    assert sum(done) == 31
    assert len({prompt["check_in"] for prompt in prompts}) == len(prompts) == 31


async def test_p4_outside_the_safe_window_it_is_held_until_the_window_opens(
    database: Database, clock: Clock, check_in: CheckIn
) -> None:
    set_clock(clock, MORNING + timedelta(hours=10))
    await tick(database)
    held = await kept(database, check_in.id)
    assert (held.state, held.reason) == (CheckInState.HELD, "window")
    assert held.due_at == MORNING.replace(hour=7) + timedelta(days=1)

    set_clock(clock, held.due_at + timedelta(seconds=1))
    await tick(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"frozen_at": MORNING}, "frozen"),
        ({"paused_until": MORNING + timedelta(hours=5)}, "paused"),
    ],
)
async def test_p4_nothing_goes_while_a_person_is_frozen_or_paused(
    database: Database,
    returnee: Returnee,
    check_in: CheckIn,
    facts: dict[str, datetime],
    reason: str,
) -> None:
    await change(database, returnee, **facts)
    await tick(database)

    held = await kept(database, check_in.id)
    assert (held.state, held.reason) == (CheckInState.HELD, reason)
    assert await told(database, Notice.CHECK_IN_PROMPT) == []


async def test_p4_it_waits_while_an_emergency_is_open(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        heard = Assessment(Severity.EMERGENCY, ask=False, reasons=("test",))
        await answer_signal(session, returnee, office.organisation.id, heard)
    await tick(database)

    assert (await kept(database, check_in.id)).reason == "emergency"


async def test_p4_who_is_never_written_to_first_gets_it_when_they_write(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        (await session.get_one(Safety, returnee.id)).never_first = True
    await tick(database)
    held = await kept(database, check_in.id)
    assert held.reason == "never-first"

    set_clock(clock, held.due_at + timedelta(minutes=1))
    await change(database, returnee, last_wrote_at=held.due_at)
    await tick(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


async def test_p4_whoever_ends_a_pause_is_asked_while_there_is_time(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        pause(await session.get_one(Returnee, returnee.id))
    await tick(database)
    assert (await kept(database, check_in.id)).reason == "paused"

    clock.offset += timedelta(hours=1)
    async with database.begin(SERVICE) as session:
        await resume(session, await session.get_one(Returnee, returnee.id))
    await tick(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


async def test_p4_whoever_chooses_other_hours_is_asked_within_those(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    set_clock(clock, MORNING + timedelta(hours=10))
    await tick(database)
    assert (await kept(database, check_in.id)).reason == "window"

    at_any_hour = Window(opens=time(0), closes=time(0))
    async with database.begin(SERVICE) as session:
        await choose_window(session, returnee.id, at_any_hour)
    await tick(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


async def test_p3_what_a_persons_pause_held_to_the_end_is_skipped_and_not_missed_by_us(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    await change(database, returnee, paused_until=MORNING + timedelta(days=9))
    await tick(database)
    assert (await kept(database, check_in.id)).reason == "paused"
    set_clock(clock, MORNING + timedelta(hours=25))
    await tick(database)

    ended = await kept(database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.SKIPPED, "paused")


async def test_p3_after_a_pause_that_ended_in_time_what_did_not_go_is_missed_by_us(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    await change(database, returnee, paused_until=MORNING + timedelta(hours=3))
    await tick(database)
    set_clock(clock, MORNING + timedelta(hours=25))
    await tick(database)

    assert (await kept(database, check_in.id)).state is CheckInState.MISSED_BY_US


@pytest.mark.parametrize(
    ("days", "reason"),
    # On any day it could have gone in the morning, had we been there; on Mondays alone not.
    [(range(7), "late"), ([0], "window")],
)
async def test_p3_what_could_not_go_in_time_is_booked_as_missed_by_us_and_why(
    database: Database,
    clock: Clock,
    returnee: Returnee,
    check_in: CheckIn,
    days: Iterable[int],
    reason: str,
) -> None:
    set_clock(clock, MORNING + timedelta(hours=10))
    async with database.begin(SERVICE) as session:
        await choose_window(session, returnee.id, Window(days=frozenset(days)))
    await tick(database)
    set_clock(clock, MORNING + timedelta(hours=25))
    await tick(database)

    ended = await kept(database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.MISSED_BY_US, reason)
    assert ended.silent_at is None


async def test_p5_consent_taken_back_ends_what_was_planned(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        await give_consent(session, returnee, Purpose.CHECK_INS, False, "1")
    await tick(database)

    ended = await kept(database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.SKIPPED, "no-consent")


@pytest.mark.parametrize(
    ("agrees_to", "shared_phone"),
    [((Purpose.CHECK_INS, Purpose.CASEWORKER), False), (EVERYTHING, True)],
)
async def test_p5_whoever_keeps_all_that_would_be_asked_to_themselves_is_not_prompted(
    database: Database, office: Office, agrees_to: tuple[Purpose, ...], shared_phone: bool
) -> None:
    async with database.begin(SERVICE) as session:
        person = await add_person(
            session, office.organisation, 700_003, agrees_to=agrees_to, shared_phone=shared_phone
        )
        some_of_it = await plan_check_in(session, person, office)
        nothing = await plan_check_in(session, person, office)
        nothing.questionnaire = PHQ_4.edition
    await tick(database)

    ended = await kept(database, nothing.id)
    assert (ended.state, ended.reason) == (CheckInState.SKIPPED, "no-consent")
    assert (await kept(database, some_of_it.id)).state is CheckInState.SENDING


async def due(session: Session, check_in: CheckIn) -> Due:
    return (await locked(session, [check_in.id]))[check_in.id]


async def test_p5_consent_taken_back_recalls_what_waits_in_the_outbox(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await tick(database)
    async with database.begin(SERVICE) as session:
        assert not recall_if_over(session, await due(session, check_in))
    async with database.begin(SERVICE) as session:
        await give_consent(session, returnee, Purpose.CHECK_INS, False, "1")
    async with database.begin(SERVICE) as session:
        assert recall_if_over(session, await due(session, check_in))
        await missed(session, check_in.id, "recalled")

    ended = await kept(database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.SKIPPED, "no-consent")


async def test_whoever_turns_out_to_be_a_child_or_has_left_is_not_asked(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await change(database, returnee, age_band=AgeBand.YOUTH)
    async with database.begin(SERVICE) as session:
        other = await add_person(session, office.organisation, 700_002)
        theirs = await plan_check_in(session, other, office)
        await leave(session, other, office.organisation)
    await tick(database)

    assert (await kept(database, check_in.id)).reason == "child"
    assert (await kept(database, theirs.id)).reason == "left"


async def test_p3_only_telegrams_confirmation_starts_the_silence_clock(
    database: Database, check_in: CheckIn
) -> None:
    await tick(database)
    assert (await kept(database, check_in.id)).silent_at is None

    at = MORNING + timedelta(minutes=3)
    async with database.begin(SERVICE) as session:
        await confirmed(session, [check_in.id], at)
        await confirmed(session, [check_in.id], at + timedelta(hours=1))
    sent = await kept(database, check_in.id)
    assert (sent.state, sent.sent_at) == (CheckInState.SENT, at)
    assert sent.silent_at == at + timedelta(hours=24)


async def test_nothing_is_late_by_less_than_nothing_after_a_clock_that_was_ahead(
    database: Database, check_in: CheckIn
) -> None:
    await tick(database)
    async with database.begin(SERVICE) as session:
        assert await confirmed(session, [check_in.id], MORNING - timedelta(hours=1)) == [
            timedelta()
        ]


async def test_p3_a_failed_send_is_ours_and_a_late_report_changes_nothing(
    database: Database, check_in: CheckIn
) -> None:
    await tick(database)
    async with database.begin(SERVICE) as session:
        await failed(session, check_in.id, "blocked")
        await missed(session, check_in.id, "late")

    ended = await kept(database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.FAILED, "blocked")
    assert ended.silent_at is None
