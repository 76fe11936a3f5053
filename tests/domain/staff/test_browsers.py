from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.errors import Refused
from domain.staff import NewStaff, add_staff
from domain.staff.browsers import (
    IDLE,
    LIFE,
    browsers_of,
    forgery_token,
    open_session,
    sign_out,
    sign_out_everywhere,
    sign_out_one,
    sign_out_others,
    whose,
)
from storage.keys.keyring import hash_of_token
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff, StaffSession


async def opened(database: Database, vera: NewStaff) -> str:
    async with database.begin(SERVICE) as session:
        return await open_session(session, await session.get_one(Staff, vera.id))


async def is_open(database: Database, cookie: str) -> bool:
    async with database.begin(SERVICE) as session:
        return await whose(session, cookie) is not None


async def test_a_cookie_is_good_until_it_is_signed_out(database: Database, vera: NewStaff) -> None:
    cookie, other = await opened(database, vera), await opened(database, vera)
    assert await is_open(database, cookie)
    async with database.begin(SERVICE) as session:
        await sign_out(session, cookie)
    assert not await is_open(database, cookie)
    assert await is_open(database, other)
    assert not await is_open(database, "made-up")


async def test_signing_out_everywhere_ends_every_browser(
    database: Database, vera: NewStaff
) -> None:
    cookies = [await opened(database, vera) for _ in range(2)]
    async with database.begin(SERVICE) as session:
        await sign_out_everywhere(session, vera.id)
    assert not any([await is_open(database, cookie) for cookie in cookies])


async def test_an_idle_browser_and_one_past_its_shift_are_signed_out(
    database: Database, vera: NewStaff
) -> None:
    idle, old = await opened(database, vera), await opened(database, vera)
    for cookie, column, past in (
        (idle, StaffSession.seen_at, IDLE),
        (old, StaffSession.expires_at, timedelta()),
    ):
        async with database.begin(SERVICE) as session:
            await session.execute(
                update(StaffSession)
                .where(StaffSession.token_hash == hash_of_token(cookie, "staff session"))
                .values({column: session.database_now - past})
            )
        assert not await is_open(database, cookie)


async def test_using_a_session_keeps_it_from_going_idle_and_no_longer_than_a_shift(
    database: Database, vera: NewStaff
) -> None:
    cookie = await opened(database, vera)
    async with database.begin(SERVICE) as session:
        earlier = session.database_now - timedelta(minutes=50)
        await session.execute(update(StaffSession).values(seen_at=earlier))
    assert await is_open(database, cookie)
    async with database.begin(SERVICE) as session:
        kept = (await session.scalars(select(StaffSession))).one()
        assert kept.seen_at > earlier
        assert kept.expires_at - kept.created_at == LIFE


async def test_moving_the_rules_clock_signs_nobody_out(
    database: Database, vera: NewStaff, clock: Clock
) -> None:
    cookie = await opened(database, vera)
    clock.offset = timedelta(days=30)
    assert await is_open(database, cookie)


async def test_every_session_has_its_own_token_for_forms(
    database: Database, vera: NewStaff
) -> None:
    one, two = await opened(database, vera), await opened(database, vera)

    assert forgery_token(one) == forgery_token(one)
    assert forgery_token(one) != forgery_token(two)


async def test_ones_own_browsers_are_listed_and_ended_and_nobody_elses(
    database: Database, vera: NewStaff, tirana: Organisation
) -> None:
    here, there, third = [await opened(database, vera) for _ in range(3)]
    async with database.begin(SERVICE) as session:
        nora = await add_staff(session, "Nora", tirana, Role.ADMIN)
        other = await session.get_one(Staff, nora.id)
        hers = await open_session(session, other)
        staff = await session.get_one(Staff, vera.id)
        listed = await browsers_of(session, staff, here)
        assert [each.here for each in listed].count(True) == 1
        assert len(listed) == 3
        [foreign] = await browsers_of(session, other, hers)
        with pytest.raises(Refused):
            await sign_out_one(session, staff, foreign.id)
        [at_there] = [each for each in await browsers_of(session, staff, there) if each.here]
        await sign_out_one(session, staff, at_there.id)
    assert [await is_open(database, each) for each in (here, there, third)] == [True, False, True]
    async with database.begin(SERVICE) as session:
        await sign_out_others(session, await session.get_one(Staff, vera.id), here)
    assert [await is_open(database, each) for each in (here, third, hers)] == [True, False, True]


async def test_a_browser_that_went_idle_is_listed_no_more(
    database: Database, vera: NewStaff
) -> None:
    await opened(database, vera)
    async with database.begin(SERVICE) as session:
        await session.execute(update(StaffSession).values(seen_at=session.database_now - IDLE))
        staff = await session.get_one(Staff, vera.id)
        assert await browsers_of(session, staff, "another") == []
