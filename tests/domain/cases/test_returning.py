"""Whoever leaves or is away: nobody who waits waits for them."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.actors import Actor
from domain.casework.tasks import add_task, owed_by, tasks_of
from domain.casework.work import release, snooze
from domain.colleagues.leaving import disable_staff
from domain.duty.time_off import take_off
from domain.notices import Notice
from storage.kinds import CaseState, Role, Severity
from storage.sessions import SERVICE
from tests.domain.centre import Centre


async def off_for_a_week(centre: Centre, chief: Actor, staff_id: UUID) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        today = session.now.date()
        yesterday, last = today - timedelta(days=1), today + timedelta(days=7)
        await take_off(session, chief, staff_id, yesterday, last)


async def test_p2_whoever_leaves_leaves_nobody_behind(centre: Centre) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera, ana = await centre.colleague(chat=501), await centre.colleague(chat=502, on_duty=True)
    answered = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, answered)
    claimed = await centre.claims(vera, await centre.signal(await centre.person()))
    kept = await centre.claims(ana, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        due = session.now.date() + timedelta(days=1)
        await add_task(session, vera, answered.id, "Call the shelter", due, vera.staff_id)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, chief, vera.staff_id)
    for case in (answered, claimed):
        fresh = await centre.fresh(case)
        assert (fresh.state, fresh.claimed_by) == (CaseState.OPEN, None)
    assert (await centre.fresh(kept)).claimed_by == ana.staff_id
    await centre.tick()
    assert 502 in set(await centre.alerted())
    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        [task] = await owed_by(session, chief)
        [there] = await tasks_of(session, chief, await centre.fresh(answered))
        assert (task.id, task.whose, there.words) == (there.id, "", "Call the shelter")


@pytest.mark.parametrize("away", [True, False])
async def test_p2_a_message_to_somebody_with_time_off_goes_to_the_others_at_once(
    centre: Centre, away: bool
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera = await centre.colleague(chat=501)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    await centre.colleague(chat=502, on_duty=True)
    if away:
        await off_for_a_week(centre, chief, vera.staff_id)
    await centre.all_arrives()
    before = len(await centre.sent(Notice.STAFF_ALERT))
    await centre.hears(person)
    told = {sent.chat for sent in (await centre.sent(Notice.STAFF_ALERT))[before:]}
    fresh = await centre.fresh(case)
    expected = (CaseState.OPEN, None, {502}) if away else (CaseState.CLAIMED, vera.staff_id, {501})
    assert (fresh.state, fresh.claimed_by, told) == expected


@pytest.mark.parametrize("why_not", ["", "not grave", "nobody else", "on duty", "at it"])
async def test_p2_an_emergency_of_somebody_off_duty_goes_to_those_who_are_there_at_once(
    centre: Centre, why_not: str
) -> None:
    vera = await centre.colleague(chat=501, on_duty=why_not == "on duty")
    person = await centre.person()
    severity = Severity.URGENT if why_not == "not grave" else Severity.EMERGENCY
    case = await centre.claims(vera, await centre.signal(person, severity))
    await centre.writes(vera, case)
    await centre.colleague(chat=502, on_duty=why_not != "nobody else")
    centre.later(minutes=14 if why_not == "at it" else 16)
    await centre.all_arrives()
    before = len(await centre.sent(Notice.STAFF_ALERT))
    await centre.hears(person, "He is here again")

    told = {sent.chat for sent in (await centre.sent(Notice.STAFF_ALERT))[before:]}
    assert (502 in told) is (not why_not)
    assert (await centre.fresh(case)).claimed_by == (vera.staff_id if why_not else None)


async def test_p2_what_was_put_off_by_somebody_who_is_away_comes_back_to_all(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera = await centre.colleague(chat=501)
    case = await centre.claims(vera, await centre.signal(await centre.person(), Severity.CONCERN))
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(hours=3))
    await centre.colleague(chat=502, on_duty=True)
    await off_for_a_week(centre, chief, vera.staff_id)
    centre.later(hours=3)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN
    assert 502 in set(await centre.alerted())


@pytest.mark.parametrize("put_off", [False, True])
async def test_p2_an_answer_starts_the_clock_where_a_case_was_claimed_as_it_came_back(
    centre: Centre, put_off: bool
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague(chat=502)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    await centre.claims(ana, case)
    await centre.writes(ana, case)
    if put_off:
        async with centre.database.begin(centre.organisation.id) as session:
            await snooze(session, ana, case.id, session.now + timedelta(days=1))
    await centre.all_arrives()
    before = len(await centre.sent(Notice.STAFF_ALERT))
    await centre.hears(person, "He is here again")

    owed = await centre.fresh(case)
    assert (owed.state, owed.claimed_by) == (CaseState.CLAIMED, ana.staff_id)
    assert [sent.chat for sent in (await centre.sent(Notice.STAFF_ALERT))[before:]] == [502]
    centre.later(hours=1, minutes=1)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN
