"""Where signing in begins and ends to the second, the letter and the line of the ledger.

For passkeys that is test_passkey_edges.py.
"""

from datetime import timedelta
from types import SimpleNamespace

import pyotp
import pytest
from sqlalchemy import select, update

from domain.codes.handed import as_issued, new_code
from domain.errors import Refused
from domain.staff import NewStaff, browsers, codes, one_time, passwords
from domain.staff.set_up import add_password, begin_setup, set_up_password, use_token
from domain.staff.sign_in import (
    LOCKED_FOR,
    MOST_FAILURES,
    change_password,
    hear_of_lock,
    sign_in,
)
from storage.keys.keyring import Keyring, hash_of_token
from storage.sessions import SERVICE, Database, Session
from storage.tables.staff import Staff, StaffCode, StaffSession
from tests.domain.staff.ledger import ledger

PASSWORD = "marble kettle orbit lantern"
SECRET = pyotp.random_base32()
NOON = 1_790_000_010.0
STEP = int(NOON) // 30
KEYS = Keyring({1: b"k" * 32})
HASHED = "hash of "
REAL_MATCHES, REAL_HASHER = passwords._matches, passwords._hasher


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noon for authenticators; and hashing is tried elsewhere, and slow on purpose."""
    monkeypatch.setattr("domain.staff.one_time.time.time", lambda: NOON)
    monkeypatch.setattr(passwords, "_matches", lambda kept, given: kept == HASHED + given)
    monkeypatch.setattr(
        passwords, "_hasher", SimpleNamespace(hash=lambda password: HASHED + password)
    )


def shown(step: int, secret: str = SECRET) -> str:
    """What an authenticator shows then."""
    return pyotp.TOTP(secret).generate_otp(step)


async def of(session: Session, vera: NewStaff) -> Staff:
    """Her account, with a password and an authenticator."""
    staff = await session.get_one(Staff, vera.id)
    if staff.password_hash is None:
        staff.password_hash = HASHED + PASSWORD
        one_time.keep_secret(session, staff, SECRET)
        await session.flush()
    return staff


async def fail(session: Session, staff: Staff, times: int = 1) -> None:
    for _ in range(times):
        assert await sign_in(session, staff.sign_in_code, "wrong", "000000") is None


@pytest.mark.parametrize(("drift", "works"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
async def test_a_one_time_code_counts_half_a_minute_before_and_after(
    database: Database, vera: NewStaff, drift: int, works: bool
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        code = shown(STEP + drift)
        assert one_time.use_up(session, staff, f" {code[:3]} {code[3:]}\n") is bool(works)
        assert staff.totp_step == (STEP + drift if works else None)


async def test_whoever_has_no_authenticator_has_no_right_code(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        assert one_time.use_up(session, staff, shown(STEP)) is False
        one_time.keep_secret(session, staff, SECRET)
        staff.totp_step = STEP
        assert one_time.use_up(session, staff, shown(STEP)) is False
        one_time.keep_secret(session, staff, SECRET)
        assert staff.totp_step is None
        assert staff.totp_secret is not None
        assert SECRET.encode() not in staff.totp_secret


async def test_an_authenticator_is_told_a_secret_of_its_own_for_each_look(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        page = await begin_setup(session, vera.setup_token)
        secret = page.authenticator.secret
        assert len(secret) == 32
        assert secret != (await begin_setup(session, vera.setup_token)).authenticator.secret
        again = await begin_setup(session, vera.setup_token, page.sealed)
        assert secret == again.authenticator.secret
        assert secret == one_time.secret_in(session, page.sealed, vera.setup_token)
        for sealed, token in ((page.sealed, "another"), ("é", vera.setup_token)):
            assert one_time.secret_in(session, sealed, token) is None
        uri = pyotp.parse_uri(page.authenticator.address)
        assert (uri.secret, uri.name, uri.issuer) == (secret, page.staff.sign_in_code, "Wayhome")
        assert (page.staff.id, page.name) == (vera.id, "Vera Hoxha")


async def test_signing_in_starts_the_count_of_failures_anew_and_stands_in_the_ledger(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        await fail(session, staff, MOST_FAILURES - 1)
        assert (staff.failed_sign_ins, staff.locked_until) == (MOST_FAILURES - 1, None)
        assert await sign_in(session, staff.sign_in_code, PASSWORD, shown(STEP)) is staff
        assert (staff.failed_sign_ins, staff.locked_until) == (0, None)
        (entry,) = await ledger(session, "staff.signed-in")
        assert (entry.staff_id, entry.organisation_id) == (staff.id, staff.organisation_id)
        failures = await ledger(session, "staff.sign-in-failed")
        assert [each.subject for each in failures] == [staff.id] * (MOST_FAILURES - 1)
        assert {each.organisation_id for each in failures} == {staff.organisation_id}


async def test_the_fifth_failure_locks_to_the_second_and_stands_in_the_ledger(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        await fail(session, staff, MOST_FAILURES)
        assert staff.locked_until == session.database_now + LOCKED_FOR
        assert staff.failed_sign_ins == 0
        (entry,) = await ledger(session, "staff.locked")
        assert (entry.subject, entry.organisation_id) == (staff.id, staff.organisation_id)
        assert await sign_in(session, staff.sign_in_code, PASSWORD, shown(STEP)) is None
        await fail(session, staff)
        assert staff.failed_sign_ins == 0
        session.info["database_now"] += LOCKED_FOR - timedelta(seconds=1)
        assert await sign_in(session, staff.sign_in_code, PASSWORD, shown(STEP)) is None
        session.info["database_now"] += timedelta(seconds=1)
        assert await sign_in(session, staff.sign_in_code, PASSWORD, shown(STEP)) is staff
        assert [await hear_of_lock(session, staff) for _ in range(2)] == [True, False]


async def test_two_of_the_three_open_nothing_and_a_wrong_password_uses_no_code_up(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        assert await sign_in(session, staff.sign_in_code, "wrong", shown(STEP)) is None
        assert staff.totp_step is None
        assert await sign_in(session, staff.sign_in_code, PASSWORD, "") is None
        assert await sign_in(session, "", PASSWORD, shown(STEP)) is None
        assert staff.failed_sign_ins == 2
        staff.disabled_at = session.now
        assert await sign_in(session, staff.sign_in_code, PASSWORD, shown(STEP)) is None


async def test_a_new_password_ends_all_browsers_and_stands_in_the_ledger(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        cookie = await browsers.open_session(session, staff)
        with pytest.raises(Refused, match="at least 12"):
            await change_password(session, staff, PASSWORD, shown(STEP), "short")
        with pytest.raises(Refused, match="sign-in code"):
            new = f"well {staff.sign_in_code} then"
            await change_password(session, staff, PASSWORD, shown(STEP), new)
        new = "seven geese over harbour"
        assert await change_password(session, staff, PASSWORD, "000000", new) is False
        assert await browsers.whose(session, cookie) is staff
        assert await change_password(session, staff, PASSWORD, shown(STEP), new) is True
        assert staff.password_hash == HASHED + new
        assert await browsers.whose(session, cookie) is None
        (entry,) = await ledger(session, "staff.password-changed")
        assert (entry.staff_id, entry.organisation_id) == (staff.id, staff.organisation_id)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("abcdefghijk", "at least 12"),
        ("lanternharbo", None),
        ("abcdef" * 42 + "wxyz", None),
        ("abcdef" * 42 + "wxyz5", "at most 256"),
        ("Well ABC23DEF then", "sign-in code"),
        ("abcdeabcdeabcde", "Too many"),
        ("abcdefabcdefabcdef", None),
        ("password qwerty", "Too many"),
        ("Password.123456", "Too many"),
        ("passwordpassword 1", "Too many"),
        ("passwordpasswore", None),
        ("password lantern", None),
    ],
)
def test_a_password_is_good_from_twelve_letters_on_of_six_kinds_and_not_of_common_words_alone(
    password: str, said: str | None
) -> None:
    if said is None:
        passwords.ensure_good(password, "abc23def")
    else:
        with pytest.raises(Refused, match=said):
            passwords.ensure_good(password, "abc23def")


def test_a_password_is_known_by_its_hash_and_no_other_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    kept = REAL_HASHER.hash(PASSWORD)
    assert PASSWORD not in kept
    assert REAL_MATCHES(kept, PASSWORD) is True
    assert REAL_MATCHES(kept, PASSWORD + "s") is False


async def test_nothing_matches_an_account_without_a_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And it is looked at all the same, so that it takes as long."""
    asked: list[str] = []

    def matches(kept: str, given: str) -> bool:
        asked.append(kept)
        return True

    monkeypatch.setattr(passwords, "_matches", matches)
    assert await passwords.matches(None, "anything") is False
    assert await passwords.matches("kept", "anything") is True
    assert asked[0].startswith("$argon2id$")
    assert asked[1] == "kept"


