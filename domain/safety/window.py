"""The safe window: whether something may go to a person's phone now, and if not, when (P4)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import false, func, or_, select, update

from domain.calendar import instant
from domain.errors import Refused
from domain.organisations import zone
from domain.returnees.person import HOURS_LAST, data_key, lock_person, open_data_key, who_is_there
from storage.batches import among, one_of
from storage.cases import UNRESOLVED, Case
from storage.check_ins import CheckIn
from storage.keys import DataKey, Keyring
from storage.kinds import CheckInState, Identity, NoticeClass, OutboxState, Severity
from storage.outbox import OutboxRow
from storage.pathways import Information
from storage.privacy import Erasure
from storage.returnees import Returnee, Safety, WrappedKey
from storage.sessions import Session
from storage.wakes import Topic

# A caseworker's words count as asked for this long after the person wrote.
ASKED_FOR = timedelta(minutes=15)
# How soon to look again at what no clock will release: a pause, a freeze, an open emergency.
LOOK_AGAIN = timedelta(minutes=10)


#: Why rows wait that take words off a watched screen: for the last activity to be a while ago.
COVERS, VANISHES = "covers", "vanishes"
TIDYING = (COVERS, VANISHES)
_TO_JUDGE = "to be judged"


@dataclass(frozen=True, slots=True)
class Window:
    """Days (Monday is 0) and hours, on the person's own clock, at which they may be written to.

    A window whose end is not after its start reaches into the next day.
    """

    days: frozenset[int] = frozenset(range(7))
    opens: time = time(9)
    closes: time = time(20)

    def holds(self, local: datetime) -> bool:
        if self.opens < self.closes:
            return local.weekday() in self.days and self.opens <= local.time() < self.closes
        if local.time() >= self.opens:
            return local.weekday() in self.days
        return local.time() < self.closes and (local.weekday() - 1) % 7 in self.days

    def next_opening(self, now: datetime, place: ZoneInfo) -> datetime:
        """The first instant from now on that lies inside; `now` itself if it does.

        A start that a clock change leaps over is the change. In an hour that the clocks go through
        twice the window starts once, with the first.
        """
        if self.holds(now.astimezone(place)):
            return now
        today = now.astimezone(place).date()
        # A week has every day; a clock change can swallow one of them.
        for ahead in range(16):
            opening = instant(datetime.combine(today + timedelta(days=ahead), self.opens), place)
            if opening >= now and self.holds(opening.astimezone(place)):
                return opening
        raise Refused("A safe window needs at least one day.")


@dataclass(frozen=True, slots=True)
class Contact:
    """What the rule must know of a person to judge a message to them."""

    place: ZoneInfo
    window: Window = Window()
    never_first: bool = False
    last_wrote_at: datetime | None = None
    paused_until: datetime | None = None
    frozen: bool = False
    emergency_open: bool = False
    confirmed: bool = False
    #: They asked to be forgotten; `hushed`: perhaps somebody made them, so nobody writes at all.
    leaving: bool = False
    hushed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    until: datetime
    reason: str


def held(
    notice_class: NoticeClass,
    contact: Contact,
    now: datetime,
    *,
    about_case: bool = False,
    for_confirmed: bool = False,
    harmless: bool = False,
    any_hour: bool = False,
) -> Held | None:
    """None when it may go now; otherwise until when it waits, to be judged again then.

    `any_hour`: a worker gave a reason why it can't wait, which counts while the emergency is open.
    """
    if for_confirmed and not contact.confirmed:
        return Held(now + LOOK_AGAIN, "identity")
    if notice_class is NoticeClass.STAFF:
        return None
    if contact.frozen and not (harmless and notice_class is NoticeClass.REPLY):
        return Held(now + LOOK_AGAIN, "frozen")
    if notice_class is NoticeClass.REPLY:
        return None
    if contact.hushed or (contact.leaving and not about_case):
        return Held(now + LOOK_AGAIN, "leaving")
    if notice_class is NoticeClass.HUMAN and (
        _wrote_within(contact, ASKED_FOR, now) or (any_hour and contact.emergency_open)
    ):
        return None
    if contact.paused_until is not None and contact.paused_until > now:
        return Held(min(contact.paused_until, now + timedelta(days=1)), "paused")
    if contact.emergency_open and not about_case:
        return Held(now + LOOK_AGAIN, "emergency")
    if contact.never_first and not _wrote_within(contact, ASKED_FOR, now):
        return Held(now + LOOK_AGAIN, "never-first")
    opening = contact.window.next_opening(now, contact.place)
    return Held(opening, "window") if opening > now else None


def _wrote_within(contact: Contact, span: timedelta, now: datetime) -> bool:
    return contact.last_wrote_at is not None and now - contact.last_wrote_at <= span


async def contact_with(session: Session, returnee: Returnee) -> Contact:
    """What is true of this person right now."""
    return (await contacts_with(session, [returnee])).of(returnee)


@dataclass(frozen=True, slots=True)
class Contacts:
    """What is true of some people right now."""

    keys: Keyring
    now: datetime
    facts: Mapping[UUID, "Facts"]

    def of(self, returnee: Returnee) -> Contact:
        """Raises what a damaged key or window raises, and only for that person."""
        facts = self.facts[returnee.id]
        window = Window()
        if facts.window is not None:
            window = _opened(open_data_key(self.keys, facts.wrapped), facts.window)
        return Contact(
            place=zone(returnee.time_zone),
            window=window,
            never_first=facts.never_first,
            last_wrote_at=returnee.last_wrote_at,
            paused_until=returnee.paused_until,
            frozen=returnee.frozen_at is not None,
            emergency_open=facts.in_danger,
            confirmed=who_is_there(returnee, self.now) is Identity.CONFIRMED,
            leaving=facts.leaving,
            hushed=facts.hushed,
        )


class Facts(NamedTuple):
    """Of one person, as the database has them."""

    returnee_id: UUID
    #: Sealed with the data key that comes with it.
    window: bytes | None
    never_first: bool
    wrapped: bytes | None
    in_danger: bool
    leaving: bool
    hushed: bool


_IN_DANGER = (
    select(Case.id)
    .where(
        Case.returnee_id == Safety.returnee_id,
        UNRESOLVED,
        Case.severity == Severity.EMERGENCY,
    )
    .exists()
)
_CONTACTS = (
    select(
        Safety.returnee_id,
        Safety.window,
        Safety.never_first,
        WrappedKey.wrapped,
        _IN_DANGER,
        Erasure.returnee_id.is_not(None),
        func.coalesce(or_(Erasure.forced, Erasure.chat.is_not(None)), false()),
    )
    .join(Returnee, Returnee.id == Safety.returnee_id)
    .outerjoin(WrappedKey, WrappedKey.id == Returnee.data_key_id)
    .outerjoin(Erasure, Erasure.returnee_id == Safety.returnee_id)
    .where(one_of(Safety.returnee_id, "asked"))
)


async def contacts_with(session: Session, returnees: Iterable[Returnee]) -> Contacts:
    """However many they are, it is one question to the database."""
    asked = [returnee.id for returnee in returnees]
    if not asked:
        return Contacts(session.keys, session.now, {})
    rows = await session.execute(_CONTACTS, {"asked": asked})
    facts = (Facts(*row) for row in rows)
    return Contacts(session.keys, session.now, {each.returnee_id: each for each in facts})


async def window_of(session: Session, returnee_id: UUID, safety: Safety) -> Window:
    """The person's own window, or the default one."""
    if safety.window is None:
        return Window()
    return _opened(await data_key(session, returnee_id), safety.window)


