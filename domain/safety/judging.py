"""Whether something may go to a person's phone now, and if not, when (P4)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.safety.window import UNKNOWN, Window
from storage.kinds import Hold, NoticeClass

# A caseworker's words count as asked for this long after the person wrote.
ASKED_FOR = timedelta(minutes=15)
# How soon to look again at what no clock will release: a pause, a freeze, an open emergency.
LOOK_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Contact:
    """What the rule must know of a person to judge a message to them."""

    place: ZoneInfo
    #: Where no key opens theirs (UNKNOWN) no hour is known to be safe.
    window: Window
    never_first: bool
    last_wrote_at: datetime | None
    paused_until: datetime | None
    frozen: bool
    emergency_open: bool
    confirmed: bool
    #: They asked to be forgotten; `hushed`: perhaps somebody made them, so nobody writes at all.
    leaving: bool
    hushed: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the rule must know of a message to judge it."""

    notice_class: NoticeClass
    #: It belongs to the talk about an open case.
    about_case: bool = False
    #: Only somebody whose identity is confirmed may see it (P13).
    for_confirmed: bool = False
    #: A frozen chat may show it.
    harmless: bool = False
    #: A worker gave a reason why it can't wait, which counts while the emergency is open.
    any_hour: bool = False


#: What a worker says about an open case.
WORKERS_WORDS = Outgoing(NoticeClass.HUMAN, about_case=True)


@dataclass(frozen=True, slots=True)
class Held:
    until: datetime
    reason: Hold


def held(going: Outgoing, contact: Contact, now: datetime) -> Held | None:
    """None when it may go now; otherwise until when it waits, to be judged again then."""
    if going.for_confirmed and not contact.confirmed:
        return Held(now + LOOK_AGAIN, Hold.IDENTITY)
    if going.notice_class is NoticeClass.STAFF:
        return None
    if contact.frozen and not (going.harmless and going.notice_class is NoticeClass.REPLY):
        return Held(now + LOOK_AGAIN, Hold.FROZEN)
    if going.notice_class is NoticeClass.REPLY:
        return None
    return _held_unasked(going, contact, now)


def waits_for_more(hold: Held | None) -> bool:
    """Whether it is no matter of the hour alone, and may take weeks."""
    return hold is not None and hold.reason is not Hold.WINDOW


def waits_for_a_word(contact: Contact, at: datetime) -> bool:
    """Whether a worker's words about an open case would wait then, and go as soon as the person
    writes.
    """
    wrote = replace(contact, last_wrote_at=at)
    return held(WORKERS_WORDS, contact, at) is not None and held(WORKERS_WORDS, wrote, at) is None


def _held_unasked(going: Outgoing, contact: Contact, now: datetime) -> Held | None:
    """What nobody waits for, unless they wrote just now."""
    if contact.hushed or (contact.leaving and not going.about_case):
        return Held(now + LOOK_AGAIN, Hold.LEAVING)
    if going.notice_class is NoticeClass.HUMAN and (
        _wrote_lately(contact, now) or (going.any_hour and contact.emergency_open)
    ):
        return None
    if contact.paused_until is not None and contact.paused_until > now:
        return Held(min(contact.paused_until, now + timedelta(days=1)), Hold.PAUSED)
    if contact.emergency_open and not going.about_case:
        return Held(now + LOOK_AGAIN, Hold.EMERGENCY)
    if contact.never_first and not _wrote_lately(contact, now):
        return Held(now + LOOK_AGAIN, Hold.NEVER_FIRST)
    if contact.window == UNKNOWN:
        return Held(now + LOOK_AGAIN, Hold.ILLEGIBLE)
    opening = contact.window.next_opening(now, contact.place)
    return Held(opening, Hold.WINDOW) if opening > now else None


def _wrote_lately(contact: Contact, now: datetime) -> bool:
    return contact.last_wrote_at is not None and now - contact.last_wrote_at <= ASKED_FOR
