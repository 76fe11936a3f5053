"""How far it is to a service's nearest door, as the crow flies."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.sql.selectable import LateralFromClause

from storage.batches import at_most
from storage.tables.directory import DirectoryPlace, DirectoryService

_EARTH_RADIUS_KM = 6371.0
_KM_PER_DEGREE = 111.0


@dataclass(frozen=True, slots=True)
class Point:
    """Where the person is now. Never stored."""

    latitude: float
    longitude: float


def nearest_door(point: Point) -> LateralFromClause:
    """Of each service, the number of the nearest place and the kilometres to it."""
    return (
        select(DirectoryPlace.number, _kilometres(point).label("kilometres"))
        .where(
            DirectoryPlace.service_id == DirectoryService.id,
            DirectoryPlace.latitude.is_not(None),
        )
        .order_by("kilometres")
        .limit(at_most(1))
        .lateral("nearest_door")
    )


def is_within(point: Point, kilometres: float) -> ColumnElement[bool]:
    """Whether any door lies within a distance; a box of degrees spares most of the arithmetic."""
    degrees = kilometres / _KM_PER_DEGREE
    return (
        select(DirectoryPlace.number)
        .where(
            DirectoryPlace.service_id == DirectoryService.id,
            DirectoryPlace.latitude.between(point.latitude - degrees, point.latitude + degrees),
            _kilometres(point) <= kilometres,
        )
        .exists()
    )


def _kilometres(point: Point) -> ColumnElement[float]:
    """The haversine formula."""
    latitude, longitude = func.radians(DirectoryPlace.latitude), DirectoryPlace.longitude
    here = func.radians(point.latitude)
    half_way_north = func.sin((latitude - here) / 2)
    half_way_east = func.sin(func.radians(longitude - point.longitude) / 2)
    square = func.power(half_way_north, 2) + func.cos(latitude) * func.cos(here) * func.power(
        half_way_east, 2
    )
    return 2 * _EARTH_RADIUS_KM * func.asin(func.least(1, func.sqrt(square)))
