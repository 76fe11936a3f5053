"""A way to whoever hears complaints that fails: the team could tell from it when there was one."""

import pytest
from sqlalchemy import select

from domain.channels.calling import TELLS_AFTER, failed
from domain.channels.keeping import add_channel
from domain.channels.telegram import takes_nothing
from domain.notices import Notice
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.channels import AlertChannel, ChannelCall
from storage.tables.staff import Staff
from tests.domain.centre import Centre

KEEPER, CHIEF, VERA = 801, 802, 803


async def told_of_failing(centre: Centre, role: Role) -> tuple[set[int], list[bool]]:
    """Whom it tells that a colleague's own mail fails: by their chats, and whether through the
    channel of the organisation.
    """
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    await centre.colleague(chat=VERA, on_duty=True)
    keeper = await centre.colleague(role, name="Mira", chat=KEEPER)
    async with centre.database.begin(centre.organisation.id) as session:
        await add_channel(session, chief, "jsons://all.example.org", shared=True)
        await add_channel(session, keeper, "mailtos://a:b@example.org", shared=False)
    async with centre.database.begin(SERVICE) as session:
        theirs = AlertChannel.staff_id == keeper.staff_id
        call = select(ChannelCall).join(AlertChannel, AlertChannel.id == ChannelCall.channel_id)
        row = (await session.scalars(call.where(theirs))).one()
        row.attempts = TELLS_AFTER
        await failed(session, row)
    async with centre.database.begin(SERVICE) as session:
        fails = ChannelCall.notice == Notice.STAFF_CHANNEL_FAILS
        whose = select(AlertChannel.staff_id).join(ChannelCall).where(fails)
        through = [staff_id is None for staff_id in await session.scalars(whose)]
    return {told.chat for told in await centre.sent(Notice.STAFF_CHANNEL_FAILS)}, through


@pytest.mark.parametrize("role", [Role.SAFEGUARDING, Role.ADMIN])
async def test_p10_of_a_channel_of_whoever_hears_complaints_they_alone_are_told(
    centre: Centre, role: Role
) -> None:
    assert await told_of_failing(centre, role) == ({KEEPER}, [])


async def test_p2_of_any_other_channel_whoever_is_there_and_responsible_is_told(
    centre: Centre,
) -> None:
    told = await told_of_failing(centre, Role.CASEWORKER)

    assert told == ({KEEPER, CHIEF, VERA}, [True])


async def test_p10_that_their_telegram_takes_nothing_does_not_go_round_in_the_team(
    centre: Centre,
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=CHIEF)
    keeper = await centre.colleague(Role.SAFEGUARDING, name="Mira", chat=KEEPER)
    async with centre.database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, keeper.staff_id)
        await takes_nothing(session, staff, session.now)

    assert await centre.sent(Notice.STAFF_CHANNEL_FAILS) == []
