"""Alerts that leave late, as after Telegram was away: what they say is true when they leave."""

import pytest
from aiogram.methods import SendMessage
from sqlalchemy import select

from domain.actors import Actor
from domain.alerts.telling import alert_claimer
from domain.alerts.under_way import may_be_called_no_more
from domain.cases.returning import put_back
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.channels import ChannelCall
from tests.bot.on_its_way import packed
from tests.domain.centre import Centre

VERA = 11


@pytest.fixture
async def vera(centre: Centre) -> Actor:
    return await centre.colleague(chat=VERA, on_duty=True)


async def read(centre: Centre) -> list[str]:
    calls = [call for each in await packed(centre) for call in each.wire.calls]
    return [call.text for call in calls if isinstance(call, SendMessage)]


@pytest.mark.usefixtures("vera")
async def test_p2_an_alert_that_lay_still_says_how_long_the_person_waits_by_now(
    centre: Centre,
) -> None:
    case = await centre.signal(await centre.person())
    centre.later(minutes=50)

    [said] = [said for said in await read(centre) if case.code in said]
    assert "50 minutes" in said


async def test_an_alert_that_lay_still_asks_nobody_to_claim_a_case_that_is_closed(
    centre: Centre, vera: Actor
) -> None:
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, case)
    await centre.closes(vera, case)

    assert not any(case.code in said for said in await read(centre))


async def test_an_alert_that_lay_still_tells_nobody_that_they_have_what_is_anybodys_by_now(
    centre: Centre, vera: Actor
) -> None:
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        await alert_claimer(session, await session.get_one(Case, case.id))
    async with centre.database.begin(SERVICE) as session:
        await put_back(session, await session.get_one(Case, case.id))

    assert not any("You have this case" in said for said in await read(centre))


@pytest.mark.parametrize("closed", [True, False])
async def test_a_channel_is_not_called_any_more_for_a_case_that_is_closed(
    centre: Centre, vera: Actor, closed: bool
) -> None:
    await centre.colleague(Role.SUPERVISOR)
    await centre.channel(vera.staff_id)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, case)
    if closed:
        await centre.closes(vera, case)

    async with centre.database.begin(SERVICE) as session:
        calls = (await session.scalars(select(ChannelCall))).all()
        assert [await may_be_called_no_more(session, each) for each in calls] == [closed]
