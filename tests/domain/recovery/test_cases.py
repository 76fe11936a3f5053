"""A human looks at each open case anew when a backup is restored."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.casework.raising import make_graver
from domain.casework.work import note, snooze
from domain.notices import Notice
from storage.kinds import CaseEventKind, CaseState, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from tests.domain.centre import Centre
from tests.domain.recovery.restoring import Recover


async def test_p2_an_open_case_is_alerted_at_once_and_the_gravest_first(
    centre: Centre, restored: Recover
) -> None:
    await centre.colleague(chat=500)
    for severity in (Severity.CONCERN, Severity.EMERGENCY, Severity.URGENT):
        await centre.signal(await centre.person(), severity)

    assert (await restored()).cases_alerted == 3
    async with centre.database.begin(SERVICE) as session:
        await session.execute(text("DELETE FROM outbox"))
    await centre.tick()
    alerts = [sent.params["severity"] for sent in await centre.sent(Notice.STAFF_ALERT)]
    assert alerts == [Severity.EMERGENCY, Severity.URGENT, Severity.CONCERN]


async def test_p2_whoever_has_a_case_is_told_and_must_act_or_it_is_everybodys(
    centre: Centre, restored: Recover
) -> None:
    actor = await centre.colleague(chat=500)
    case = await centre.signal(await centre.person())
    await centre.claims(actor, case)
    await centre.writes(actor, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, actor, case.id, "tomorrow")
        await snooze(session, actor, case.id, session.now + timedelta(days=30))
    await restored()
    async with centre.database.begin(SERVICE) as session:
        await session.execute(text("DELETE FROM outbox"))
    await centre.tick()

    assert [sent.chat for sent in await centre.sent(Notice.STAFF_ALERT)] == [500]
    assert (await centre.fresh(case)).state is CaseState.CLAIMED
    centre.later(hours=1)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p2_what_a_person_answers_after_a_restore_has_a_deadline_as_ever(
    centre: Centre, restored: Recover
) -> None:
    actor = await centre.colleague(chat=500)
    person = await centre.person()
    case = await centre.claims(actor, await centre.signal(person))
    await restored()
    await centre.tick()
    await centre.writes(actor, case)
    await centre.hears(person, "He is here again")

    owed = await centre.fresh(case)
    assert (owed.state, owed.claimed_by) == (CaseState.CLAIMED, actor.staff_id)
    centre.later(hours=1, minutes=1)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_a_closed_case_stays_closed(centre: Centre, restored: Recover) -> None:
    case = await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Case, case.id)).state = CaseState.RESOLVED

    assert (await restored()).cases_alerted == 0


@pytest.mark.parametrize("since", ["nothing", "judged", "words", "a cry"])
async def test_p4_nobody_is_told_that_they_wait_of_whom_nothing_came_since_the_backup(
    centre: Centre, restored: Recover, since: str
) -> None:
    """Somebody may have answered them, and they may have frozen their chat. What came since may
    have waited at Telegram from before.
    """
    vera = await centre.colleague(chat=500)
    person = await centre.person()
    case = await centre.signal(person)
    centre.later(hours=20)
    await restored()
    if since == "judged":
        async with centre.database.begin(SERVICE) as session:
            await make_graver(session, vera, case.id, Severity.EMERGENCY)
    elif since == "words":
        await centre.hears(person, "Is anybody there?")
    elif since == "a cry":
        await centre.signal(person)
    for _ in range(2):
        centre.later(hours=1)
        await centre.tick()

    history = await centre.history(case.id)
    assert (CaseEventKind.TOLD_WAITING in history) is (since in ("words", "a cry"))
    assert CaseEventKind.ALERTED in history
