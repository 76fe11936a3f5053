"""A case's history says of its alerts only what happened."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import snooze
from domain.colleagues.consulting import consult
from domain.notices import Notice
from storage.kinds import CaseEventKind, CaseState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseEvent
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.domain.centre import Centre

Rests = Callable[[Centre, Actor, Case], Awaitable[None]]


@pytest.mark.parametrize("chat", ["frozen", "shut", "as it was"])
async def test_p11_that_the_person_is_told_they_wait_stands_in_a_case_only_where_they_are(
    centre: Centre, chat: str
) -> None:
    await centre.colleague(on_duty=True)
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        if chat == "frozen":
            returnee.frozen_at = session.now
        elif chat == "shut":
            returnee.chat = b"damaged"
    for _ in range(2):
        centre.later(minutes=61)
        await centre.tick()

    told = chat == "as it was"
    assert len(await centre.sent(Notice.NOBODY_YET)) == told
    assert (await centre.history(case.id)).count(CaseEventKind.TOLD_WAITING) == told
    assert (await centre.fresh(case)).told_waiting_at is not None


async def put_off(centre: Centre, vera: Actor, case: Case) -> None:
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(hours=1))


async def asked_a_supervisor(centre: Centre, vera: Actor, case: Case) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    async with centre.database.begin(SERVICE) as session:
        await consult(session, vera, case.id, chief.staff_id, "What would you do?")


@pytest.mark.parametrize(
    ("rests", "why"), [(put_off, "snooze.over"), (asked_a_supervisor, "consult.unanswered")]
)
@pytest.mark.parametrize("hears", [True, False])
async def test_only_what_went_back_to_the_queue_is_said_to_have_gone_back(
    centre: Centre, rests: Rests, why: str, hears: bool
) -> None:
    vera = await centre.colleague(chat=501, on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await rests(centre, vera, case)
    if not hears:
        async with centre.database.begin(SERVICE) as session:
            (await session.get_one(Staff, vera.staff_id)).telegram_chat = b"damaged"
    centre.later(hours=1)
    await centre.tick()

    after = await centre.fresh(case)
    assert after.state is (CaseState.CLAIMED if hears else CaseState.OPEN)
    assert await went_back(centre, case) == ([] if hears else [[why]])


async def went_back(centre: Centre, case: Case) -> list[list[str]]:
    """For which reasons."""
    back = CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.RETURNED
    async with centre.database.begin(SERVICE) as session:
        return list(await session.scalars(select(CaseEvent.reasons).where(*back)))
