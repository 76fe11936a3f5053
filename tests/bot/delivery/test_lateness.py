"""How late check-ins reach Telegram is measured, once each."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.reporting import Reporting
from bot.delivery.sending import Sent
from bot.metrics.metrics import Metrics
from domain.check_ins.sending import send_due
from storage.sessions import SERVICE, Clock, Database
from storage.tables.outbox import OutboxRow
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import add_person, open_office, plan_check_in


async def test_how_late_a_check_in_came_is_counted_when_telegram_has_it(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    office, metrics = await open_office(database), Metrics()
    async with database.begin(SERVICE) as session:
        check_in = await plan_check_in(
            session, await add_person(session, office.organisation, 11), office
        )
        check_in.due_at -= timedelta(hours=1)
    async with database.begin(SERVICE) as session:
        await send_due(session)
    async with database.begin(SERVICE) as session:
        row = (
            await session.scalars(select(OutboxRow).where(OutboxRow.check_in_id.is_not(None)))
        ).one()
    reporting = Reporting(database, Pace(), metrics)
    for _ in range(2):
        await reporting.keep(Taken(row.id, row.fence), Sent(1))

    value = metrics.registry.get_sample_value
    assert value("wayhome_check_in_lateness_seconds_count") == 1
    assert value("wayhome_check_in_lateness_seconds_sum") == pytest.approx(3600, abs=10)
