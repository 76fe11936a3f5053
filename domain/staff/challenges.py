"""What a passkey is asked, so that its answer proves that it was there just now.

Challenges are not stored. The page carries one back sealed, with what it was made for and when; a
passkey accepts none that is older than its own last use, so each answer works once.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

from domain.errors import Refused
from storage.keys.keyring import SealError
from storage.sessions import Session

NOT_OURS: Final = "This passkey did not work here. Try again, or use your password."
_LIFE = timedelta(minutes=5)
_CONTEXT = "passkey challenge"


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """For the page: what the browser is asked, and what must come back with its answer."""

    options: dict[str, Any]
    sealed: str


def offer(session: Session, options: str, challenge: bytes, purpose: str) -> Offer:
    kept = {
        "challenge": bytes_to_base64url(challenge),
        "at": session.database_now.isoformat(),
        "for": purpose,
    }
    sealed = session.keys.seal(json.dumps(kept), _CONTEXT)
    return Offer(json.loads(options), bytes_to_base64url(sealed))


def challenge_in(session: Session, sealed: str, purpose: str) -> tuple[bytes, datetime]:
    """The challenge, and when it was made. Raises Refused for another purpose and after a while."""
    try:
        kept = json.loads(session.keys.open(base64url_to_bytes(sealed), _CONTEXT))
    except (SealError, ValueError):
        raise Refused(NOT_OURS) from None
    made_at = datetime.fromisoformat(kept["at"])
    if kept["for"] != purpose or session.database_now - made_at > _LIFE:
        raise Refused(NOT_OURS)
    return base64url_to_bytes(kept["challenge"]), made_at
