"""Whoever has blocked us is not silent: a caseworker hears once that nothing reaches them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.consent import give_consent
from domain.notices import Notice
from domain.privacy.erasing import remove_case
from domain.returnees.person import lock_person
from storage.kinds import CheckInState, Purpose, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.check_ins.calling import block, never_arrives, signals
from tests.domain.checking_in import Office, kept, plan_check_in, send_what_is_due, told
from tests.racing import stands_still

CANT_REACH = (Severity.CONCERN, ["check-in.unreached", "silence.write-once"])


async def another(database: Database, returnee: Returnee, office: Office) -> CheckIn:
    async with database.begin(SERVICE) as session:
        return await plan_check_in(session, returnee, office)


async def test_p3_a_check_in_that_a_block_stops_on_its_way_calls_a_caseworker_and_is_no_silence(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await send_what_is_due(database)
    await block(database, returnee)
    await never_arrives(database, check_in)

    ended = await kept(database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.FAILED, "blocked")
    assert ended.silent_at is None
    assert await signals(database) == [CANT_REACH]


async def test_p3_a_check_in_that_is_not_sent_since_they_blocked_us_calls_a_caseworker_too(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await block(database, returnee)
    await send_what_is_due(database)

    ended = await kept(database, check_in.id)
    assert (ended.state, ended.reason) == (CheckInState.SKIPPED, "blocked")
    assert await signals(database) == [CANT_REACH]
    assert await told(database, Notice.CHECK_IN_PROMPT) == []


async def test_p12_a_caseworker_is_called_once_for_each_time_that_they_block_us(
    database: Database, clock: Clock, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await block(database, returnee)
    for days in (1, 2, 3):
        set_clock(clock, MORNING + timedelta(days=days))
        await another(database, returnee, office)
        await send_what_is_due(database)
    assert await signals(database) == [CANT_REACH]

    await block(database, returnee, blocked=False)
    set_clock(clock, MORNING + timedelta(days=9))
    await block(database, returnee)
    await another(database, returnee, office)
    await send_what_is_due(database)
    assert await signals(database) == [CANT_REACH, CANT_REACH]


async def test_p12_a_caseworker_is_not_called_again_once_the_case_of_the_same_block_is_gone(
    database: Database, clock: Clock, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await block(database, returnee)
    await send_what_is_due(database)
    async with database.begin(SERVICE) as session:
        await remove_case(session, (await session.scalars(select(Case))).one())
    set_clock(clock, MORNING + timedelta(days=1))
    await another(database, returnee, office)
    await send_what_is_due(database)

    assert await signals(database) == []


async def test_p12_a_caseworker_hears_of_the_next_block_though_the_clock_was_ahead_at_the_last_one(
    database: Database, clock: Clock, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    set_clock(clock, MORNING + timedelta(days=9))
    await block(database, returnee)
    await send_what_is_due(database)
    assert await signals(database) == [CANT_REACH]
    async with database.begin(SERVICE) as session:
        await remove_case(session, (await session.scalars(select(Case))).one())
    set_clock(clock, MORNING + timedelta(days=1))
    await block(database, returnee, blocked=False)
    await block(database, returnee)
    await another(database, returnee, office)
    await send_what_is_due(database)

    assert await signals(database) == [CANT_REACH]


async def test_p5_nobody_is_called_about_somebody_who_agreed_to_no_caseworker(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        await give_consent(session, returnee, Purpose.CASEWORKER, False, "1")
    await block(database, returnee)
    await send_what_is_due(database)

    assert (await kept(database, check_in.id)).state is CheckInState.SKIPPED
    assert await signals(database) == []


@pytest.mark.parametrize("reason", ["hopeless", "blocked"])
async def test_what_fails_by_our_fault_or_for_somebody_who_is_back_calls_nobody(
    database: Database, check_in: CheckIn, reason: str
) -> None:
    await send_what_is_due(database)
    await never_arrives(database, check_in, reason)

    assert await signals(database) == []


async def test_nobody_is_called_about_whoever_is_back_the_moment_a_check_in_tells_of_the_block(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await send_what_is_due(database)
    await block(database, returnee)
    async with asyncio.TaskGroup() as group, database.begin(SERVICE) as session:
        await lock_person(session, returnee.id)
        (await session.get_one(Returnee, returnee.id)).blocked_at = None
        telling = group.create_task(never_arrives(database, check_in))
        await stands_still(database, telling)

    assert (await kept(database, check_in.id)).reason == "blocked"
    assert await signals(database) == []
