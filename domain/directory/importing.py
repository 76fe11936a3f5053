"""A directory in and out of the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import Row, Text, cast, delete, exists, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.directory.documents import (
    from_document,
    other_words,
    places_of,
    title_words,
    to_document,
)
from domain.directory.files.assembly import Reading
from domain.directory.files.problems import Rejected
from domain.directory.files.writing import write_directory
from domain.directory.reports import settle
from domain.directory.values import Service
from storage.sessions import Session
from storage.tables.directory import IS_THIS_SERVICE, DirectoryPlace, DirectoryService

_BATCH = 200


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many services are new, how many took the place of what the same source said before,
    and what was left out.
    """

    loaded: int
    updated: int
    rejected: list[Rejected]
    #: What those are called that nobody finds in the chat, where it is looked for by need.
    without_need: list[str]
    #: What the same source brought before and was not read now, by name: it stays, and ages.
    not_read: list[str]
    #: Which of these some organisation withholds. Under a new id it would be on the phones again.
    withheld_not_read: list[str]


async def import_directory(
    session: Session, reading: Reading, source: str, now: datetime
) -> ImportReport:
    """Takes in what was read. What the source no longer names stays, and ages.

    Needs the service's scope.
    """
    known = await _known(session, source)
    for start in range(0, len(reading.services), _BATCH):
        await _store(session, reading.services[start : start + _BATCH], source, now)
    return _report(reading, known)


async def check_directory(session: Session, reading: Reading, source: str) -> ImportReport:
    """What importing would report. Changes nothing."""
    return _report(reading, await _known(session, source))


@dataclass(frozen=True, slots=True)
class Brought:
    """From which source a service is, and when that named it last."""

    source: str
    at: datetime


async def brought(session: Session, ids: Sequence[UUID]) -> dict[UUID, Brought]:
    found = await session.execute(
        select(DirectoryService.id, DirectoryService.source, DirectoryService.imported_at).where(
            DirectoryService.id.in_(ids)
        )
    )
    return {identity: Brought(source, at) for identity, source, at in found}


async def sources(session: Session) -> Sequence[str]:
    """From where there are services, by name."""
    found = select(DirectoryService.source).distinct().order_by(DirectoryService.source)
    return (await session.scalars(found)).all()


async def remove_source(session: Session, source: str) -> int:
    """Takes back all that came from it, with what people said of that; tells how many services.

    Needs the service's scope.
    """
    gone = delete(DirectoryService).where(DirectoryService.source == source)
    return len((await session.scalars(gone.returning(DirectoryService.id))).all())


async def brought_by_another(session: Session, reading: Reading, source: str) -> str | None:
    """The other source from which most of these services came, where from this one most did not:
    they would be there twice.
    """
    brought = {service.id: service.name for service in reading.services}
    # Lists that number their services from one have the same ids, and others' names.
    same = (
        func.unnest(cast([*brought], ARRAY(Text)), cast([*brought.values()], ARRAY(Text)))
        .table_valued("id", "name")
        .render_derived()
    )
    times = func.count().label("times")
    found = await session.execute(
        select(DirectoryService.source, times)
        .join(same, DirectoryService.hsds_id == same.c.id)
        .where(DirectoryService.document["name"].as_string() == same.c.name)
        .group_by(DirectoryService.source)
        .order_by(times.desc(), DirectoryService.source)
    )
    most = [each for each, count in found if 2 * count > len(brought)]
    return most[0] if most and source not in most else None


async def export_directory(session: Session, source: str | None = None) -> bytes:
    """Everything, or what came from one source, as a zip archive of HSDS 3.0's CSV files."""
    documents = select(DirectoryService.source, DirectoryService.document).order_by(
        DirectoryService.source, DirectoryService.hsds_id
    )
    if source:
        documents = documents.where(DirectoryService.source == source)
    return write_directory(_side_by_side(await session.execute(documents)))


def _side_by_side(rows: Iterable[Row[Any]]) -> Iterator[Service]:
    """Of two sources that use the same id, the second gets one of its own, lest the one's phones,
    hours and places become the other's.
    """
    first: dict[tuple[str, str], str] = {}

    def own(source: str, kind: str, identity: str) -> str:
        if first.setdefault((kind, identity), source) == source:
            return identity
        return str(uuid5(NAMESPACE_URL, f"{source}/{identity}"))

    for row in rows:
        service = from_document(row.document)
        organization = service.organization
        yield replace(
            service,
            id=own(row.source, "service", service.id),
            organization=organization
            and replace(organization, id=own(row.source, "organization", organization.id)),
            locations=tuple(
                replace(place, id=own(row.source, "location", place.id))
                for place in service.locations
            ),
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """A service that a source brought before."""

    name: str
    is_active: bool
    is_withheld: bool


async def _known(session: Session, source: str) -> dict[str, _Known]:
    """By HSDS's ids."""
    name = DirectoryService.document["name"].as_string()
    known = select(
        DirectoryService.hsds_id,
        name,
        DirectoryService.status == "active",
        exists().where(IS_THIS_SERVICE),
    ).where(DirectoryService.source == source)
    return {
        identity: _Known(*of_it)
        for identity, *of_it in await session.execute(known.order_by(name, DirectoryService.id))
    }


def _report(reading: Reading, known: dict[str, _Known]) -> ImportReport:
    read = {service.id for service in reading.services}
    not_read = [each for identity, each in known.items() if identity not in read and each.is_active]
    return ImportReport(
        loaded=len(read - known.keys()),
        updated=len(read & known.keys()),
        rejected=reading.rejected,
        without_need=[each.name for each in reading.services if not each.needs],
        not_read=[each.name for each in not_read],
        withheld_not_read=[each.name for each in not_read if each.is_withheld],
    )


async def _store(session: Session, services: Sequence[Service], source: str, now: datetime) -> None:
    rows = [_row(service, source, now) for service in services]
    statement = upsert(DirectoryService).values(rows)
    kept = {"id", "source", "hsds_id"}
    changed = {name: statement.excluded[name] for name in rows[0] if name not in kept}
    statement = statement.on_conflict_do_update(index_elements=["source", "hsds_id"], set_=changed)
    stored = await session.execute(
        statement.returning(DirectoryService.hsds_id, DirectoryService.id)
    )
    ids = dict(stored.all())
    await _store_places(session, services, ids)
    await settle(session, ids.values())


async def _store_places(
    session: Session, services: Sequence[Service], ids: dict[str, UUID]
) -> None:
    await session.execute(delete(DirectoryPlace).where(DirectoryPlace.service_id.in_(ids.values())))
    places = [
        {"service_id": ids[service.id], "key": place.key, **asdict(place)}
        for service in services
        for place in places_of(service)
    ]
    if places:
        await session.execute(insert(DirectoryPlace), places)


def _row(service: Service, source: str, now: datetime) -> dict[str, object]:
    return {
        "id": uuid4(),
        "source": source,
        "hsds_id": service.id,
        "status": service.status,
        "needs": list(service.needs),
        "assured_date": service.assured_date,
        "imported_at": now,
        "document": to_document(service),
        "title_words": title_words(service),
        "other_words": other_words(service),
    }
