"""The first way in: a link that works once, and what its holder chooses. Service's scope."""

from dataclasses import dataclass
from typing import Self

import pyotp

from domain import audit
from domain.errors import Refused
from domain.staff import browsers, codes, one_time, passwords
from domain.staff.accounts import name_of
from storage.sessions import Session
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True, repr=False)
class Authenticator:
    """What an app must be told, as letters to type and as the text of a QR code."""

    secret: str
    address: str

    @classmethod
    def of(cls, staff: Staff, secret: str) -> Self:
        return cls(secret, one_time.address_of(secret, staff.sign_in_code))


@dataclass(frozen=True, slots=True, repr=False)
class SetUp:
    """What the page shows to the holder of a set-up token."""

    staff: Staff
    name: str
    authenticator: Authenticator
    #: What must come back with the form, so that the authenticator counts that it told.
    sealed: str


async def begin_setup(session: Session, token: str, sealed: str = "") -> SetUp:
    """Looks at a token and leaves it unused. Raises Refused with the reason.

    A link passes through several hands, and a look leaves no trace: so each look has a secret of
    its own, and only whoever uses the link has the one that counts. `sealed` is of an earlier look
    by the same browser, whose authenticator has been told it.
    """
    staff = await session.get_one(Staff, await codes.owner_of(session, token, codes.Use.CONSOLE))
    secret = one_time.secret_in(session, sealed, token) or pyotp.random_base32()
    return SetUp(
        staff,
        name_of(session, staff),
        Authenticator.of(staff, secret),
        one_time.sealed_for_page(session, secret, token),
    )


async def set_up_password(
    session: Session, token: str, sealed: str, password: str, one_time_code: str
) -> Staff:
    """Uses the token up. Raises Refused, and leaves it unused, where something is not right."""
    staff = await use_token(session, token)
    secret = one_time.secret_in(session, sealed, token)
    if secret is None:
        # The page is older than this release, or than the key.
        raise Refused(
            "Scan this with an authenticator app, such as Aegis, FreeOTP or Google Authenticator."
        )
    await add_password(session, staff, secret, password, one_time_code)
    return staff


async def add_password(
    session: Session, staff: Staff, secret: str, password: str, one_time_code: str
) -> None:
    """With the secret that an authenticator has been told. Raises Refused."""
    passwords.ensure_good(password, staff.sign_in_code)
    one_time.keep_secret(session, staff, secret)
    if not one_time.use_up(session, staff, one_time_code):
        raise Refused("That is not the code that the authenticator shows now: try the next one.")
    staff.password_hash = await passwords.hash_of(password)


async def use_token(session: Session, token: str) -> Staff:
    """The token's owner, who starts afresh: other browsers are signed out, a lock ends.

    Raises Refused.
    """
    staff_id = await codes.redeem(session, token, codes.Use.CONSOLE)
    staff = await session.get_one(Staff, staff_id, with_for_update=True)
    staff.failed_sign_ins, staff.locked_until = 0, None
    await browsers.sign_out_everywhere(session, staff.id)
    audit.record(session, staff.organisation_id, "staff.set-up", staff_id=staff.id)
    return staff
