"""What the watch did not hear, and a worker did."""

import pytest

from domain.actors import Actor
from domain.casework.raising import make_graver
from domain.errors import NotAllowed, Refused
from domain.lexicon.accuracy import hearing
from domain.notices import Notice
from domain.queue.lines import Part, queue
from domain.replies.unreached import never_arrived
from domain.safeguarding.conflicts import recuse
from storage.kinds import CaseEventKind, CaseState, OutboxState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from tests.domain.centre import Centre


async def raises(centre: Centre, actor: Actor, case: Case, severity: Severity) -> None:
    async with centre.database.begin(SERVICE) as session:
        await make_graver(session, actor, case.id, severity)


async def test_a_case_that_a_worker_calls_an_emergency_has_its_deadline_and_alerts_everybody(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    await centre.colleague(chat=702, on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person(), Severity.CONCERN))
    await centre.writes(vera, case)
    before = len(await centre.alerted())
    await raises(centre, vera, case, Severity.EMERGENCY)

    graver = await centre.fresh(case)
    assert (graver.severity, graver.state) == (Severity.EMERGENCY, CaseState.CLAIMED)
    assert (graver.claimed_by, graver.first_action_at) == (vera.staff_id, None)
    assert {701, 702} <= set((await centre.alerted())[before:])
    async with centre.database.begin(centre.organisation.id) as session:
        (line,) = (await queue(session, vera, Part.MINE)).lines
    assert line.reasons[0] == "judged"


async def test_whoever_was_answered_is_not_told_that_nobody_has_answered_yet(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person(), Severity.CONCERN))
    await centre.writes(vera, case)
    await raises(centre, vera, case, Severity.URGENT)
    centre.later(hours=3)
    await centre.tick()
    assert await centre.sent(Notice.NOBODY_YET) == []
    assert CaseEventKind.RETURNED in await centre.history(case.id), "but it went back to others"


async def test_whoever_was_not_answered_still_is(centre: Centre) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.CONCERN)
    await raises(centre, vera, case, Severity.URGENT)
    centre.later(hours=3)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1


async def test_nothing_goes_to_the_phone_and_the_watch_is_not_said_to_have_heard_it(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.CONCERN)
    await raises(centre, vera, case, Severity.EMERGENCY)
    for notice in (Notice.CRISIS, Notice.HELP_ASKED):
        assert await centre.sent(notice) == []
    async with centre.database.begin(centre.organisation.id) as session:
        assert await hearing(session, vera) == []


@pytest.mark.parametrize("severity", [Severity.NONE, Severity.CONCERN, Severity.URGENT])
async def test_a_case_never_becomes_less_grave(centre: Centre, severity: Severity) -> None:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person(), Severity.URGENT)
    with pytest.raises(Refused, match="as grave as that already"):
        await raises(centre, vera, case, severity)
    assert (await centre.fresh(case)).severity is Severity.URGENT


async def test_whoever_must_not_know_of_the_person_or_does_not_work_on_cases_raises_nothing(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person, Severity.CONCERN)
    other = Actor(vera.staff_id, vera.organisation_id, Role.COORDINATOR)
    with pytest.raises(NotAllowed):
        await raises(centre, other, case, Severity.EMERGENCY)
    async with centre.database.begin(SERVICE) as session:
        await recuse(session, vera, person.id)
    with pytest.raises(Refused, match="no such case"):
        await raises(centre, vera, case, Severity.EMERGENCY)


async def test_p11_who_cries_for_help_after_that_is_told_that_nobody_has_answered(
    centre: Centre,
) -> None:
    """As grave as the case is by then, so that their words alone raise it no more."""
    vera = await centre.colleague(chat=701, on_duty=True)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    await centre.writes(vera, case)
    await raises(centre, vera, case, Severity.EMERGENCY)
    centre.later(minutes=1)
    await centre.signal(person, Severity.EMERGENCY)
    for _ in range(3):
        centre.later(hours=1)
        await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1


async def test_p11_so_is_whoever_was_answered_by_words_that_never_came(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person(), Severity.CONCERN))
    message = await centre.writes(vera, case)
    await raises(centre, vera, case, Severity.EMERGENCY)
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
        row.state = OutboxState.FAILED
        await never_arrived(session, row)
    for _ in range(3):
        centre.later(hours=1)
        await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1


async def test_p11_so_is_whoever_then_cries_graver_than_the_team_judged(centre: Centre) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    await centre.writes(vera, case)
    await raises(centre, vera, case, Severity.URGENT)
    centre.later(minutes=1)
    await centre.signal(person, Severity.EMERGENCY)
    centre.later(hours=1)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1
