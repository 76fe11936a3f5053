"""Whoever hears complaints and can't be reached: administrators learn it, and of no complaint."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.calendar import local_day
from domain.channels import calling, keeping
from domain.notices import Notice
from domain.safeguarding.listening import remind
from domain.safeguarding.reachable import look_who_is_reached
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.channels import ChannelCall
from storage.tables.duty import TimeOff
from storage.tables.staff import Staff
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import HEAD, KEEPER, SECOND, tells


async def told(centre: Centre) -> list[tuple[int, dict[str, object]]]:
    """After a look at it, whom that told what."""
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        await look_who_is_reached(session)
    sent = await centre.sent(Notice.STAFF_COMPLAINT_UNHEARD)
    return [(each.chat, each.params) for each in sent]


async def cut_off(centre: Centre, staff_id: UUID) -> None:
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Staff, staff_id)).telegram_chat = b"damaged"


async def test_p2_administrators_hear_by_the_clock_whom_alerts_of_complaints_do_not_reach(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    await centre.colleague(Role.ADMIN, chat=HEAD)
    assert await told(centre) == []
    await cut_off(centre, keeper.staff_id)
    once: list[tuple[int, dict[str, object]]] = [(HEAD, {})]
    assert [await told(centre), await told(centre)] == [once, once]
    centre.later(hours=25)
    assert await told(centre) == once * 2
    async with centre.database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, keeper.staff_id)
        staff.telegram_chat = staff.telegram_fails_since = None
    centre.later(hours=25)
    assert await told(centre) == once * 2


async def test_p10_no_complaint_tells_administrators_anything(centre: Centre) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await centre.colleague(Role.ADMIN, chat=HEAD)
    await cut_off(centre, keeper.staff_id)
    before = await told(centre)
    await tells(centre, await centre.person())
    async with centre.database.begin(SERVICE) as session:
        await remind(session)

    assert await told(centre) == before == [(HEAD, {})]


@pytest.mark.parametrize("how", ["a channel", "nobody does it", "never joined"])
async def test_whoever_is_reached_otherwise_or_looks_into_the_console_is_not_missed(
    centre: Centre, how: str
) -> None:
    await centre.colleague(Role.ADMIN, chat=HEAD)
    if how == "never joined":
        await centre.colleague(Role.SAFEGUARDING)
    if how == "a channel":
        keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
        await cut_off(centre, keeper.staff_id)
        await centre.channel(keeper.staff_id)
    assert await told(centre) == []


async def test_p2_administrators_hear_of_who_never_joined_and_has_only_a_channel_that_fails(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING)
    await centre.colleague(Role.ADMIN, chat=HEAD)
    async with centre.database.begin(centre.organisation.id) as session:
        await keeping.add_channel(session, keeper, "json://127.0.0.1:1/alarm", shared=False)

    async def fails(attempts: int) -> None:
        async with centre.database.begin(SERVICE) as session:
            [row] = await session.scalars(select(ChannelCall))
            row.attempts = attempts
            await calling.failed(session, row)

    await fails(1)
    assert await told(centre) == []
    await fails(2)
    assert await told(centre) == [(HEAD, {})]


async def test_p2_administrators_hear_when_everybody_who_hears_complaints_has_time_off(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    second = await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    await centre.colleague(Role.ADMIN, chat=HEAD)

    async def goes(staff_id: UUID) -> None:
        async with centre.database.begin(SERVICE) as session:
            today = local_day(session.now, centre.organisation.time_zone)
            session.add(
                TimeOff(
                    organisation_id=centre.organisation.id,
                    staff_id=staff_id,
                    first_day=today,
                    last_day=today + timedelta(days=21),
                )
            )

    await goes(keeper.staff_id)
    assert await told(centre) == []
    await goes(second.staff_id)
    assert await told(centre) == [(HEAD, {})]
    centre.later(days=22)
    assert await told(centre) == [(HEAD, {})]
