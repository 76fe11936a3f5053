"""Finding services: by need, place, distance, words in any language, and open doors. Asking leaves
no trace.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, null, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from domain.directory.avoiding import Avoided, without
from domain.directory.distance import Point, is_within, nearest_door
from domain.directory.documents import from_document, places_of
from domain.directory.freshness import HIDDEN_AFTER, Age, age_of
from domain.directory.needs import Need
from domain.directory.opening import doors_open, is_service_open, with_hours_that_hold
from domain.directory.values import Location, Service
from domain.directory.words import matching, rank
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.directory import DirectoryPlace, DirectoryService, withheld_by

_IS_ACTIVE = DirectoryService.status == "active"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for. `place` is the key of one of `places()`; `country` a two-letter code."""

    need: Need | None = None
    country: str | None = None
    place: str | None = None
    near: Point | None = None
    #: Of `near`.
    within_km: float | None = None
    words: str = ""
    #: Only what is known to be open.
    open_now: bool = False
    #: What is only there is left out, and so is the door there of what is elsewhere too.
    avoided: Avoided = frozenset()
    #: Also what is too old to be shown to anybody but staff.
    include_hidden: bool = False
    #: Whose people look: what any of these organisations withholds from them is left out.
    shown_by: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class FoundService:
    id: UUID
    service: Service
    age: Age
    #: Now; None where nobody can tell.
    is_open: bool | None
    #: It is only where they do not want to be. Its places may be called otherwise here than in the
    #: directory, so nobody can tell from those.
    is_avoided: bool
    #: The same of each of its doors.
    doors: tuple[bool | None, ...] = ()
    #: From the point asked about to the nearest door.
    distance_km: float | None = None
    nearest: Location | None = None


async def find_services(
    session: Session,
    search: Search,
    *,
    now: datetime,
    language: str = "en",
    limit: int = 5,
    offset: int = 0,
) -> list[FoundService]:
    """A page of what fits: the nearest first where a point is given, else the best match of the
    words. All words should fit; where no service has them all, any of them will do.
    """
    statement = await _statement(session, search, now)
    view = View(now, language, search.avoided, search.country, search.place)
    if not search.open_now:
        page = statement.limit(limit).offset(offset)
        return [view.of(row) for row in await session.execute(page)]
    # Hours are rules, which the database cannot read.
    found = map(view.of, await session.execute(statement))
    return list(islice((each for each in found if each.is_open), offset, offset + limit))


async def get_service(
    session: Session,
    identity: UUID,
    *,
    now: datetime,
    language: str = "en",
    avoided: Avoided = frozenset(),
) -> FoundService | None:
    """One service, however old; None once it has closed. What is only where they avoid is whole,
    and says so.
    """
    statement = _chosen(Search()).where(DirectoryService.id == identity, _IS_ACTIVE)
    row = (await session.execute(statement)).one_or_none()
    return View(now, language, avoided).of(row) if row else None


async def _statement(session: Session, search: Search, now: datetime) -> Select[Any]:
    fits = list(conditions(search, now))
    strictly = matching(search.words, every=True)
    some = select(DirectoryService.id).where(*fits, strictly).exists()
    words = strictly if await session.scalar(select(some)) else matching(search.words, every=False)
    return _chosen(search).where(*fits, words)


def _chosen(search: Search) -> Select[Any]:
    """Services in the order of showing, each with its nearest door where a point is given."""
    by_match: list[ColumnElement[Any]] = [
        rank(search.words).desc(),
        DirectoryService.assured_date.desc().nulls_last(),
    ]
    if search.country or search.place:
        # Behind everything that is where they look.
        by_match.insert(0, _is_nowhere())
    columns = (DirectoryService.id, DirectoryService.document, DirectoryService.imported_at)
    if not search.near:
        nothing = (null().label("number"), null().label("kilometres"))
        return select(*columns, *nothing).order_by(*by_match, DirectoryService.id)
    door = nearest_door(search.near)
    return (
        select(*columns, door.c.number, door.c.kilometres)
        .outerjoin(door, true())
        .order_by(door.c.kilometres.nulls_last(), *by_match, DirectoryService.id)
    )


