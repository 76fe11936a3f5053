"""What somebody has to answer within so many days goes with a chat that they empty, and comes once
more: nobody answers what is not there.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.consent.renewal import renew, renew_all
from domain.notices import Notice
from domain.referrals import asking_again
from storage.kinds import OutboxState, Renewing
from storage.sessions import SERVICE, Clock, Database
from storage.tables.consent import Renewal
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.handlers.covering import ASKS, comes
from tests.handlers.cries import notices
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import Phone
from tests.handlers.referring import asked


@pytest.fixture
async def enrolled(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> Phone:
    """With an open phone, on which whatever comes may be read."""
    set_clock(clock, MORNING)
    await enrol(phone, await invite(database, organisation))
    return phone


async def ticks(database: Database) -> None:
    for _ in range(3):
        async with database.begin(SERVICE) as session:
            await renew_all(session)


async def how_many_wait(database: Database) -> int:
    """Of what the person is asked, now or later."""
    waits = ASKS, OutboxRow.state.in_((OutboxState.WAITING, OutboxState.HELD))
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).where(*waits)) or 0


@pytest.mark.parametrize("is_followed", [True, False])
async def test_who_hides_what_they_are_asked_anew_is_asked_once_more_a_day_later(
    enrolled: Phone, database: Database, clock: Clock, is_followed: bool
) -> None:
    """However soon, and not at once: they may be handing the phone to somebody. However often they
    hide it, they are not asked a third time.
    """
    person = await known_on(database, enrolled)
    clock.offset += timedelta(minutes=1)
    async with database.begin(SERVICE) as session:
        await renew(session, await session.get_one(Returnee, person.id), Renewing.CHANGED)
    await ticks(database)
    for number, more in ((77, 1), (78, 0)):
        await comes(database, number)
        if is_followed:
            await ticks(database)
        await enrolled.write("/hide")
        await ticks(database)
        assert await how_many_wait(database) == 0
        clock.offset += timedelta(days=1)
        await ticks(database)
        assert await how_many_wait(database) == more
    async with database.begin(SERVICE) as session:
        renewal = await session.get_one(Renewal, person.id)
        assert renewal.look_at > session.now + timedelta(days=28)


async def test_who_hides_the_question_whether_others_may_help_is_asked_once_more(
    enrolled: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    referral_id = await asked(database, await known_on(database, enrolled), organisation)
    await comes(database, 77)
    clock.offset += timedelta(hours=3)
    await enrolled.write("/hide")
    is_held = OutboxRow.state == OutboxState.HELD
    async with database.begin(SERVICE) as session:
        again = (await session.scalars(select(OutboxRow).where(ASKS, is_held))).one()
        referral = await session.get_one(Referral, referral_id)
        assert again.not_before == again.created_at + timedelta(days=1)
        assert referral.look_at == again.created_at + timedelta(days=14)
        again.state = OutboxState.WAITING
    await comes(database, 78)
    await enrolled.write("/hide")

    assert await how_many_wait(database) == 0


async def test_the_chat_is_emptied_also_where_they_can_not_be_asked_again(
    enrolled: Phone, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(asking_again, "ask_once_more", fails)
    said = await enrolled.write("/hide")

    assert Notice.HIDDEN in notices(said)
