"""One-time passwords of an authenticator app (TOTP). They go by real time, not the rules' clock."""

import hmac
import time
from base64 import b32encode

import pyotp
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

from storage.keys.keyring import SealError
from storage.sessions import Session
from storage.tables.staff import Staff

_CONTEXT = "totp secret"
# A code of the last half minute or of the next still counts: phones' clocks differ.
_DRIFT = (-1, 0, 1)
_ISSUER = "Wayhome"


def secret_for(session: Session, cookie: str) -> str:
    """The secret that goes with a signed-in browser, which nobody else holds: shown at every look
    at the page, stored by none.
    """
    return b32encode(session.keys.look_up(cookie, "totp secret")[:20]).decode()


def secret_in(session: Session, sealed: str, token: str) -> str | None:
    """What a page of this set-up link showed, and has carried back; None for all else."""
    try:
        return session.keys.open(base64url_to_bytes(sealed), _shown_with(token))
    except (SealError, ValueError):
        return None


def sealed_for_page(session: Session, secret: str, token: str) -> str:
    """For the page that shows it. It is of no use with another link, nor after its own is."""
    return bytes_to_base64url(session.keys.seal(secret, _shown_with(token)))


def _shown_with(token: str) -> str:
    return f"{_CONTEXT} shown with {token}"


def address_of(secret: str, sign_in_code: str) -> str:
    """What the QR code says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=sign_in_code, issuer_name=_ISSUER)


def keep_secret(session: Session, staff: Staff, secret: str) -> None:
    staff.totp_secret = session.keys.seal(secret, _CONTEXT)
    staff.totp_step = None


def use_up(session: Session, staff: Staff, code: str) -> bool:
    """Whether the code is right. Each is so once, and not after a later one."""
    if staff.totp_secret is None:
        return False
    step = _step_of(session.keys.open(staff.totp_secret, _CONTEXT), code, time.time())
    if step is None or (staff.totp_step is not None and step <= staff.totp_step):
        return False
    staff.totp_step = step
    return True


def _step_of(secret: str, code: str, now: float) -> int | None:
    """The half minute that a code belongs to."""
    totp = pyotp.TOTP(secret)
    given = "".join(code.split()).encode()
    current = int(now) // totp.interval
    matching = [
        current + drift
        for drift in _DRIFT
        if hmac.compare_digest(totp.generate_otp(current + drift).encode(), given)
    ]
    return matching[0] if matching else None
