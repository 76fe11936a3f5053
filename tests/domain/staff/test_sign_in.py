import time
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import update

from domain.actors import Actor
from domain.errors import Refused
from domain.staff import NewStaff, add_staff, renew_set_up
from domain.staff.set_up import begin_setup, set_up_password
from domain.staff.sign_in import MOST_FAILURES, change_password, hear_of_lock, sign_in
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

PASSWORD = "marble kettle orbit lantern"


class Authenticator:
    """An app whose every code is fresh: it moves real time ahead by half a minute a code."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.secret = ""
        self._now = time.time()
        self._monkeypatch = monkeypatch

    def code(self) -> str:
        self._now += 30
        self._monkeypatch.setattr("domain.staff.one_time.time.time", lambda: self._now)
        return pyotp.TOTP(self.secret).at(int(self._now))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Authenticator:
    return Authenticator(monkeypatch)


@pytest.fixture
async def account(database: Database, vera: NewStaff, app: Authenticator) -> NewStaff:
    """Hers, with a password and an authenticator."""
    async with database.begin(SERVICE) as session:
        page = await begin_setup(session, vera.setup_token)
        app.secret = page.authenticator.secret
        await set_up_password(session, vera.setup_token, page.sealed, PASSWORD, app.code())
    return vera


async def tried(database: Database, code: str, password: str, one_time: str) -> bool:
    async with database.begin(SERVICE) as session:
        return await sign_in(session, code, password, one_time) is not None


async def test_code_password_and_authenticator_together_open_the_console(
    database: Database, account: NewStaff, app: Authenticator
) -> None:
    assert await tried(database, f" {account.sign_in_code.upper()} ", PASSWORD, app.code())
    assert not await tried(database, account.sign_in_code, "marble kettle orbit", app.code())
    assert not await tried(database, account.sign_in_code, PASSWORD, "000000")
    assert not await tried(database, "nobody00", PASSWORD, app.code())


async def test_a_one_time_code_works_once_and_no_earlier_one_after_it(
    database: Database, account: NewStaff, app: Authenticator
) -> None:
    earlier, later = app.code(), app.code()
    assert await tried(database, account.sign_in_code, PASSWORD, later)
    assert not await tried(database, account.sign_in_code, PASSWORD, later)
    assert not await tried(database, account.sign_in_code, PASSWORD, earlier)


async def test_five_failures_lock_the_account_in_its_row_for_fifteen_minutes(
    database: Database, account: NewStaff, app: Authenticator
) -> None:
    for _ in range(MOST_FAILURES):
        assert not await tried(database, account.sign_in_code, "wrong", "000000")
    assert not await tried(database, account.sign_in_code, PASSWORD, app.code())
    async with database.begin(SERVICE) as session:
        locked_until = (await session.get_one(Staff, account.id)).locked_until
        assert locked_until is not None
        assert timedelta(minutes=14) < locked_until - session.database_now < timedelta(minutes=16)
        await session.execute(update(Staff).values(locked_until=session.database_now))
    assert await tried(database, account.sign_in_code, PASSWORD, app.code())


async def test_whoever_comes_in_by_another_way_hears_of_a_lock_and_does_not_end_it(
    database: Database, account: NewStaff, app: Authenticator
) -> None:
    for _ in range(MOST_FAILURES):
        await tried(database, account.sign_in_code, "wrong", "000000")
    for _ in range(2):
        async with database.begin(SERVICE) as session:
            assert await hear_of_lock(session, await session.get_one(Staff, account.id))
    assert not await tried(database, account.sign_in_code, PASSWORD, app.code())


async def test_who_knew_the_sign_in_code_locks_nobody_out_after_a_new_set_up_link(
    database: Database, tirana: Organisation, account: NewStaff
) -> None:
    """Such as somebody who managed the team once, and saw the codes of all."""
    async with database.begin(SERVICE) as session:
        ada = await add_staff(session, "Ada", tirana, Role.ADMIN)
        renewed = await renew_set_up(session, Actor(ada.id, tirana.id, Role.ADMIN), account.id)
    for _ in range(MOST_FAILURES):
        assert not await tried(database, account.sign_in_code, "wrong", "000000")
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, account.id)
        assert (staff.sign_in_code, staff.locked_until) == (renewed.sign_in_code, None)


async def test_an_account_without_a_password_opens_to_none(
    database: Database, vera: NewStaff
) -> None:
    assert not await tried(database, vera.sign_in_code, "", "")


async def test_a_set_up_link_works_once_and_survives_a_mistake(
    database: Database, vera: NewStaff, app: Authenticator
) -> None:
    async with database.begin(SERVICE) as session:
        page = await begin_setup(session, vera.setup_token)
    app.secret = page.authenticator.secret
    for sealed, code in ((page.sealed, "000000"), ("", app.code())):
        with pytest.raises(Refused, match="authenticator"):
            async with database.begin(SERVICE) as session:
                await set_up_password(session, vera.setup_token, sealed, PASSWORD, code)
    async with database.begin(SERVICE) as session:
        await set_up_password(session, vera.setup_token, page.sealed, PASSWORD, app.code())
        with pytest.raises(Refused, match="used already"):
            await begin_setup(session, vera.setup_token)


async def test_a_set_up_link_ends_after_three_days(
    database: Database, vera: NewStaff, clock: Clock
) -> None:
    clock.offset = timedelta(hours=72)
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="too old"):
            await begin_setup(session, vera.setup_token)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 12"),
        ("password1234", "Too many people"),
        ("Passwordpassword!", "Too many people"),
        ("123456789012", "Too many people"),
        ("aaaabbbbaaaabbbb", "Too many people"),
        ("x" * 300, "at most"),
    ],
)
async def test_weak_passwords_are_refused_with_what_to_change(
    database: Database, vera: NewStaff, password: str, reason: str
) -> None:
    async with database.begin(SERVICE) as session:
        sealed = (await begin_setup(session, vera.setup_token)).sealed
        with pytest.raises(Refused, match=reason):
            await set_up_password(session, vera.setup_token, sealed, password, "000000")


async def test_a_changed_password_replaces_the_old_one(
    database: Database, account: NewStaff, app: Authenticator
) -> None:
    new = "seven geese over harbour"
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, account.id)
        assert not await change_password(session, staff, "wrong", app.code(), new)
        assert await change_password(session, staff, PASSWORD, app.code(), new)
    assert not await tried(database, account.sign_in_code, PASSWORD, app.code())
    assert await tried(database, account.sign_in_code, new, app.code())


async def test_tries_side_by_side_to_change_a_password_count_each_and_take_no_code_twice(
    database: Database, account: NewStaff, app: Authenticator
) -> None:
    """Whoever sits at an open browser has the account before them when somebody else changes it."""
    code = app.code()
    async with database.begin(SERVICE) as first:
        staff = await first.get_one(Staff, account.id)
        assert not await tried(database, account.sign_in_code, "wrong", "000000")
        assert not await change_password(first, staff, "wrong", "000000", "seven geese over sea")
        assert staff.failed_sign_ins == 2
    async with database.begin(SERVICE) as second:
        staff = await second.get_one(Staff, account.id)
        assert await tried(database, account.sign_in_code, PASSWORD, code)
        assert not await change_password(second, staff, PASSWORD, code, "seven geese over sea")
