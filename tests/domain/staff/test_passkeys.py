from typing import Any

import cbor2
import pytest

from domain.errors import Refused
from domain.organisations import add_organisation
from domain.staff import NewStaff, add_staff
from domain.staff.passkeys import (
    Place,
    add_passkey,
    offer_new,
    offer_sign_in,
    passkeys_of,
    remove_passkey,
    sign_in_by_passkey,
)
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.domain.staff.authenticator import HERE, Authenticator, make


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()


async def test_a_passkey_signs_its_owner_in(
    database: Database, vera: NewStaff, phone: Authenticator
) -> None:
    await make(database, vera.id, phone)
    async with database.begin(SERVICE) as session:
        offer = offer_sign_in(session, HERE)
        staff = await sign_in_by_passkey(session, HERE, phone.get(offer.options), offer.sealed)
        assert staff.id == vera.id


async def test_an_answer_that_was_overheard_works_no_second_time(
    database: Database, vera: NewStaff, phone: Authenticator
) -> None:
    await make(database, vera.id, phone)
    async with database.begin(SERVICE) as session:
        offer = offer_sign_in(session, HERE)
        answer = phone.get(offer.options)
        await sign_in_by_passkey(session, HERE, answer, offer.sealed)
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused):
            await sign_in_by_passkey(session, HERE, answer, offer.sealed)


@pytest.mark.parametrize(
    "false_phone",
    [
        Authenticator(origin="https://wayhome.example.org"),
        Authenticator(verified=False),
    ],
    ids=["answers to another page", "its owner was not there"],
)
async def test_what_no_owner_approved_for_this_page_is_refused(
    database: Database, vera: NewStaff, phone: Authenticator, false_phone: Authenticator
) -> None:
    with pytest.raises(Refused):
        await make(database, vera.id, false_phone)
    await make(database, vera.id, phone)
    phone.origin, phone.verified = false_phone.origin, false_phone.verified
    async with database.begin(SERVICE) as session:
        offer = offer_sign_in(session, HERE)
        with pytest.raises(Refused):
            await sign_in_by_passkey(session, HERE, phone.get(offer.options), offer.sealed)


async def test_an_offer_serves_only_the_account_and_the_use_it_was_made_for(
    database: Database, tirana: Organisation, vera: NewStaff, phone: Authenticator
) -> None:
    async with database.begin(SERVICE) as session:
        other = await add_staff(session, "Nora", tirana, Role.COORDINATOR)
        nora, hers = await session.get_one(Staff, other.id), await session.get_one(Staff, vera.id)
        offer = await offer_new(session, HERE, hers)
        with pytest.raises(Refused):
            await add_passkey(session, HERE, nora, phone.create(offer.options), offer.sealed)
        with pytest.raises(Refused):
            await sign_in_by_passkey(session, HERE, phone.get(offer.options), offer.sealed)


@pytest.mark.parametrize("sealed", ["", "AAAA", "not base64 ✗"])
async def test_a_made_up_offer_is_refused(
    database: Database, vera: NewStaff, phone: Authenticator, sealed: str
) -> None:
    await make(database, vera.id, phone)
    async with database.begin(SERVICE) as session:
        answer = phone.get(offer_sign_in(session, HERE).options)
        with pytest.raises(Refused):
            await sign_in_by_passkey(session, HERE, answer, sealed)


@pytest.mark.parametrize("answer", [{}, {"id": 7}, {"id": "AAAA"}])
async def test_a_made_up_answer_is_refused(database: Database, answer: dict[str, Any]) -> None:
    async with database.begin(SERVICE) as session:
        offer = offer_sign_in(session, HERE)
        with pytest.raises(Refused):
            await sign_in_by_passkey(session, HERE, answer, offer.sealed)


class Damaged(Authenticator):
    """Its key names no curve."""

    @property
    def public_key(self) -> bytes:
        return cbor2.dumps({1: 2, 3: -7})


async def test_a_damaged_answer_is_refused_like_any_other(
    database: Database, vera: NewStaff, phone: Authenticator
) -> None:
    with pytest.raises(Refused, match="did not work here"):
        await make(database, vera.id, Damaged())
    await make(database, vera.id, phone)
    async with database.begin(SERVICE) as session:
        offer = offer_sign_in(session, HERE)
        answer = phone.get(offer.options)
        answer["response"]["authenticatorData"] = "AA"
        with pytest.raises(Refused, match="did not work here"):
            await sign_in_by_passkey(session, HERE, answer, offer.sealed)


async def test_the_passkey_of_a_disabled_account_opens_nothing(
    database: Database, vera: NewStaff, phone: Authenticator
) -> None:
    await make(database, vera.id, phone)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Staff, vera.id)).disabled_at = session.now
        offer = offer_sign_in(session, HERE)
        with pytest.raises(Refused):
            await sign_in_by_passkey(session, HERE, phone.get(offer.options), offer.sealed)


async def test_the_only_way_in_is_not_taken_away(
    database: Database, vera: NewStaff, phone: Authenticator
) -> None:
    await make(database, vera.id, phone)
    await make(database, vera.id, Authenticator())
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        first, second = await passkeys_of(session, vera.id)
        await remove_passkey(session, staff, first.id)
        await session.flush()
        with pytest.raises(Refused, match="only way in"):
            await remove_passkey(session, staff, second.id)


async def test_another_colleagues_passkey_is_not_there_to_be_removed(
    database: Database, vera: NewStaff, phone: Authenticator
) -> None:
    await make(database, vera.id, phone)
    async with database.begin(SERVICE) as session:
        rabat = await add_organisation(session, "Rabat", country="MA")
        samir = await add_staff(session, "Samir", rabat, Role.ADMIN)
        (passkey,) = await passkeys_of(session, vera.id)
        with pytest.raises(Refused, match="no such passkey"):
            await remove_passkey(session, await session.get_one(Staff, samir.id), passkey.id)


@pytest.mark.parametrize(
    ("address", "works"),
    [
        ("https://wayhome.example.org", True),
        ("http://localhost:8080", True),
        ("http://192.0.2.7:8080", False),
        ("http://wayhome.example.org", False),
        ("https://192.0.2.7", False),
    ],
)
def test_passkeys_are_offered_where_browsers_have_them(address: str, works: bool) -> None:
    assert (Place.of(address) is not None) is works
