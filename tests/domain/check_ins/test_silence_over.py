"""Whoever fell silent answers after all: their case says so, and is neither lowered nor closed."""

from datetime import datetime, timedelta

import pytest

from domain.actors import Actor
from domain.casework.reading import read_case
from domain.casework.story import CaseFile
from domain.casework.work import snooze
from domain.queue.lines import newest_signs
from storage.kinds import CaseEventKind, CaseState, Severity
from storage.sessions import Clock, Database
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.check_ins.calling import block
from tests.domain.check_ins.pressing import press, the_case
from tests.domain.check_ins.silent import A_DAY_LATER, confirm, tick_at
from tests.domain.checking_in import Office, send_what_is_due

ANSWERED = CaseEventKind.CHECK_IN_ANSWERED


@pytest.fixture
def centre(database: Database, clock: Clock, office: Office) -> Centre:
    return Centre(database, clock, office.organisation)


async def silent(centre: Centre, check_in: CheckIn) -> Case:
    await send_what_is_due(centre.database)
    await confirm(centre.database, check_in)
    await tick_at(centre.database, centre.clock, A_DAY_LATER)
    case = await the_case(centre.database)
    assert case is not None
    return case


async def file_of(centre: Centre, actor: Actor, case: Case) -> CaseFile:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return await read_case(session, actor, case.id)


async def newest_sign(centre: Centre, actor: Actor, case: Case) -> datetime | None:
    async with centre.database.begin(centre.organisation.id) as session:
        return (await newest_signs(session, actor))[case.id]


async def test_p13_an_answer_after_a_silence_stands_in_the_case_once_and_lowers_nothing(
    centre: Centre, returnee: Returnee, check_in: CheckIn
) -> None:
    vera = await centre.colleague(chat=1, on_duty=True)
    case = await centre.claims(vera, await silent(centre, check_in))
    before, sign = await file_of(centre, vera, case), await newest_sign(centre, vera, case)
    assert before.answered_at is None
    assert sign is not None

    centre.later(minutes=10)
    for question, choice in (("safety", "safe"), ("threat", None), ("need", None)):
        await press(centre.database, returnee, check_in, question, choice)

    after = await file_of(centre, vera, case)
    assert (await centre.history(case.id)).count(ANSWERED) == 1
    assert after.answered_at == await newest_sign(centre, vera, case)
    assert after.answered_at is not None
    assert after.answered_at > sign
    assert after.why == before.why == ("check-in.silence", "silence.write-once")
    assert (after.case.state, after.case.severity) == (CaseState.CLAIMED, Severity.CONCERN)


async def test_p2_an_answer_after_a_silence_brings_a_case_that_was_put_off_back_to_its_worker(
    centre: Centre, returnee: Returnee, check_in: CheckIn
) -> None:
    vera = await centre.colleague(chat=1, on_duty=True)
    case = await centre.claims(vera, await silent(centre, check_in))
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(hours=20))
    await press(centre.database, returnee, check_in, "safety", "safe")

    fresh = await centre.fresh(case)
    assert (fresh.state, fresh.claimed_by) == (CaseState.CLAIMED, vera.staff_id)
    assert fresh.next_alert_at is not None


async def test_p13_an_answer_after_a_check_in_that_could_not_reach_them_stands_in_the_case_as_well(
    centre: Centre, returnee: Returnee, check_in: CheckIn
) -> None:
    vera = await centre.colleague()
    await block(centre.database, returnee)
    await send_what_is_due(centre.database)
    case = await the_case(centre.database)
    assert case is not None
    assert (await file_of(centre, vera, case)).why[0] == "check-in.unreached"
    await block(centre.database, returnee, blocked=False)
    for question, choice in (("safety", "safe"), ("threat", None)):
        await press(centre.database, returnee, check_in, question, choice)

    assert (await centre.history(case.id)).count(ANSWERED) == 1
    assert (await file_of(centre, vera, case)).answered_at is not None


async def test_a_case_about_something_else_or_a_closed_one_hears_of_no_answer(
    centre: Centre, returnee: Returnee, check_in: CheckIn
) -> None:
    vera = await centre.colleague()
    await send_what_is_due(centre.database)
    case = await centre.claims(vera, await centre.signal(returnee, Severity.CONCERN))
    await press(centre.database, returnee, check_in, "safety", "safe")
    await centre.signal(returnee, Severity.CONCERN, ["check-in.silence"])
    await centre.closes(vera, case)
    await press(centre.database, returnee, check_in, "safety", "mostly")

    assert ANSWERED not in await centre.history(case.id)


async def test_a_silence_after_an_answer_is_said_anew_and_so_is_the_next_answer(
    centre: Centre, returnee: Returnee, check_in: CheckIn
) -> None:
    vera = await centre.colleague()
    case = await silent(centre, check_in)
    await press(centre.database, returnee, check_in, "safety", "safe")
    assert (await file_of(centre, vera, case)).answered_at is not None
    await tick_at(centre.database, centre.clock, A_DAY_LATER + timedelta(hours=25))
    assert (await file_of(centre, vera, case)).answered_at is None

    await press(centre.database, returnee, check_in, "safety", "mostly")
    assert (await file_of(centre, vera, case)).answered_at is not None
    assert (await centre.history(case.id)).count(ANSWERED) == 2