def conditions(search: Search, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield _IS_ACTIVE
    if not search.include_hidden:
        yield _is_shown(now)
    if search.shown_by:
        yield ~withheld_by(search.shown_by)
    if search.need:
        yield DirectoryService.needs.contains([search.need])
    if search.country:
        yield or_(_has_place(DirectoryPlace.country == search.country), _is_nowhere())
    if search.place:
        yield or_(_has_place(_is_at(search.place)), _is_nowhere())
    if search.avoided:
        yield or_(_has_place(~_is_avoided(search.avoided)), ~_has_place(true()))
    if search.near and search.within_km is not None:
        yield is_within(search.near, search.within_km)


def _is_shown(now: datetime) -> ColumnElement[bool]:
    """Not too old to be shown; what nobody has dated is shown, and says so, until its source has
    not named it for as long.
    """
    oldest = now.date() - timedelta(days=HIDDEN_AFTER)
    assured = DirectoryService.assured_date
    is_undated = or_(assured.is_(None), assured > now.date() + timedelta(days=1))
    still_named = DirectoryService.imported_at >= datetime.combine(oldest, time(), UTC)
    return or_(and_(is_undated, still_named), and_(~is_undated, assured >= oldest))


def _has_place(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    here = select(DirectoryPlace.number).where(
        DirectoryPlace.service_id == DirectoryService.id, condition
    )
    return here.exists()


def _is_nowhere() -> ColumnElement[bool]:
    """Of no country that we know, such as what is only on the telephone: so it may be for all."""
    return ~_has_place(DirectoryPlace.country != "")


def _is_avoided(avoided: Avoided) -> ColumnElement[bool]:
    lands = [country for country, key in avoided if not key]
    here = tuple_(DirectoryPlace.country, DirectoryPlace.key)
    return or_(DirectoryPlace.country.in_(lands), here.in_([each for each in avoided if each[1]]))


def _is_at(key: str) -> ColumnElement[bool]:
    """In a place, or for the whole country that the place is in."""
    there = aliased(DirectoryPlace)
    country = select(there.country).where(there.key == key).limit(at_most(1)).scalar_subquery()
    everywhere = and_(DirectoryPlace.name == "", DirectoryPlace.country == country)
    return or_(DirectoryPlace.key == key, everywhere)


@dataclass(frozen=True, slots=True)
class View:
    """How services look to one person at one time."""

    now: datetime
    language: str
    avoided: Avoided = frozenset()
    #: Where it was looked for: the doors of the place come first, then those of the country, and
    #: the first of these that there are say whether it is open.
    country: str | None = None
    place: str | None = None

    def of(self, row: Row[Any]) -> FoundService:
        service = from_document(row.document)
        nearest = None if row.number is None else service.locations[row.number]
        return replace(
            self.seen(row.id, service, row.imported_at),
            distance_km=row.kilometres,
            nearest=nearest and nearest.in_language(self.language),
        )

    def seen(self, identity: UUID, service: Service, named: datetime) -> FoundService:
        """`named`: when its source named it last."""
        open_to_them = without(service, self.avoided)
        reached = with_hours_that_hold(open_to_them or service, self.now)
        there, in_country, elsewhere = self._doors(reached)
        shown = replace(reached, locations=there + in_country + elsewhere)
        asked_for = replace(reached, locations=there or in_country or elsewhere)
        return FoundService(
            id=identity,
            service=shown.in_language(self.language),
            age=age_of(service.assured_date, named.date(), self.now.date()),
            is_open=is_service_open(asked_for, self.now),
            is_avoided=open_to_them is None,
            doors=doors_open(shown, self.now),
        )

    def _doors(self, service: Service) -> Iterator[tuple[Location, ...]]:
        """Those in the place that was looked for, the others in the country, and all others."""
        here = {each.number for each in places_of(service) if each.key == self.place}
        numbered = list(enumerate(service.locations))
        home = {number for number, door in numbered if door.country == self.country} - here
        yield tuple(door for number, door in numbered if number in here)
        yield tuple(door for number, door in numbered if number in home)
        yield tuple(door for number, door in numbered if number not in here | home)
