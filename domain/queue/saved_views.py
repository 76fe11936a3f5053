"""Views of the queue that somebody comes back to: their own, wherever they sign in.

Each verb raises NotAllowed or Refused.
"""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from domain.actors import Actor, Right
from domain.errors import Refused
from domain.illegible import ILLEGIBLE
from domain.names import as_name
from domain.queue.view import EVERYTHING, View
from storage.keys.keyring import SealError
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.views import SavedView

_CONTEXT = "saved view"
_LONGEST_NAME = 40
#: More than can be chosen with one key would be searched for.
MOST = 9


@dataclass(frozen=True, slots=True)
class Saved:
    id: UUID
    name: str
    view: View
    #: The queue begins with it.
    first: bool


async def saved_views(session: Session, actor: Actor) -> list[Saved]:
    """In the order in which they were saved."""
    actor.ensure_may(Right.WORK_ON_CASES)
    found = await session.scalars(
        select(SavedView).where(*_own(actor)).order_by(SavedView.saved_at, SavedView.id)
    )
    return [_opened(session, row) for row in found]


async def save_view(session: Session, actor: Actor, name: str, view: View) -> None:
    """Under a name that is there already, in its place."""
    name = as_name(name)
    if not name or len(name) > _LONGEST_NAME:
        raise Refused("Give it a name of at most {most} characters.", most=_LONGEST_NAME)
    if not view.narrow:
        raise Refused("Narrow the queue down first.")
    there = await saved_views(session, actor)
    body = session.keys.seal(json.dumps({"name": name, **asdict(view)}), _CONTEXT)
    same = next((each for each in there if each.name.casefold() == name.casefold()), None)
    if same is not None:
        (await _find(session, actor, same.id)).body = body
        return
    if len(there) >= MOST:
        raise Refused("There are enough views already. Remove one first.")
    session.add(
        SavedView(
            organisation_id=actor.organisation_id,
            staff_id=actor.staff_id,
            body=body,
            first=False,
            saved_at=session.now,
        )
    )


async def begin_with(session: Session, actor: Actor, view_id: UUID) -> None:
    """The queue begins with this one from now on; pressed again, with everything."""
    row = await _find(session, actor, view_id)
    begins = not row.first
    await session.execute(update(SavedView).where(*_own(actor)).values(first=False))
    row.first = begins


async def remove_view(session: Session, actor: Actor, view_id: UUID) -> None:
    await session.delete(await _find(session, actor, view_id))


async def _find(session: Session, actor: Actor, view_id: UUID) -> SavedView:
    actor.ensure_may(Right.WORK_ON_CASES)
    row = await session.scalar(
        select(SavedView).where(SavedView.id == view_id, *_own(actor)).with_for_update()
    )
    if row is None:
        raise Refused("There is no such view.")
    return row


def _opened(session: Session, row: SavedView) -> Saved:
    """One that no key opens any more hides nothing, and can be removed: the queue begins with
    everything and is shown all the same.
    """
    try:
        kept = json.loads(session.keys.open(row.body, _CONTEXT))
    except SealError:
        return Saved(row.id, ILLEGIBLE, EVERYTHING, first=False)
    severity = Severity(kept["severity"]) if kept["severity"] else None
    return Saved(row.id, kept["name"], View(kept["begins"], severity, kept["language"]), row.first)


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        SavedView.organisation_id == actor.organisation_id,
        SavedView.staff_id == actor.staff_id,
    )
