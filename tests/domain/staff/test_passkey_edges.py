"""A passkey's offer, answer and use, to the second, the letter and the line of the ledger."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import update
from webauthn.helpers import bytes_to_base64url

from domain.errors import Refused
from domain.staff import NewStaff, one_time, passkeys
from domain.staff.challenges import challenge_in, offer
from storage.keys.keyring import Keyring
from storage.sessions import SERVICE, Database, Session
from storage.tables.staff import Passkey, Staff
from tests.domain.staff.authenticator import HERE, make
from tests.domain.staff.authenticator import Authenticator as PasskeyStore
from tests.domain.staff.ledger import ledger

KEYS = Keyring({1: b"k" * 32})


class Moment:
    """As much of a session as a challenge needs."""

    keys = KEYS

    def __init__(self, now: Any) -> None:
        self.database_now = now


@pytest.fixture
async def phone(database: Database, vera: NewStaff) -> PasskeyStore:
    """It holds a passkey of Vera's."""
    store = PasskeyStore()
    await make(database, vera.id, store)
    return store


def test_a_challenge_is_good_for_five_minutes_and_its_purpose() -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    made = offer(cast("Session", Moment(noon)), '{"rpId": "here"}', b"challenge", "sign in")
    assert made.options == {"rpId": "here"}

    def opened(after: timedelta, purpose: str = "sign in") -> tuple[bytes, datetime]:
        return challenge_in(cast("Session", Moment(noon + after)), made.sealed, purpose)

    assert opened(timedelta(minutes=5)) == (b"challenge", noon)
    for after, purpose in ((timedelta(minutes=5, seconds=1), "sign in"), (timedelta(), "add")):
        with pytest.raises(Refused, match="did not work here"):
            opened(after, purpose)
    elsewhere = KEYS.seal(json.dumps({}), "something else")
    with pytest.raises(Refused, match="did not work here"):
        challenge_in(cast("Session", Moment(noon)), bytes_to_base64url(elsewhere), "sign in")


async def test_a_browser_is_asked_for_a_passkey_that_its_owner_unlocks_and_has_not_yet(
    database: Database, vera: NewStaff, phone: PasskeyStore
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        asked = (await passkeys.offer_new(session, HERE, staff)).options
        assert asked["rp"] == {"name": "Wayhome", "id": HERE.host}
        assert asked["user"] == {
            "id": bytes_to_base64url(staff.id.bytes),
            "name": staff.sign_in_code,
            "displayName": "Vera Hoxha",
        }
        assert [each["id"] for each in asked["excludeCredentials"]] == [
            bytes_to_base64url(phone.credential_id)
        ]
        wanted = asked["authenticatorSelection"]
        assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")
        assert len(asked["challenge"]) == 43
        again = passkeys.offer_sign_in(session, HERE).options
        assert (again["rpId"], again["userVerification"]) == (HERE.host, "required")
        assert len(again["challenge"]) == 43
        assert again["challenge"] != asked["challenge"]


async def test_a_passkey_is_kept_with_its_owner_and_known_once(
    database: Database, vera: NewStaff, phone: PasskeyStore
) -> None:
    with pytest.raises(Refused, match="known already"):
        await make(database, vera.id, phone)
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        (kept,) = await passkeys.passkeys_of(session, vera.id)
        assert (kept.credential_id, kept.public_key) == (phone.credential_id, phone.public_key)
        assert (kept.staff_id, kept.organisation_id) == (vera.id, staff.organisation_id)
        assert (kept.sign_count, kept.last_used_at) == (0, None)
        assert kept.created_at <= session.database_now
        (entry,) = await ledger(session, "staff.passkey-added")
        assert (entry.staff_id, entry.organisation_id) == (staff.id, staff.organisation_id)
        assert await passkeys.passkeys_of(session, UUID(int=1)) == []


async def test_a_passkeys_use_is_noted_and_no_offer_from_before_it_is_answered(
    database: Database, vera: NewStaff, phone: PasskeyStore
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        earlier = passkeys.offer_sign_in(session, HERE)
        session.info["database_now"] += timedelta(seconds=1)
        now = passkeys.offer_sign_in(session, HERE)
        answer = phone.get(now.options)
        assert await passkeys.sign_in_by_passkey(session, HERE, answer, now.sealed) is staff
        (kept,) = await passkeys.passkeys_of(session, vera.id)
        assert (kept.last_used_at, kept.sign_count) == (session.database_now, 0)
        (entry,) = await ledger(session, "staff.signed-in")
        assert (entry.staff_id, entry.organisation_id) == (staff.id, staff.organisation_id)
        with pytest.raises(Refused, match="did not work here"):
            await passkeys.sign_in_by_passkey(
                session, HERE, phone.get(earlier.options), earlier.sealed
            )
        session.info["database_now"] += timedelta(seconds=1)
        later = passkeys.offer_sign_in(session, HERE)
        other = PasskeyStore(credential_id=phone.credential_id)
        with pytest.raises(Refused, match="did not work here"):
            await passkeys.sign_in_by_passkey(session, HERE, other.get(later.options), later.sealed)
        answer = phone.get(later.options)
        assert await passkeys.sign_in_by_passkey(session, HERE, answer, later.sealed) is staff


async def test_a_passkey_that_counted_further_was_copied(
    database: Database, phone: PasskeyStore
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(Passkey).values(sign_count=5))
        offered = passkeys.offer_sign_in(session, HERE)
        with pytest.raises(Refused):
            await passkeys.sign_in_by_passkey(
                session, HERE, phone.get(offered.options), offered.sealed
            )


@pytest.mark.usefixtures("phone")
async def test_a_passkey_is_taken_away_where_another_way_in_is_left(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        # A password is the other way in.
        staff.password_hash = "some hash"
        one_time.keep_secret(session, staff, pyotp.random_base32())
        (only,) = await passkeys.passkeys_of(session, vera.id)
        with pytest.raises(Refused, match="no such passkey"):
            await passkeys.remove_passkey(session, staff, UUID(int=1))
        await passkeys.remove_passkey(session, staff, only.id)
        (entry,) = await ledger(session, "staff.passkey-removed")
        assert (entry.staff_id, entry.organisation_id) == (staff.id, staff.organisation_id)
        assert await passkeys.passkeys_of(session, vera.id) == []


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://wayhome.example.org/x", "wayhome.example.org", "https://wayhome.example.org"),
        ("http://localhost:8080/", "localhost", "http://localhost:8080"),
        ("https://Wayhome.example.org:443", "wayhome.example.org", "https://wayhome.example.org"),
        (
            "https://wayhome.example.org:8443",
            "wayhome.example.org",
            "https://wayhome.example.org:8443",
        ),
    ],
)
def test_a_place_is_its_host_and_its_origin(address: str, host: str, origin: str) -> None:
    assert passkeys.Place.of(address) == passkeys.Place(host, origin)


@pytest.mark.parametrize("address", ["", "https://[::1]", "https://127.0.0.1:80", "localhost"])
def test_there_is_no_place_without_a_name(address: str) -> None:
    assert passkeys.Place.of(address) is None
