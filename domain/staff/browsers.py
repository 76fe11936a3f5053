"""Signed-in browsers. Database time throughout: sessions do not follow the rules' clock."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from domain import audit
from domain.errors import Refused
from domain.marks import N_
from storage.keys.keyring import hash_of_token
from storage.sessions import Session
from storage.tables.staff import Staff, StaffSession

# A shift. The open queue counts as use: a night shift's screen must still be live when the cry
# for help comes, and the queue itself shows no words of anybody. Everything else left alone for
# an hour asks who is there, a case that is open before nobody, too.
LIFE = timedelta(hours=12)
IDLE = timedelta(hours=1)
# Whoever used it so lately sees what changes: its pages are live.
_THERE = timedelta(minutes=5)
# Whoever signed in so lately is asked nothing more before they change how they get in.
_JUST_NOW = timedelta(minutes=15)
_WAYS_IN = N_(
    "To change how you get in, sign in again first. So nobody who finds this browser open can make"
    " a way in of their own."
)
# Not every request writes.
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser that is signed in, as its owner sees it."""

    id: UUID
    browser: str
    since: datetime
    seen_at: datetime
    #: The one that is asking.
    here: bool


async def open_session(session: Session, staff: Staff, browser: str | None = None) -> str:
    """The cookie of a browser that has just signed in. Only its hash is kept."""
    await session.execute(
        delete(StaffSession).where(StaffSession.expires_at <= session.database_now)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            staff_id=staff.id,
            token_hash=_hash(token),
            created_at=session.database_now,
            seen_at=session.database_now,
            expires_at=session.database_now + LIFE,
            browser=browser,
        )
    )
    await session.flush()
    return token


async def whose(session: Session, token: str, *, using: bool = True) -> Staff | None:
    """Who is signed in with this cookie. Using it keeps it from going idle; a page that looks by
    itself uses nothing.
    """
    now = session.database_now
    found = await session.execute(
        select(StaffSession.id, StaffSession.seen_at, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(
            StaffSession.token_hash == _hash(token),
            *_live(session),
            Staff.disabled_at.is_(None),
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    session_id, seen_at, staff = row
    if using and now - seen_at > _SEEN_EVERY:
        await session.execute(
            update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now)
        )
    return staff


async def still_here(session: Session, staff_id: UUID, token: str) -> Staff | None:
    """Who changes how they get in, locked; None where a colleague has just ended all ways in that
    were there, since this browser was lost.
    """
    row = select(Staff.id).where(Staff.id == staff_id)
    await session.execute(row.with_for_update(key_share=True))
    return await whose(session, token, using=False)


async def has_just_signed_in(session: Session, token: str) -> bool:
    """Whether this browser may change how its owner gets in, and where alerts reach them: one that
    was left open, or whose cookie somebody took, must not become a way in that lasts.
    """
    just_opened = select(StaffSession.id).where(
        StaffSession.token_hash == _hash(token),
        *_live(session),
        StaffSession.created_at > session.database_now - _JUST_NOW,
    )
    return bool(await session.scalar(select(just_opened.exists())))


async def ensure_just_signed_in(session: Session, token: str, otherwise: str = _WAYS_IN) -> None:
    """Raises Refused, which says what would outlast the session."""
    if not await has_just_signed_in(session, token):
        raise Refused(otherwise)


async def is_in_the_console(session: Session, staff_id: UUID) -> bool:
    """Whether they use it just now. Needs the service's scope."""
    used = select(StaffSession.id).where(
        StaffSession.staff_id == staff_id,
        *_live(session),
        StaffSession.seen_at > session.database_now - _THERE,
    )
    return bool(await session.scalar(select(used.exists())))


async def sign_out(session: Session, token: str) -> None:
    await session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))


async def browsers_of(session: Session, staff: Staff, token: str) -> list[SignedIn]:
    """Where they are signed in, the latest first."""
    found = await session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff.id, *_live(session))
        .order_by(StaffSession.created_at.desc(), StaffSession.id)
    )
    here = _hash(token)
    return [
        SignedIn(
            each.id, each.browser or "?", each.created_at, each.seen_at, each.token_hash == here
        )
        for each in found
    ]


async def sign_out_one(session: Session, staff: Staff, browser_id: UUID) -> None:
    """Ends one of their own. Raises Refused."""
    ended = await session.scalar(
        delete(StaffSession)
        .where(StaffSession.id == browser_id, StaffSession.staff_id == staff.id)
        .returning(StaffSession.id)
    )
    if ended is None:
        raise Refused("That browser is signed out already.")
    audit.record(session, staff.organisation_id, "staff.signed-out-browser", staff_id=staff.id)


async def sign_out_others(session: Session, staff: Staff, token: str) -> None:
    """All of theirs but the one that asks."""
    await session.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == staff.id, StaffSession.token_hash != _hash(token)
        )
    )
    audit.record(session, staff.organisation_id, "staff.signed-out-others", staff_id=staff.id)


async def sign_out_everywhere(session: Session, staff_id: UUID) -> None:
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def forgery_token(cookie: str) -> str:
    """What a form must send back to prove that it came from a page of this very session."""
    return hash_of_token(cookie, "form").hex()


def _live(session: Session) -> tuple[ColumnElement[bool], ...]:
    now = session.database_now
    return StaffSession.expires_at > now, StaffSession.seen_at > now - IDLE


def _hash(token: str) -> bytes:
    return hash_of_token(token, "staff session")
