"""The places that have services, for choosing one by a button."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Text, cast, distinct, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.countries import COUNTRIES
from domain.directory.finding import Search, conditions
from domain.directory.needs import Need
from domain.directory.values import said_in
from storage.sessions import Session
from storage.tables.directory import DirectoryPlace, DirectoryService


@dataclass(frozen=True, slots=True)
class ListedPlace:
    country: str
    #: What `Search.place` takes; twelve characters, the same for ever.
    key: str
    name: str
    services: int


async def places(
    session: Session,
    *,
    now: datetime,
    need: Need | None = None,
    country: str | None = None,
    shown_by: Collection[UUID] = (),
    language: str = "en",
) -> list[ListedPlace]:
    """Places with services that would be shown, the best served first, called as the language
    calls them. What serves a whole country is in no place of its own.
    """
    longest = func.length(cast(DirectoryPlace.names, Text)).desc()
    names = func.array_agg(aggregate_order_by(DirectoryPlace.names, longest))[1]
    services = func.count(distinct(DirectoryPlace.service_id))
    name = func.min(DirectoryPlace.name)
    listed = (
        select(DirectoryPlace.country, DirectoryPlace.key, name, names, services)
        .join(DirectoryService, DirectoryService.id == DirectoryPlace.service_id)
        .where(*conditions(Search(need=need, shown_by=shown_by), now))
        .where(DirectoryPlace.name != "")
        .group_by(DirectoryPlace.country, DirectoryPlace.key)
        .order_by(services.desc(), name)
    )
    if country:
        listed = listed.where(DirectoryPlace.country == country)
    rows = await session.execute(listed)
    return [
        ListedPlace(land, key, _called(name, names, language), count)
        for land, key, name, names, count in rows
    ]


async def countries(
    session: Session,
    *,
    now: datetime,
    need: Need | None = None,
    shown_by: Collection[UUID] = (),
) -> dict[str, int]:
    """How many services each country has, the best served first."""
    services = func.count(distinct(DirectoryPlace.service_id))
    counted = (
        select(DirectoryPlace.country, services)
        .join(DirectoryService, DirectoryService.id == DirectoryPlace.service_id)
        .where(*conditions(Search(need=need, shown_by=shown_by), now))
        .where(DirectoryPlace.country != "")
        .group_by(DirectoryPlace.country)
        .order_by(services.desc(), DirectoryPlace.country)
    )
    return dict((await session.execute(counted)).all())


async def lands_with_places(
    session: Session, now: datetime, language: str
) -> list[tuple[str, list[ListedPlace]]]:
    """Every country that we know with its places in the directory, by name."""
    listed = await places(session, now=now, language=language)
    return [
        (land, sorted((each for each in listed if each.country == land), key=attrgetter("name")))
        for land in sorted({*COUNTRIES, *await countries(session, now=now)})
    ]


def _called(name: str, names: dict[str, str], language: str) -> str:
    return said_in(language, names) or name


async def names_of_places(session: Session, keys: Collection[tuple[str, str]]) -> set[str]:
    """What places are called, each given as (country, key), in all the languages of the directory;
    a whole country by none.
    """
    if not keys:
        return set()
    found = await session.execute(
        select(DirectoryPlace.name, DirectoryPlace.names)
        .where(tuple_(DirectoryPlace.country, DirectoryPlace.key).in_(keys))
        .where(DirectoryPlace.name != "")
    )
    return {name for row in found for name in (row.name, *row.names.values())}