def test_a_code_is_long_of_plain_letters_and_read_however_it_is_typed() -> None:
    assert len(new_code()) == 16
    assert new_code("s-", 8).startswith("s-")
    assert len(new_code("s-", 8)) == 10
    assert {*new_code("", 2000)} == set("0123456789abcdefghjkmnpqrstvwxyz")
    assert as_issued(" ABC-2\n") == "abc-2"


async def test_a_code_serves_its_own_use_for_three_days_once_and_until_the_next(
    database: Database, vera: NewStaff
) -> None:
    chat, console = codes.Use.TELEGRAM, codes.Use.CONSOLE
    async with database.begin(SERVICE) as session:
        first = await codes.issue(session, vera.id, console)
        second = await codes.issue(session, vera.id, console)
        to_chat = await codes.issue(session, vera.id, chat)
        assert (len(second), len(to_chat), to_chat[:2]) == (32, 18, "s-")
        with pytest.raises(Refused, match="not one of ours"):
            await codes.redeem(session, first, console)
        for code, use in ((second, chat), (to_chat, console)):
            with pytest.raises(Refused, match="not one of ours"):
                await codes.redeem(session, code, use)
        assert await codes.owner_of(session, second, console) == vera.id
        session.info["now"] += codes.LIFE - timedelta(seconds=1)
        assert await codes.redeem(session, f" {second.upper()} ", console) == vera.id
        for look in (codes.redeem, codes.owner_of):
            with pytest.raises(Refused, match="used already"):
                await look(session, second, console)
        used = await session.scalar(select(StaffCode).where(StaffCode.used_at.is_not(None)))
        assert used is not None
        assert (used.used_at, used.use) == (session.now, console)
        await codes.issue(session, vera.id, console)
        with pytest.raises(Refused, match="used already"):
            await codes.redeem(session, second, console)
        session.info["now"] += timedelta(seconds=1)
        for look in (codes.redeem, codes.owner_of):
            with pytest.raises(Refused, match="too old"):
                await look(session, to_chat, chat)


