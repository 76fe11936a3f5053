"""From HSDS's tables to services. A faulty cell costs the cell; a row that lacks what nobody can do
without costs the row; neither costs anything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

from domain.directory.files import cells
from domain.directory.files.details import Details
from domain.directory.files.hidden import Hidden
from domain.directory.files.places import LEFT_OUT, Places
from domain.directory.files.problems import Rejected
from domain.directory.files.reader import Faults, one_of
from domain.directory.files.strays import note_strays
from domain.directory.files.tables import Row, Tables
from domain.directory.files.terms import Terms
from domain.directory.needs import needs_of
from domain.directory.values import (
    SERVICE_TEXTS,
    Location,
    Organization,
    Service,
    ServiceArea,
    Status,
)

MAX_ID = 200
# What is read of an organisation.
_OF_ORGANIZATIONS = ("name", "alternate_name", "description", "email", "website")
_STATUS = one_of({status: status for status in get_args(Status)})


@dataclass(frozen=True, slots=True)
class Reading:
    services: list[Service]
    rejected: list[Rejected]


def assemble(tables: Tables, country: str, language: str) -> Reading:
    """`country` stands in where an address names none, `language` where the file does not say
    what its texts are written in.
    """
    faults = Faults()
    for _, row in tables.misplaced:
        faults.note(row, None, "There are more cells than columns: quote a text that has a comma.")
    services = list(_Assembly(tables, faults, country, language).services())
    note_strays(tables, faults)
    return Reading(services, [*faults.all, *tables.rejected, *tables.pages.missing()])


class _Assembly:
    def __init__(self, tables: Tables, faults: Faults, country: str, language: str) -> None:
        self._tables = tables
        self._faults = faults
        self._country = country
        self._language = _language_of(tables, faults) or language
        self._details = Details(tables, faults)
        self._terms = Terms(tables, faults)
        self._hidden = Hidden(tables, self._terms)
        self._places = Places(tables, self._details, self._terms, self._hidden, faults, country)
        self._organizations = self._first_organizations()
        self._visits = tables.by("service_at_location", "service_id")
        self._areas = tables.by("service_areas", "service_id")
        self._documents = tables.by("required_documents", "service_id")
        self._eligibility = tables.by("eligibility", "service_id")

    def _first_organizations(self) -> dict[str, Row]:
        """Of those that have one id, the first: which is meant, nobody can tell."""
        found: dict[str, Row] = {}
        of_services = self._tables.lines("services")
        for row in self._tables["organizations"]:
            first = found.setdefault(row["id"], row)
            # In a table of one's own one is named with each service, beside what is that one's.
            differs = any(row[column] != first[column] for column in _OF_ORGANIZATIONS)
            if differs and row["id"] and row.line not in of_services:
                self._faults.note(row, "id", "Another organization has the same id.")
        return found

    def services(self) -> Iterator[Service]:
        seen: set[str] = set()
        for row in self._tables["services"]:
            if not self._is_usable(row):
                continue
            if row["id"] in seen:
                self._faults.note(row, "id", "Another service has the same id.")
                continue
            seen.add(row["id"])
            yield self._service(row)

    def _is_usable(self, row: Row) -> bool:
        for column in ("id", "name"):
            if not row[column]:
                self._faults.note(row, column, f"A service needs its {column}.")
                return False
        if len(row["id"]) > MAX_ID:
            self._faults.note(row, "id", f"The id is longer than {MAX_ID} characters.")
            return False
        status = self._faults.value(row, "status", _STATUS)
        return bool(self._faults.text(row, "name")) and (bool(status) or not row["status"])

    def _service(self, row: Row) -> Service:
        value, identity = self._faults.value, row["id"]
        texts = self._faults.texts(row, *sorted(SERVICE_TEXTS), "url", "email")
        older = self._eligibility.get(identity, ())
        said = [self._faults.text(each, "eligibility") for each in older]
        texts["eligibility_description"] = "\n".join(
            filter(None, [texts["eligibility_description"], *said])
        )
        categories = self._terms.categories(identity)
        return Service(
            id=identity,
            organization=self._organization(row),
            status=value(row, "status", _STATUS) or "active",
            minimum_age=value(row, "minimum_age", cells.whole_of),
            maximum_age=value(row, "maximum_age", cells.whole_of),
            assured_date=value(row, "assured_date", cells.date_of),
            last_modified=value(row, "last_modified", cells.moment_of),
            language=self._terms.language(identity) or self._language,
            translations=self._terms.translations(identity, SERVICE_TEXTS),
            languages=self._details.languages("service_id", identity),
            categories=categories,
            needs=self._terms.needs(identity)
            or needs_of(texts["name"], categories, texts["description"]),
            required_documents=tuple(dict.fromkeys(self._papers(identity))),
            phones=self._details.phones("service_id", identity)
            or self._details.phones("organization_id", row["organization_id"]),
            schedules=self._details.schedules("service_id", identity, self._country_of(identity)),
            areas=tuple(dict.fromkeys(map(self._area, self._areas.get(identity, ())))),
            locations=tuple(self._locations(row)),
            **texts,
        )

    def _country_of(self, identity: str) -> str:
        """By whose clocks a service's own hours go, where all its doors are in one country."""
        visits, areas = self._visits.get(identity, ()), self._areas.get(identity, ())
        places = [self._places.get(visit["location_id"]) for visit in visits]
        doors = {place.country for place in places if place and place.country}
        served = doors or {area.country for area in map(self._area, areas) if area.country}
        if len(served) > 1:
            return ""
        return served.pop() if served else self._country

    def _organization(self, row: Row) -> Organization | None:
        identity = row["organization_id"]
        found = self._organizations.get(identity)
        if not found or not found["name"]:
            self._faults.note(row, "organization_id", "There is no such organization.")
            return None
        return Organization(id=identity, **self._faults.texts(found, *_OF_ORGANIZATIONS))

    def _papers(self, identity: str) -> Iterator[str]:
        for row in self._documents.get(identity, ()):
            if document := self._faults.text(row, "document"):
                yield document

    def _area(self, row: Row) -> ServiceArea:
        texts = self._faults.texts(row, "name", "extent", "extent_type")
        column = "extent" if texts["extent_type"] == "country" else "country"
        country = self._faults.value(row, column, cells.country_of) or ""
        if not row[column]:
            country = self._country
        return ServiceArea(**texts, country=country)

    def _locations(self, row: Row) -> Iterator[Location]:
        secret = self._is_secret(row)
        if secret and row["id"] in self._visits:
            self._faults.note(row, None, LEFT_OUT)
        for visit in self._visits.get(row["id"], ()):
            place = self._places.get(visit["location_id"])
            if not place:
                self._faults.note(visit, "location_id", "There is no such location.")
            elif secret:
                yield place.without_address()
            elif self._hidden.is_said("service_at_location_id", visit["id"]):
                self._faults.note(visit, None, LEFT_OUT)
                yield place.without_address()
            else:
                yield self._visited(place, visit["id"])

    def _is_secret(self, row: Row) -> bool:
        """Whether it says so itself, or whoever offers it does."""
        owners = ("service_id", row["id"]), ("organization_id", row["organization_id"])
        return any(self._hidden.is_said(column, identity) for column, identity in owners)

    def _visited(self, place: Location, visit: str) -> Location:
        """The place with what holds there for this service alone."""
        if not visit:
            return place
        owner = "service_at_location_id"
        return replace(
            place,
            phones=place.phones + self._details.phones(owner, visit),
            schedules=self._details.schedules(owner, visit, place.country) or place.schedules,
        )


def _language_of(tables: Tables, faults: Faults) -> str | None:
    """What the file's texts are written in, where it describes its services table."""
    described = {row["name"].casefold(): row for row in tables["meta_table_descriptions"]}
    said = (
        faults.value(described[name], "language", cells.language_of)
        for name in ("services", "service")
        if name in described
    )
    return next(filter(None, said), None)
