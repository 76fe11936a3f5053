"""That a service did not work, as people say with one tap. Who said it is kept nowhere (P5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from domain import audit
from domain.actors import Actor, Right
from domain.directory.documents import from_document
from domain.directory.finding import FoundService, View
from domain.errors import Refused
from domain.organisations import default_organisation
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.directory import DirectoryReport, DirectoryService

# Whoever is done with some of them sees the next.
_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Reported:
    found: FoundService
    #: On how many days somebody said so, and on which last.
    days: int
    last_on: date


async def report(session: Session, service_id: UUID, organisation_id: UUID | None) -> None:
    """It did not work for somebody of that organisation; strangers are the default one's.

    A day counts once, however many say so: nobody counts for many by pressing often, and nobody
    has to be remembered to see to that. Of a service that is gone nothing is kept. Needs the
    service's scope.
    """
    if organisation_id is None:
        organisation_id = (await default_organisation(session)).id
    today = session.now.date()
    said = (
        select(
            literal(organisation_id), DirectoryService.id, literal(1, Integer), literal(today, Date)
        )
        .where(DirectoryService.id == service_id)
        .with_for_update(read=True, key_share=True)
    )
    columns = ["organisation_id", "service_id", "days", "last_on"]
    statement = upsert(DirectoryReport).from_select(columns, said)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=columns[:2],
            set_={"days": DirectoryReport.days + 1, "last_on": today},
            where=DirectoryReport.last_on < today,
        )
    )


async def reported(session: Session, actor: Actor, language: str) -> list[Reported]:
    """What is still to be looked at, the most often said first. Raises NotAllowed."""
    actor.ensure_may(Right.KEEP_DIRECTORY)
    rows = await session.execute(
        select(DirectoryReport, DirectoryService.document, DirectoryService.imported_at)
        .join(DirectoryService, DirectoryService.id == DirectoryReport.service_id)
        .where(_to_look_at(actor))
        .order_by(DirectoryReport.days.desc(), DirectoryReport.last_on.desc())
        .order_by(DirectoryReport.service_id)
        .limit(at_most(_MOST_SHOWN))
    )
    view = View(session.now, language)
    return [
        Reported(view.seen(each.service_id, from_document(document), at), each.days, each.last_on)
        for each, document, at in rows
    ]


def waiting_for(actor: Actor) -> Select[int]:
    """How many those are; none for whoever does not keep the directory."""
    return (
        select(func.count())
        .select_from(DirectoryReport)
        .join(DirectoryService, DirectoryService.id == DirectoryReport.service_id)
        .where(literal(actor.may(Right.KEEP_DIRECTORY)), _to_look_at(actor))
    )


def _to_look_at(actor: Actor) -> ColumnElement[bool]:
    return and_(
        DirectoryReport.organisation_id == actor.organisation_id,
        DirectoryService.status == "active",
    )


async def have_looked(session: Session, actor: Actor, service_id: UUID, last_on: date) -> bool:
    """They made sure of it, or had the list put right: it counts from nought. False where it did
    already. What was said after the day that they were shown as the last nobody has looked at:
    then it stays. Raises NotAllowed, Refused.
    """
    actor.ensure_may(Right.KEEP_DIRECTORY)
    key = (actor.organisation_id, service_id)
    said = await session.get(DirectoryReport, key, with_for_update=True)
    if said is None:
        return False
    if said.last_on > last_on:
        raise Refused("Somebody said so again after you opened this page. Look at it once more.")
    await session.delete(said)
    audit.done_by(session, actor, "service.looked-at", service_id)
    return True


async def settle(session: Session, service_ids: Collection[UUID]) -> None:
    """Of these, whatever was made sure of since somebody said so, by the list itself."""
    # A slip of the pen makes sure of nothing; tomorrow it is somewhere already.
    latest = session.now.date() + timedelta(days=1)
    await session.execute(
        delete(DirectoryReport).where(
            DirectoryReport.service_id == DirectoryService.id,
            DirectoryService.id.in_(service_ids),
            DirectoryService.assured_date > DirectoryReport.last_on,
            DirectoryService.assured_date <= latest,
        )
    )
