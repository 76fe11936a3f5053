"""A person's phone at this moment: who holds it, and what may stand on it."""

from datetime import datetime, timedelta

from storage.kinds import Discretion, Identity
from storage.tables.returnees import Returnee

# Whoever is silent for so long may not be the same one afterwards.
LONG_SILENCE = timedelta(days=60)
# After so long somebody is asked whether the hours they called safe are still right.
HOURS_LAST = timedelta(days=90)
_FROM_OPEN_TO_WATCHED = (Discretion.OPEN, Discretion.DISCREET, Discretion.WATCHED)


def who_is_there(returnee: Returnee, now: datetime) -> Identity:
    """What is known of whoever holds the phone at this moment."""
    if returnee.identity is not Identity.CONFIRMED:
        return returnee.identity
    signs = (returnee.last_seen_at, returnee.last_wrote_at, returnee.confirmed_at)
    last = max((sign for sign in signs if sign is not None), default=returnee.created_at)
    return Identity.DOUBTED if now - last > LONG_SILENCE else Identity.CONFIRMED


def may_be_shown(returnee: Returnee, now: datetime) -> bool:
    """Older words are shown to nobody but the person, and not where others read along (P13)."""
    confirmed = who_is_there(returnee, now) is Identity.CONFIRMED
    return confirmed and returnee.discretion is not Discretion.WATCHED


def discretion_now(returnee: Returnee | None) -> Discretion:
    """What may stand on this phone now: where the stop word was used, as little as anywhere."""
    if returnee is None:
        return Discretion.OPEN
    return returnee.discretion if returnee.frozen_at is None else Discretion.WATCHED


def is_guarded_more(returnee: Returnee, drawn_for: Discretion) -> bool:
    """Whether less may stand on this phone now than on the one that something was drawn for."""
    order = _FROM_OPEN_TO_WATCHED.index
    return order(discretion_now(returnee)) > order(drawn_for)
