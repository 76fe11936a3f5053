"""What comes from one page twice is one thing: an impatient press, or a form that was sent again
because its answer was lost on a bad connection (P12).
"""

import json
from typing import TypeVar
from uuid import UUID, uuid4, uuid5

from domain.actors import Actor
from storage.sessions import Session
from storage.standbys import reach_standbys

Row = TypeVar("Row", bound=object)


def id_of(place: UUID, actor: Actor, once: str, *said: object) -> UUID:
    """Of the row that comes of a form: the same for the same form, however often it comes.

    `once` is of which page it is: random, and nowhere kept, so that the id says nothing about what
    was said. Without a page the id is random.
    """
    if not once:
        return uuid4()
    return uuid5(place, json.dumps([str(actor.staff_id), once, *said], sort_keys=True))


async def came_before(session: Session, kind: type[Row], row_id: UUID) -> Row | None:
    """What the same form has left when it came before. Whoever sends it again was not told that it
    was taken, and will be now.
    """
    row = await session.get(kind, row_id)
    if row is not None:
        await reach_standbys(session)
    return row
