"""Who is asked about health and feelings."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select

from domain.consent import last_word
from storage.batches import one_of
from storage.kinds import Purpose
from storage.sessions import Session
from storage.tables.returnees import Returnee


def are_asked_private() -> ColumnElement[bool]:
    """Within a query of returnees: they agreed to it, and nobody else reads their phone."""
    return and_(func.coalesce(last_word(Purpose.ANSWERS), false()), ~Returnee.shared_phone)


_KNOWN = "asked private"
_ASKED_PRIVATE = select(Returnee.id, are_asked_private()).where(one_of(Returnee.id, "people"))


async def asks_private(session: Session, returnee_id: UUID) -> bool:
    """Whether this person agreed to it, and nobody else reads their phone."""
    known: dict[UUID, bool] = session.info.get(_KNOWN, {})
    if returnee_id not in known:
        known = await _ask_private(session, [returnee_id])
    return known[returnee_id]


async def know_who_is_asked_private(session: Session, returnee_ids: Collection[UUID]) -> None:
    """Asks for all of them in one question, where nobody changes their mind meanwhile."""
    if returnee_ids:
        session.info[_KNOWN] = await _ask_private(session, returnee_ids)


async def _ask_private(session: Session, returnee_ids: Collection[UUID]) -> dict[UUID, bool]:
    rows = await session.execute(_ASKED_PRIVATE, {"people": list(returnee_ids)})
    return {row[0]: row[1] for row in rows}
