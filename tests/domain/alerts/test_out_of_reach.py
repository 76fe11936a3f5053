"""Whoever is on duty without any way to hear an alert: others are called at once (P2)."""

import pytest

from domain.staff.browsers import open_session
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.channels import AlertChannel
from storage.tables.staff import Staff
from tests.domain.centre import Centre

CHIEF = 503


@pytest.mark.parametrize("severity", [Severity.EMERGENCY, Severity.URGENT])
async def test_p2_where_whoever_is_on_duty_never_joined_those_behind_hear_at_once(
    centre: Centre, severity: Severity
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    await centre.colleague(on_duty=True)
    await centre.signal(await centre.person(), severity)

    assert await centre.alerted() == [CHIEF]


@pytest.mark.parametrize("way", ["console", "channel", "shared channel"])
async def test_p2_whoever_hears_in_another_way_than_telegram_is_left_to_it(
    centre: Centre, way: str
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    vera = await centre.colleague(on_duty=True)
    async with centre.database.begin(SERVICE) as session:
        if way == "console":
            await open_session(session, await session.get_one(Staff, vera.staff_id))
        else:
            channel = AlertChannel(
                organisation_id=centre.organisation.id,
                staff_id=vera.staff_id if way == "channel" else None,
                scheme="mailto",
                address=b"",
                created_at=session.now,
                worked_at=session.now,
            )
            session.add(channel)
    await centre.signal(await centre.person(), Severity.URGENT)

    assert await centre.alerted() == []
