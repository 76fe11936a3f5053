import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.actors import Actor
from domain.cases.terms import Terms
from domain.casework.raising import make_graver
from domain.casework.work import resolve
from domain.duty.declaring import name_fallback, set_terms
from domain.notices import Notice
from domain.signals.opening import open_or_append
from storage.kinds import CaseEventKind, CaseState, Outcome, Role, Severity
from storage.sessions import SERVICE, Clock
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.duty.planning import is_off


async def closed_case(centre: Centre, severity: Severity = Severity.CONCERN) -> Case:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person(), severity)
    await centre.claims(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    return case


async def test_p1_a_signal_opens_a_case_and_alerts_in_the_same_transaction(centre: Centre) -> None:
    await centre.colleague(chat=1, on_duty=True)

    case = await centre.signal(await centre.person(), Severity.EMERGENCY)

    assert re.fullmatch("[2-9B-DF-HJ-NP-TV-Z]{2}-[2-9B-DF-HJ-NP-TV-Z]{4}", case.code)
    assert case.deadline_at == case.opened_at + timedelta(minutes=5)
    assert await centre.history(case.id) == [CaseEventKind.OPENED, CaseEventKind.ALERTED]
    assert [alert.chat for alert in await centre.sent(Notice.STAFF_ALERT)] == [1]


async def test_a_second_signal_is_appended_and_a_lesser_one_never_lowers(centre: Centre) -> None:
    person = await centre.person()
    first = await centre.signal(person, Severity.URGENT)
    second = await centre.signal(person, Severity.CONCERN)

    assert second.id == first.id
    assert second.severity is Severity.URGENT
    assert second.deadline_at == first.deadline_at
    assert (await centre.history(first.id))[-1] is CaseEventKind.SIGNAL


async def test_a_graver_signal_raises_shortens_the_deadline_and_alerts_anew(
    centre: Centre,
) -> None:
    await centre.colleague(chat=1, on_duty=True)
    person = await centre.person()
    before = await centre.signal(person, Severity.CONCERN)
    raised = await centre.signal(person, Severity.EMERGENCY)

    assert raised.severity is Severity.EMERGENCY
    assert before.deadline_at is not None
    assert raised.deadline_at is not None
    assert raised.deadline_at < before.deadline_at
    assert CaseEventKind.RAISED in await centre.history(raised.id)
    alerts = await centre.sent(Notice.STAFF_ALERT)
    assert [alert.params["severity"] for alert in alerts] == ["concern", "emergency"]


async def test_raising_keeps_a_deadline_that_comes_sooner(centre: Centre) -> None:
    person = await centre.person()
    urgent = await centre.signal(person, Severity.URGENT)
    centre.later(minutes=58)

    raised = await centre.signal(person, Severity.EMERGENCY)

    assert raised.deadline_at == urgent.deadline_at


async def test_p2_what_was_answered_is_owed_again_when_it_becomes_graver(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person, Severity.CONCERN)
    await centre.claims(vera, case)
    await centre.writes(vera, case)

    raised = await centre.signal(person, Severity.EMERGENCY)

    assert raised.state is CaseState.CLAIMED
    assert raised.first_action_at is None
    assert raised.claim_deadline_at is not None
    assert raised.next_alert_at is not None


async def in_the_hands_of(centre: Centre, holder: Actor) -> tuple[Returnee, Case]:
    """A concern, and answered."""
    person = await centre.person()
    case = await centre.claims(holder, await centre.signal(person, Severity.CONCERN))
    await centre.writes(holder, case)
    await centre.all_arrives()
    return person, case


@pytest.mark.parametrize("severity", [Severity.URGENT, Severity.EMERGENCY])
@pytest.mark.parametrize("judged", [False, True], ids=["heard", "judged"])
async def test_p2_what_becomes_graver_is_anybodys_where_whoever_has_it_has_time_off(
    centre: Centre, clock: Clock, severity: Severity, judged: bool
) -> None:
    set_clock(clock, MORNING)
    vera, chief = await centre.colleague(chat=1), await centre.colleague(Role.SUPERVISOR)
    ana = await centre.colleague(chat=2, on_duty=True)
    person, case = await in_the_hands_of(centre, vera)
    await is_off(centre, chief, vera)
    before = len(await centre.alerted())
    if judged:
        async with centre.database.begin(SERVICE) as session:
            await make_graver(session, ana, case.id, severity)
    else:
        await centre.signal(person, severity)

    assert (await centre.alerted())[before:] == [2]
    assert (await centre.claims(ana, case)).claimed_by == ana.staff_id


@pytest.mark.parametrize(
    ("severity", "idle", "colleague", "keeps_it"),
    [
        (Severity.EMERGENCY, 16, True, False),
        (Severity.EMERGENCY, 14, True, True),
        (Severity.EMERGENCY, 16, False, True),
        (Severity.URGENT, 16, True, True),
    ],
    ids=["is not there", "is at it", "nobody else is", "it is no emergency"],
)
async def test_p2_what_becomes_an_emergency_leaves_whoever_is_off_duty_to_colleagues_who_are_on(
    centre: Centre, severity: Severity, idle: int, colleague: bool, keeps_it: bool
) -> None:
    vera = await centre.colleague(chat=1)
    await centre.colleague(chat=2, on_duty=colleague)
    person, _ = await in_the_hands_of(centre, vera)
    centre.later(minutes=idle)
    before = len(await centre.alerted())
    raised = await centre.signal(person, severity)

    assert raised.claimed_by == (vera.staff_id if keeps_it else None)
    assert (1 in (await centre.alerted())[before:]) == keeps_it


async def in_an_emergency(centre: Centre, holder: Actor) -> Case:
    emergency = await centre.signal(await centre.person(), Severity.EMERGENCY)
    return await centre.claims(holder, emergency)


@pytest.mark.parametrize("answered", [False, True], ids=["not answered", "answered"])
async def test_p2_a_case_that_becomes_the_second_emergency_of_somebody_goes_to_somebody_else(
    centre: Centre, answered: bool
) -> None:
    vera = await centre.colleague(chat=1, on_duty=True)
    ana = await centre.colleague(chat=2, on_duty=True)
    person, case = await in_the_hands_of(centre, vera)
    first = await in_an_emergency(centre, vera)
    if answered:
        await centre.writes(vera, first)
    await centre.all_arrives()
    before = len(await centre.alerted())
    await centre.signal(person, Severity.EMERGENCY)

    assert (await centre.alerted())[before:] == [2]
    assert (await centre.claims(ana, case)).claimed_by == ana.staff_id
    assert (await centre.fresh(first)).claimed_by == vera.staff_id


async def test_p2_where_all_who_are_there_have_one_whoever_is_behind_them_can_claim_it(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=1, on_duty=True)
    chief = await centre.colleague(Role.SUPERVISOR, chat=3)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, chief, [chief.staff_id])
    person, case = await in_the_hands_of(centre, vera)
    await in_an_emergency(centre, vera)
    before = len(await centre.alerted())
    await centre.signal(person, Severity.EMERGENCY)

    assert (await centre.alerted())[before:] == [1, 3]
    assert (await centre.claims(chief, case)).claimed_by == chief.staff_id