def _opened(key: DataKey, sealed: bytes) -> Window:
    kept = json.loads(key.open(sealed, "safe window"))
    return Window(
        frozenset(kept["days"]),
        time.fromisoformat(kept["opens"]),
        time.fromisoformat(kept["closes"]),
    )


def count_as_written(session: Session, returnee: Returnee) -> None:
    """They wrote, or pressed what asks for a human: for a while a worker's words are asked for, and
    what is held for them is judged again, together with others, before this is committed.
    """
    # A press that waited at Telegram may count from before what was written later.
    wrote_at = returnee.last_wrote_at or session.asked_at
    returnee.last_wrote_at = max(wrote_at, session.asked_at)
    session.info.setdefault(_TO_JUDGE, set()).add(returnee.id)


async def judge_all(session: Session) -> None:
    """Those who wrote."""
    await judge_anew(session, *session.info.pop(_TO_JUDGE, ()))


async def judge_anew(session: Session, *people: UUID) -> None:
    """What is held for them is judged again now: they wrote, or changed what holds it.

    Needs the service's scope: no organisation sees what the service sends.
    """
    if not people:
        return
    waiting = (
        select(OutboxRow.id)
        .where(
            OutboxRow.returnee_id.in_(people),
            OutboxRow.state == OutboxState.HELD,
            OutboxRow.held.is_not(None),
            OutboxRow.held.not_in(TIDYING),
        )
        # Delivery locks its rows before the person, so this must not wait for one.
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        update(OutboxRow)
        .where(among(OutboxRow.id, waiting))
        .values(not_before=session.now, state=OutboxState.WAITING)
    )
    session.wakes(Topic.OUTBOX)


async def look_anew(session: Session, returnee_id: UUID) -> None:
    """All that is held for them, though no clock would release it for long: they changed what
    holds it. Check-ins and what a pathway tells are held before they are put on their way.
    """
    # Whoever judges one of theirs just now does so by what was true before.
    await lock_person(session, returnee_id)
    for held_ones in (CheckIn, Information):
        await session.execute(
            update(held_ones)
            .where(held_ones.returnee_id == returnee_id, held_ones.state == CheckInState.HELD)
            .values(due_at=session.now)
        )
    await judge_anew(session, returnee_id)


async def choose_window(session: Session, returnee_id: UUID, window: Window) -> None:
    """Raises Refused for a window without a day."""
    if not window.days:
        raise Refused("A safe window needs at least one day.")
    key = await data_key(session, returnee_id)
    safety = await session.get_one(Safety, returnee_id)
    kept = {
        "days": sorted(window.days),
        "opens": window.opens.isoformat(),
        "closes": window.closes.isoformat(),
    }
    safety.window = key.seal(json.dumps(kept), "safe window")
    safety.ask_hours_at = session.now + HOURS_LAST
    await look_anew(session, returnee_id)
