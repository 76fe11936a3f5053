"""Columns that go a version later (decision 0009): the release before reads them, nobody writes."""

from sqlalchemy import select

from domain.casework.marking import mark_signal, report_missed
from domain.casework.work import release
from domain.colleagues.handing_over import accept, offer
from storage.kinds import CaseEventKind, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseEvent
from storage.tables.marks import SignalMark
from tests.domain.centre import Centre


async def test_by_whom_and_when_is_said_by_the_story_and_the_ledger_alone(centre: Centre) -> None:
    vera, ana = await centre.colleague(), await centre.colleague(name="Ana", on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(SERVICE) as session:
        opened = await session.scalar(
            select(CaseEvent.id).where(CaseEvent.kind == CaseEventKind.OPENED)
        )
        assert opened is not None
        for meant in (Severity.CONCERN, Severity.EMERGENCY):
            await mark_signal(session, vera, case.id, opened, meant)
        await report_missed(session, vera, case.id, Severity.URGENT)
        await offer(session, vera, case.id, ana.staff_id)
    async with centre.database.begin(SERVICE) as session:
        await accept(session, ana, case.id)
    async with centre.database.begin(SERVICE) as session:
        await release(session, ana, case.id)
    await centre.claims(vera, case)

    async with centre.database.begin(SERVICE) as session:
        marks = (await session.execute(select(SignalMark.marked_at, SignalMark.staff_id))).all()
        claimed_at = (await session.scalars(select(Case.claimed_at))).all()
    assert [tuple(mark) for mark in marks] == [(None, None)] * 2
    assert claimed_at == [None]