async def test_who_sets_up_starts_afresh_and_stands_in_the_ledger(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        staff.failed_sign_ins, staff.locked_until = 3, session.database_now
        cookie = await browsers.open_session(session, staff)
        afresh = await use_token(session, vera.setup_token)
        assert afresh is staff
        assert (afresh.failed_sign_ins, afresh.locked_until) == (0, None)
        assert await browsers.whose(session, cookie) is None
        (entry,) = await ledger(session, "staff.set-up")
        assert (entry.staff_id, entry.organisation_id) == (staff.id, staff.organisation_id)


async def test_a_set_up_link_gives_its_holder_a_password_and_is_used_up(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        page = await begin_setup(session, vera.setup_token)
        code = shown(STEP, page.authenticator.secret)
        staff = await set_up_password(session, vera.setup_token, page.sealed, PASSWORD, code)
        assert (staff.id, staff.password_hash) == (vera.id, HASHED + PASSWORD)
        with pytest.raises(Refused, match="used already"):
            await use_token(session, vera.setup_token)


async def test_a_password_is_added_with_the_secret_that_the_authenticator_was_told(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        secret, other = (one_time.secret_for(session, each) for each in ("cookie", "another"))
        with pytest.raises(Refused, match="authenticator"):
            await add_password(session, staff, other, PASSWORD, shown(STEP, secret))
        with pytest.raises(Refused, match="sign-in code"):
            weak = f"{staff.sign_in_code} lantern"
            await add_password(session, staff, secret, weak, shown(STEP, secret))
        assert staff.password_hash is None
        await add_password(session, staff, secret, PASSWORD, shown(STEP, secret))
        assert staff.password_hash == HASHED + PASSWORD
        assert await sign_in(session, staff.sign_in_code, PASSWORD, shown(STEP, secret)) is None
        now = shown(STEP + 1, secret)
        assert await sign_in(session, staff.sign_in_code, PASSWORD, now) is staff


async def test_a_cookie_lives_as_long_as_a_shift_and_is_no_more_than_its_hash(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        cookie = await browsers.open_session(session, staff, "Firefox")
        kept = (await session.scalars(select(StaffSession))).one()
        assert len(cookie) >= 43
        assert kept.token_hash == hash_of_token(cookie, "staff session")
        assert (kept.browser, kept.staff_id) == ("Firefox", staff.id)
        now = session.database_now
        assert (kept.created_at, kept.seen_at) == (now, now)
        assert kept.expires_at == now + browsers.LIFE
        session.info["database_now"] += browsers.IDLE - timedelta(seconds=1)
        assert await browsers.whose(session, cookie) is staff
        session.info["database_now"] = now + browsers.LIFE
        await session.execute(update(StaffSession).values(seen_at=session.database_now))
        assert await browsers.whose(session, cookie) is None
        await browsers.open_session(session, staff)
        assert len((await session.scalars(select(StaffSession))).all()) == 1


async def test_a_request_is_noted_once_a_minute(database: Database, vera: NewStaff) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        cookie, other = [await browsers.open_session(session, staff) for _ in range(2)]
        seen = session.database_now
        for later, noted in ((60, 0), (61, 61), (121, 61), (122, 122)):
            session.info["database_now"] = seen + timedelta(seconds=later)
            assert await browsers.whose(session, cookie) is staff
            at = await session.scalar(
                select(StaffSession.seen_at).where(
                    StaffSession.token_hash == hash_of_token(cookie, "staff session")
                )
            )
            assert at == seen + timedelta(seconds=noted)
        untouched = hash_of_token(other, "staff session")
        at = await session.scalar(
            select(StaffSession.seen_at).where(StaffSession.token_hash == untouched)
        )
        assert at == seen
        staff.disabled_at = session.now
        await session.flush()
        assert await browsers.whose(session, cookie) is None


async def test_browsers_are_listed_the_latest_first_and_ending_one_stands_in_the_ledger(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await of(session, vera)
        old = await browsers.open_session(session, staff)
        session.info["database_now"] += timedelta(seconds=1)
        new = await browsers.open_session(session, staff, "Firefox")
        latest, earliest = await browsers.browsers_of(session, staff, old)
        assert (latest.browser, latest.here) == ("Firefox", False)
        assert (earliest.browser, earliest.here) == ("?", True)
        assert latest.since - earliest.since == timedelta(seconds=1)
        assert latest.seen_at == latest.since
        await browsers.sign_out_one(session, staff, earliest.id)
        with pytest.raises(Refused, match="signed out already"):
            await browsers.sign_out_one(session, staff, earliest.id)
        await browsers.sign_out_others(session, staff, new)
        assert await browsers.whose(session, new) is staff
        one, others = await ledger(session, "staff.signed-out-browser", "staff.signed-out-others")
        assert (one.action, others.action) == (
            "staff.signed-out-browser",
            "staff.signed-out-others",
        )
        assert {one.staff_id, others.staff_id} == {staff.id}
        assert {one.organisation_id, others.organisation_id} == {staff.organisation_id}


def test_a_form_knows_its_session_by_a_token_that_is_not_the_cookie() -> None:
    assert browsers.forgery_token("cookie") == hash_of_token("cookie", "form").hex()
    assert browsers.forgery_token("cookie") != hash_of_token("cookie", "staff session").hex()
