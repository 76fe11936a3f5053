"""A watched phone opens by a row of pictures that only the person knows.

Whoever guesses sees a harmless page in the form of what they would have seen; after some wrong
rows even the right one opens nothing for a while, and somebody of the team learns of it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from hmac import compare_digest
from typing import Any
from uuid import UUID

from domain import audit
from domain.actors import Actor
from domain.errors import Refused
from domain.identity.trust import Doubt, doubt
from domain.returnees.keys import data_key
from domain.returnees.person import find_returnee
from domain.returnees.phone import who_is_there
from domain.safety.screens import STAYS_OPEN
from storage.kinds import Discretion, Identity
from storage.sessions import Session
from storage.tables.returnees import PictureLock, Returnee

#: Their order never changes: rows are kept by their numbers.
PICTURES = ("🌳", "🐟", "🍎", "⚽", "🚲", "🌙", "🐈", "☕", "🎵", "🌊", "🔑", "🌻")
LENGTH = 4

# So many wrong rows are taken for clumsiness; each further one shuts the phone for longer.
_CLUMSY = 2
_SHUT = [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24)]
_ROW, _PENDING = "row of pictures", "pictures tapped"


class Step(Enum):
    #: More pictures are to be tapped.
    MORE = auto()
    RIGHT = auto()
    #: Wrong, or it is too early to try again, or nothing was to be opened.
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Tapped:
    step: Step
    #: How many pictures by now.
    count: int = 0
    #: What the person wanted to open, as `ask` was told.
    wanted: dict[str, Any] | None = None


def is_row(pictures: Sequence[int]) -> bool:
    """Four pictures, not all of them the same."""
    return len(pictures) == LENGTH and all(map(_is_picture, pictures)) and len(set(pictures)) > 1


async def choose_row(session: Session, returnee: Returnee, pictures: Sequence[int]) -> None:
    """From now on this row opens the phone. Raises Refused for what is no row."""
    if not is_row(pictures):
        raise Refused("A row has four pictures, not all of them the same.")
    row = await _digest(session, returnee, pictures)
    lock = await session.get(PictureLock, returnee.id)
    if lock is None:
        session.add(PictureLock(returnee_id=returnee.id, row=row))
    else:
        lock.row, lock.pending = row, None
        _open(session, lock)
    await session.flush()


async def is_locked(session: Session, returnee: Returnee) -> bool:
    """Whether the row is asked for before anything opens: not again while it was used just now."""
    lock = await _lock(session, returnee)
    return lock is not None and (lock.open_until is None or lock.open_until <= session.now)


async def was_open(session: Session, returnee: Returnee) -> bool:
    """Whether the row had opened the phone when they wrote or pressed what is handled now."""
    lock = await _lock(session, returnee)
    return lock is not None and lock.open_until is not None and lock.open_until > session.asked_at


async def lacks_row(session: Session, returnee: Returnee) -> bool:
    """A watched phone whose row was never chosen, or forgotten: anybody opens it with one tap."""
    return returnee.discretion is Discretion.WATCHED and await _lock(session, returnee) is None


async def ask(session: Session, returnee: Returnee, wanted: dict[str, Any]) -> None:
    """The row will be tapped now, picture by picture, to get what is wanted."""
    lock = await session.get_one(PictureLock, returnee.id)
    await _remember(session, lock, wanted, [])


async def tap(session: Session, returnee: Returnee, picture: int) -> Tapped:
    """One picture. Needs the service's scope."""
    lock = await session.get(PictureLock, returnee.id, with_for_update=True, populate_existing=True)
    if lock is None or lock.pending is None or not _is_picture(picture):
        return Tapped(Step.WRONG)
    key = await data_key(session, returnee.id)
    pending = json.loads(key.open(lock.pending, _PENDING))
    taps, wanted = [*pending["taps"], picture], pending["wanted"]
    if len(taps) < LENGTH:
        await _remember(session, lock, wanted, taps)
        return Tapped(Step.MORE, len(taps))
    lock.pending = None
    right = compare_digest(await _digest(session, returnee, taps), lock.row)
    if lock.shut_until is not None and lock.shut_until > session.now:
        return Tapped(Step.WRONG, LENGTH, wanted)
    if not right:
        await _count_wrong(session, returnee, lock)
        return Tapped(Step.WRONG, LENGTH, wanted)
    lock.wrong_rows, lock.shut_until = 0, None
    _open(session, lock)
    return Tapped(Step.RIGHT, LENGTH, wanted)


async def shut(session: Session, returnee: Returnee) -> None:
    """The person covered what was open: from now on the row is asked for again."""
    lock = await session.get(PictureLock, returnee.id)
    if lock is not None:
        lock.open_until = None


async def forget_row(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """They forgot it, and a worker has made sure that it is them: they choose a new one.

    Raises as find_returnee, and Refused while it is not sure who is there.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    if who_is_there(returnee, session.now) is not Identity.CONFIRMED:
        raise Refused("First make sure that it is them.")
    lock = await session.get(PictureLock, returnee_id)
    if lock is not None:
        await session.delete(lock)
    audit.done_by(session, actor, "person.pictures-forgotten", returnee_id)


async def _lock(session: Session, returnee: Returnee) -> PictureLock | None:
    if returnee.discretion is not Discretion.WATCHED:
        return None
    return await session.get(PictureLock, returnee.id)


async def _remember(
    session: Session, lock: PictureLock, wanted: dict[str, Any], taps: list[int]
) -> None:
    key = await data_key(session, lock.returnee_id)
    lock.pending = key.seal(json.dumps({"wanted": wanted, "taps": taps}), _PENDING)


async def _count_wrong(session: Session, returnee: Returnee, lock: PictureLock) -> None:
    lock.wrong_rows += 1
    beyond = lock.wrong_rows - _CLUMSY
    if beyond > 0:
        lock.shut_until = session.now + _SHUT[min(beyond, len(_SHUT)) - 1]
        await doubt(session, returnee, Doubt.WRONG_ROW)


def _open(session: Session, lock: PictureLock) -> None:
    """From when they tapped, which may have waited: whoever holds the phone by now did not."""
    lock.open_until = session.asked_at + STAYS_OPEN


def _is_picture(number: int) -> bool:
    return 0 <= number < len(PICTURES)


async def _digest(session: Session, returnee: Returnee, pictures: Sequence[int]) -> bytes:
    key = await data_key(session, returnee.id)
    return key.look_up(" ".join(map(str, pictures)), _ROW)
