"""Services that an organisation does not show to its people, whatever the list says of them: the
list is everybody's, so each decides for its own. Strangers are with the default organisation.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from domain import audit
from domain.actors import Actor, Right
from domain.directory.documents import from_document
from domain.directory.finding import FoundService, View
from domain.errors import ChangedMeanwhile, Refused
from domain.illegible import legible
from storage.sessions import Session
from storage.tables.directory import (
    IS_THIS_SERVICE,
    DirectoryReport,
    DirectoryService,
    DirectoryWithheld,
    withheld_by,
)

_REASON: Final = "withheld reason"
_LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Withheld:
    found: FoundService
    reason: str
    since: datetime


async def withhold(session: Session, actor: Actor, service_id: UUID, reason: str) -> None:
    """From now on it is off the phones of their people, however often it is imported; and so it is
    looked at. Whoever comes second changes nothing, and is told unless they say the same. Raises
    NotAllowed, Refused.
    """
    actor.ensure_may(Right.KEEP_DIRECTORY)
    if not reason or len(reason) > _LONGEST_REASON:
        raise Refused("Say in a sentence why.")
    service = await session.get(DirectoryService, service_id)
    if service is None:
        raise Refused("This service has closed.")
    added = await session.scalar(
        insert(DirectoryWithheld)
        .values(
            organisation_id=actor.organisation_id,
            source=service.source,
            hsds_id=service.hsds_id,
            reason=session.keys.seal(reason, _REASON),
            since=session.now,
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "source", "hsds_id"])
        .returning(DirectoryWithheld.id)
    )
    if added is None:
        if await _why(session, actor, service) != reason:
            raise ChangedMeanwhile
        return
    await session.execute(
        delete(DirectoryReport).where(
            DirectoryReport.organisation_id == actor.organisation_id,
            DirectoryReport.service_id == service_id,
        )
    )
    audit.done_by(session, actor, "service.withheld", service_id)


async def _why(session: Session, actor: Actor, service: DirectoryService) -> str:
    """What whoever came first said; "" where no key opens it, or it is shown again."""
    kept = await session.scalar(
        select(DirectoryWithheld.reason).where(
            DirectoryWithheld.organisation_id == actor.organisation_id,
            DirectoryWithheld.source == service.source,
            DirectoryWithheld.hsds_id == service.hsds_id,
        )
    )
    return legible(session.keys, kept, _REASON) if kept is not None else ""


async def show_again(session: Session, actor: Actor, service_id: UUID) -> bool:
    """False where it was shown already. Raises NotAllowed."""
    actor.ensure_may(Right.KEEP_DIRECTORY)
    shown = await session.scalar(
        delete(DirectoryWithheld)
        .where(
            DirectoryWithheld.organisation_id == actor.organisation_id,
            DirectoryService.id == service_id,
            IS_THIS_SERVICE,
        )
        .returning(DirectoryWithheld.id)
    )
    if shown is None:
        return False
    audit.done_by(session, actor, "service.shown-again", service_id)
    return True


async def list_withheld(
    session: Session, actor: Actor, language: str, among: Collection[UUID] | None = None
) -> dict[UUID, Withheld]:
    """What their organisation does not show, the latest first; of these services alone, where some
    are named.
    """
    query = (
        select(
            DirectoryService.id,
            DirectoryService.document,
            DirectoryService.imported_at,
            DirectoryWithheld,
        )
        .join(DirectoryWithheld, IS_THIS_SERVICE)
        .where(DirectoryWithheld.organisation_id == actor.organisation_id)
        .where(DirectoryService.status == "active")
        .order_by(DirectoryWithheld.since.desc(), DirectoryWithheld.id)
    )
    if among is not None:
        query = query.where(DirectoryService.id.in_(among))
    view = View(session.now, language)
    return {
        identity: Withheld(
            view.seen(identity, from_document(document), at),
            legible(session.keys, each.reason, _REASON),
            each.since,
        )
        for identity, document, at, each in await session.execute(query)
    }


async def is_withheld(session: Session, organisations: Collection[UUID], service_id: UUID) -> bool:
    """Whether any of these organisations shows it to its people no more."""
    query = select(DirectoryService.id).where(
        DirectoryService.id == service_id, withheld_by(organisations)
    )
    return await session.scalar(query) is not None
