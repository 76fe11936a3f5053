"""Telephone lines that staff have called."""

import pytest
from sqlalchemy import select

from domain.directory.calls import calls_made, record_call
from domain.directory.hotlines import Call
from domain.errors import NotAllowed, Refused
from storage.kinds import Role
from storage.sessions import Clock, Database
from storage.tables.audit import AuditEntry
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre

LINE = ("AL", "116 111")


async def test_the_last_call_to_a_line_is_kept_and_each_is_in_the_audit_once(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    centre = await Centre.open(database, clock)
    me = await centre.colleague(Role.COORDINATOR)
    async with database.begin(centre.organisation.id) as session:
        first = session.now.date()
        for answered in (False, True, True):
            await record_call(session, me, *LINE, answered=answered)
        assert await calls_made(session) == {LINE: Call(first, answered=True)}
    centre.later(days=1)
    async with database.begin(centre.organisation.id) as session:
        await record_call(session, me, *LINE, answered=True)
        assert (await calls_made(session))[LINE].on > first
        by_me = select(AuditEntry).where(AuditEntry.staff_id == me.staff_id)
        written = (await session.scalars(by_me.order_by(AuditEntry.number))).all()
    assert [each.detail["answered"] for each in written] == [False, True, True]
    assert {each.action for each in written} == {"hotline.called"}


async def test_nobody_marks_an_emergency_number_or_a_line_that_is_none(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    me, worker = [await centre.colleague(role) for role in (Role.COORDINATOR, Role.CASEWORKER)]
    async with database.begin(centre.organisation.id) as session:
        for country, number in (("AL", "112"), ("RO", "112"), ("MA", "112"), ("MA", "150")):
            with pytest.raises(Refused, match="only to test it"):
                await record_call(session, me, country, number, answered=False)
        with pytest.raises(Refused, match="no such line"):
            await record_call(session, me, "AL", "555", answered=True)
        with pytest.raises(NotAllowed):
            await record_call(session, worker, *LINE, answered=True)
        assert await calls_made(session) == {}