async def test_p2_with_nobody_on_duty_whoever_has_an_emergency_keeps_the_second_one(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=1)
    person, _ = await in_the_hands_of(centre, vera)
    await in_an_emergency(centre, vera)
    before = len(await centre.alerted())
    raised = await centre.signal(person, Severity.EMERGENCY)

    assert raised.claimed_by == vera.staff_id
    assert (await centre.alerted())[before:] == [1]


async def test_of_many_signals_at_once_on_several_replicas_one_case_comes(centre: Centre) -> None:
    person = await centre.person()
    cases = await asyncio.gather(*(centre.signal(person) for _ in range(8)))

    assert len({case.id for case in cases}) == 1
    history = await centre.history(cases[0].id)
    assert history.count(CaseEventKind.OPENED) == 1
    assert history.count(CaseEventKind.SIGNAL) == 7


async def test_p12_a_race_of_two_signals_alerts_once(centre: Centre) -> None:
    await centre.colleague(chat=1, on_duty=True)
    person = await centre.person()
    await asyncio.gather(*(centre.signal(person) for _ in range(4)))

    assert len(await centre.sent(Notice.STAFF_ALERT)) == 1


async def test_within_14_days_a_closed_case_reopens_as_grave_as_it_was(centre: Centre) -> None:
    closed = await closed_case(centre, Severity.URGENT)
    centre.later(days=13)
    async with centre.database.begin(SERVICE) as session:
        person = (await centre.fresh(closed)).returnee_id
        returnee = await session.get_one(Returnee, person)
        case = await open_or_append(
            session, returnee, closed.organisation_id, Severity.CONCERN, ["asked.human"]
        )

    assert case.id == closed.id
    assert (case.state, case.severity) == (CaseState.OPEN, Severity.URGENT)
    assert case.outcome is None
    assert case.claimed_by is None
    assert case.deadline_at is not None
    assert case.deadline_at > closed.opened_at + timedelta(days=13)
    assert CaseEventKind.REOPENED in await centre.history(case.id)


async def test_later_a_new_case_follows_the_closed_one(centre: Centre) -> None:
    closed = await closed_case(centre)
    centre.later(days=15)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, closed.returnee_id)
        case = await open_or_append(
            session, returnee, closed.organisation_id, Severity.CONCERN, ["asked.human"]
        )
        assert await session.scalar(select(func.count()).select_from(Case)) == 2

    assert case.follows_id == closed.id
    assert case.code != closed.code


@pytest.mark.parametrize(("days", "reopens"), [(27, True), (29, False)])
async def test_an_organisation_says_for_how_long_a_case_opens_again(
    centre: Centre, days: int, reopens: bool
) -> None:
    chief = await centre.colleague(role=Role.SUPERVISOR)
    async with centre.database.begin(centre.organisation.id) as session:
        await set_terms(session, chief, Terms(5, 60, [0, 1, 2, 3, 4], 28))
    closed = await closed_case(centre)
    centre.later(days=days)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, closed.returnee_id)
        case = await open_or_append(
            session, returnee, closed.organisation_id, Severity.CONCERN, ["asked.human"]
        )

    assert (case.id == closed.id) == reopens
    assert (case.follows_id == closed.id) == (not reopens)


async def test_an_organisations_own_deadlines_count(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        organisation.settings = {"deadlines": {"urgent": 20}}

    case = await centre.signal(await centre.person(), Severity.URGENT)

    assert case.deadline_at == case.opened_at + timedelta(minutes=20)
