"""Passkeys (WebAuthn): kept on a device, opened by its owner, of no use to a false page.

Everything here needs the service's scope.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from secrets import token_bytes
from typing import Any, Final, Self
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from domain import audit
from domain.errors import Refused
from domain.staff.accounts import name_of
from domain.staff.challenges import NOT_OURS, Offer, challenge_in, offer
from storage.sessions import Session
from storage.tables.staff import Passkey, Staff

_REQUIRED: Final = UserVerificationRequirement.REQUIRED
_UNSAID_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys belong to: they never answer to any other address."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> Self | None:
        """None where browsers offer no passkeys: they want a name, and https or localhost."""
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        if _is_number(host) or (parts.scheme != "https" and host != "localhost"):
            return None
        return cls(host, origin_of(public_url))


def origin_of(address: str) -> str:
    """As browsers write it: without a port that goes without saying."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host.removesuffix(_UNSAID_PORTS.get(parts.scheme, ''))}"


async def offer_new(session: Session, place: Place, staff: Staff) -> Offer:
    """Asks the browser to make a passkey for this account."""
    known = await session.scalars(select(Passkey.credential_id).where(Passkey.staff_id == staff.id))
    challenge = token_bytes(32)
    options = generate_registration_options(
        rp_id=place.host,
        rp_name="Wayhome",
        user_name=staff.sign_in_code,
        user_display_name=name_of(session, staff),
        user_id=staff.id.bytes,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
    )
    return offer(session, options_to_json(options), challenge, str(staff.id))


async def add_passkey(
    session: Session,
    place: Place,
    staff: Staff,
    answer: dict[str, Any],
    sealed: str,
    browser: str | None = None,
) -> None:
    """Raises Refused when the browser's answer does not prove a new passkey."""
    challenge, _ = challenge_in(session, sealed, str(staff.id))
    try:
        proven = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except Exception:  # The library names only some of what it raises of a damaged answer.
        raise Refused(NOT_OURS) from None
    if await _passkey(session, proven.credential_id):
        raise Refused("This passkey is known already.")
    session.add(
        Passkey(
            organisation_id=staff.organisation_id,
            staff_id=staff.id,
            credential_id=proven.credential_id,
            public_key=proven.credential_public_key,
            sign_count=proven.sign_count,
            created_at=session.database_now,
            browser=browser,
        )
    )
    audit.record(session, staff.organisation_id, "staff.passkey-added", staff_id=staff.id)


def offer_sign_in(session: Session, place: Place) -> Offer:
    """Asks the browser for any passkey that it has for this place."""
    challenge = token_bytes(32)
    options = generate_authentication_options(
        rp_id=place.host, challenge=challenge, user_verification=_REQUIRED
    )
    return offer(session, options_to_json(options), challenge, "sign in")


async def sign_in_by_passkey(
    session: Session, place: Place, answer: dict[str, Any], sealed: str
) -> Staff:
    """Whose passkey answered. Raises Refused."""
    challenge, made_at = challenge_in(session, sealed, "sign in")
    passkey = await _passkey(session, _credential_id(answer))
    if passkey is None or (passkey.last_used_at is not None and passkey.last_used_at >= made_at):
        raise Refused(NOT_OURS)
    try:
        proven = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception:  # The library names only some of what it raises of a damaged answer.
        raise Refused(NOT_OURS) from None
    staff = await session.get_one(Staff, passkey.staff_id)
    if staff.disabled_at is not None:
        raise Refused(NOT_OURS)
    passkey.sign_count, passkey.last_used_at = proven.new_sign_count, session.database_now
    audit.record(session, staff.organisation_id, "staff.signed-in", staff_id=staff.id)
    return staff


async def passkeys_of(session: Session, staff_id: UUID) -> list[Passkey]:
    """Oldest first."""
    found = await session.scalars(
        select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.created_at)
    )
    return list(found)


async def remove_passkey(session: Session, staff: Staff, passkey_id: UUID) -> None:
    """Raises Refused when it is their only way in, or not theirs."""
    known = await passkeys_of(session, staff.id)
    leaving = [passkey for passkey in known if passkey.id == passkey_id]
    if not leaving:
        raise Refused("There is no such passkey.")
    if len(known) == 1 and staff.password_hash is None:
        raise Refused("This is your only way in: add a password or another passkey first.")
    await session.delete(leaving[0])
    audit.record(session, staff.organisation_id, "staff.passkey-removed", staff_id=staff.id)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def _passkey(session: Session, credential_id: bytes) -> Passkey | None:
    """Held until the transaction ends, so that two answers are looked at one after the other."""
    return await session.scalar(
        select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    )


def _credential_id(answer: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(answer["id"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Refused(NOT_OURS) from None
