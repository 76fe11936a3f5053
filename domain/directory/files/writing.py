"""Services out again as HSDS 3.0: CSV files and their datapackage.json in one zip archive."""

import csv
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, replace
from io import BytesIO, StringIO
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid5

from domain.directory.files.formulas import disarmed
from domain.directory.files.tables import SINGULAR
from domain.directory.files.tabular import PACKAGE
from domain.directory.files.terms import LANGUAGE, NEEDS, TRANSLATION
from domain.directory.values import (
    SERVICE_TEXTS,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    Translations,
)

Cells = dict[str, Any]
Shared = Organization | Location
Copy = TypeVar("Copy", Organization, Location)

_WHEN = (
    "freq", "byday", "bymonthday", "byweekno", "byyearday", "interval", "count", "dtstart",
    "valid_from", "valid_to", "opens_at", "closes_at", "description",
)  # fmt: skip
_FACTS = ("id", "status", "url", "email", "minimum_age", "maximum_age", "assured_date")
_PLACE = (
    "id", "location_type", "name", "description", "transportation", "latitude", "longitude",
)  # fmt: skip
_ADDRESS = ("address_1", "address_2", "city", "state_province", "postal_code", "country")


def write_directory(services: Iterable[Service]) -> bytes:
    sheets = _Sheets()
    for service in services:
        sheets.add_service(service)
    return _zipped(sheets.rows)


class _Sheets:
    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Cells]] = defaultdict(dict)
        self._first: dict[tuple[type[Shared], str], Shared] = {}

    def add_service(self, service: Service) -> None:
        own = {"service_id": service.id}
        organization = service.organization and self._add_organization(service.organization)
        self._put(
            "services",
            **_cells(service, *_FACTS, *sorted(SERVICE_TEXTS)),
            organization_id=organization,
            last_modified=service.last_modified and service.last_modified.isoformat(),
        )
        self._add_details(own, service.phones, service.schedules, service.languages)
        for document in service.required_documents:
            self._add("required_documents", document=document, **own)
        for area in service.areas:
            cells = _cells(area, "name", "extent", "extent_type", "country")
            self._add("service_areas", **cells, **own)
        for location in service.locations:
            self._add_visit(service, location)
        self._add_terms(service)

    def _add_organization(self, organization: Organization) -> str:
        names = ("id", "name", "alternate_name", "description", "email", "website")
        written = self._apart(organization)
        self._put("organizations", **_cells(written, *names))
        return written.id

    def _add_visit(self, service: Service, location: Location) -> None:
        """The place once, and what holds there for this service under their meeting."""
        place = self._apart(replace(location, phones=(), schedules=()))
        self._put("locations", **_cells(place, *_PLACE))
        at = {"location_id": place.id}
        if place.country or place.city:
            cells = _cells(place, *_ADDRESS)
            self._add("addresses", **cells, address_type="physical", **at)
        if place.accessibility:
            self._add("accessibility", description=place.accessibility, **at)
        self._add_details(at, (), (), place.languages)
        self._add_translations(place.id, "location", place.translations)
        visit = self._add("service_at_location", service_id=service.id, **at)
        here = {"service_at_location_id": visit}
        self._add_details(here, location.phones, location.schedules, ())

    def _add_details(
        self,
        owner: Cells,
        phones: Iterable[Phone],
        schedules: Iterable[Schedule],
        languages: Iterable[str],
    ) -> None:
        for phone in phones:
            cells = _cells(phone, "number", "extension", "type", "description")
            identity = self._add("phones", **cells, **owner)
            for code in phone.languages:
                self._add("languages", code=code, name=code, phone_id=identity)
        for schedule in schedules:
            self._add("schedules", **_cells(schedule, *_WHEN), **owner)
        for code in languages:
            self._add("languages", code=code, name=code, **owner)

    def _add_terms(self, service: Service) -> None:
        for name in service.categories:
            self._add_attribute(service.id, "service", {"name": name, "description": name})
        for need in service.needs:
            self._add_attribute(service.id, "service", {"code": need, "taxonomy": NEEDS})
        original = {"code": LANGUAGE, "taxonomy": TRANSLATION}
        self._add_attribute(service.id, "service", original, service.language)
        self._add_translations(service.id, "service", service.translations)

    def _add_translations(self, identity: str, entity: str, translations: Translations) -> None:
        for language, texts in translations.items():
            for code, text in texts.items():
                term = {"code": code, "taxonomy": TRANSLATION, "language": language}
                self._add_attribute(identity, entity, term, text)

    def _add_attribute(self, link_id: str, entity: str, term: Cells, value: str = "") -> None:
        named = {"name": term.get("code", ""), "description": term.get("code", "")} | term
        self._add(
            "attributes",
            link_id=link_id,
            link_entity=entity,
            taxonomy_term_id=self._add("taxonomy_terms", **named),
            value=value,
        )

    def _apart(self, copy: Copy) -> Copy:
        """Under an id of its own where the first that has its id says something else. Each service
        holds a copy, as its source said it last; and of a place that one keeps secret no more than
        the country, whatever others say of it.
        """
        if self._first.setdefault((type(copy), copy.id), copy) == copy:
            return copy
        return replace(copy, id=_following_from(type(copy).__name__, asdict(copy)))

    def _add(self, table: str, **cells: Any) -> str:
        """A row whose id follows from what it says, so that saying it twice adds nothing."""
        identity = _following_from(table, cells)
        self._put(table, id=identity, **cells)
        return identity

    def _put(self, table: str, **cells: Any) -> None:
        self.rows[table].setdefault(cells["id"], cells)


def _following_from(kind: str, cells: Cells) -> str:
    return str(uuid5(NAMESPACE_URL, json.dumps([kind, cells], default=str)))


def _cells(value: object, *names: str) -> Cells:
    return {name: getattr(value, name) for name in names}


def _zipped(tables: dict[str, dict[str, Cells]]) -> bytes:
    buffer = BytesIO()
    columns = {table: _columns(rows.values()) for table, rows in tables.items()}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PACKAGE, json.dumps(_package(columns), indent=2))
        for table, rows in tables.items():
            archive.writestr(f"{table}.csv", _csv(columns[table], rows.values()))
    return buffer.getvalue()


def _columns(rows: Iterable[Cells]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _csv(columns: list[str], rows: Iterable[Cells]) -> str:
    text = StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: disarmed(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def _package(columns: dict[str, list[str]]) -> Cells:
    return {
        "name": "human_services_data",
        "resources": [
            {
                "name": SINGULAR[table],
                "path": f"{table}.csv",
                "schema": {"fields": [{"name": name, "type": "string"} for name in names]},
            }
            for table, names in columns.items()
        ],
    }
