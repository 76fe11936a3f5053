"""Where services are. An address that is said to be secret is not taken, and no more of the place
than its country.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import get_args

from domain.directory.files import cells
from domain.directory.files.details import Details
from domain.directory.files.hidden import Hidden
from domain.directory.files.reader import Faults, one_of
from domain.directory.files.secrecy import says_secret, says_secret_place
from domain.directory.files.tables import Row, Tables
from domain.directory.files.terms import Terms
from domain.directory.values import LOCATION_TEXTS, Location, LocationType

LEFT_OUT = "The address is said to be secret and was left out."
_TYPE = one_of({kind: kind for kind in get_args(LocationType)})
_NOWHERE = Row("", 0, {})
_OF_PLACES = (
    "location_type", "latitude", "longitude", "name", "alternate_name", "description",
    "transportation",
)  # fmt: skip
_ACCESS = ("description", "details")
_ADDRESS = ("address_1", "address_2", "city", "state_province", "postal_code")
# Of an address nothing else is taken; what it says of the rest counts all the same.
_BESIDE = ("attention", "region")


class Places:
    def __init__(
        self,
        tables: Tables,
        details: Details,
        terms: Terms,
        hidden: Hidden,
        faults: Faults,
        country: str,
    ) -> None:
        self._tables = tables
        self._details = details
        self._terms = terms
        self._hidden = hidden
        self._faults = faults
        self._country = country
        self._read: dict[str, Location | None] = {}

    def get(self, identity: str) -> Location | None:
        if identity not in self._read:
            rows = self._rows.get(identity)
            self._read[identity] = self._location(rows) if rows else None
        return self._read[identity]

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        return self._tables.by("locations", "id")

    @cached_property
    def _addresses(self) -> dict[str, list[Row]]:
        return self._tables.by("addresses", "location_id")

    @cached_property
    def _accessibility(self) -> dict[str, list[Row]]:
        return self._tables.by("accessibility", "location_id")

    def _location(self, rows: list[Row]) -> Location:
        """The first that has this id: which of them is meant, nobody can tell."""
        row = rows[0]
        for other in rows[1:]:
            # A table of one's own names a place with each service there, in rows that differ.
            if any(other[column] != row[column] for column in _OF_PLACES):
                self._faults.note(other, "id", "Another location has the same id.")
        address = self._address(row["id"])
        country = self._country_of(address)
        if any(map(self._is_secret, rows)):
            self._faults.note(row, None, LEFT_OUT)
            return Location(id=row["id"], country=country)
        latitude, longitude = self._coordinates(row)
        return Location(
            id=row["id"],
            location_type=self._faults.value(row, "location_type", _TYPE) or "physical",
            latitude=latitude,
            longitude=longitude,
            country=country,
            accessibility=self._access(row["id"]),
            languages=self._details.languages("location_id", row["id"]),
            phones=self._details.phones("location_id", row["id"]),
            schedules=self._details.schedules("location_id", row["id"], country),
            translations=self._terms.translations(row["id"], LOCATION_TEXTS),
            **self._faults.texts(row, "name", "description", "transportation"),
            **self._faults.texts(address, *_ADDRESS),
        )

    def _address(self, identity: str) -> Row:
        """Where its doors are, or else where its post goes. Not to whose attention."""
        rows = self._addresses.get(identity, [_NOWHERE])
        return next((row for row in rows if row["address_type"] == "physical"), rows[0])

    def _country_of(self, address: Row) -> str:
        country = self._faults.value(address, "country", cells.country_of) or ""
        if not address["country"]:
            country = self._country
        if not country and address is not _NOWHERE and not address["country"]:
            self._faults.note(address, "country", "The country is empty; name one for the import.")
        return country

    def _is_secret(self, row: Row) -> bool:
        addresses = self._addresses.get(row["id"], ())
        return (
            self._hidden.is_said("location_id", row["id"])
            or any(self._terms.says_secret(each["id"]) for each in addresses)
            or any(map(says_secret, self._names(row, addresses)))
            or any(says_secret_place(row[column]) for column in ("description", "transportation"))
            or any(
                says_secret_place(each[column])
                for each in self._accessibility.get(row["id"], ())
                for column in _ACCESS
            )
        )

    def _names(self, row: Row, addresses: Iterable[Row]) -> Iterator[str]:
        """What the place is called and where it is, and all that is translated of it."""
        yield from (row["name"], row["alternate_name"])
        yield from (each[column] for each in addresses for column in (*_ADDRESS, *_BESIDE))
        for texts in self._terms.translations(row["id"], LOCATION_TEXTS).values():
            yield from texts.values()

    def _coordinates(self, row: Row) -> tuple[float | None, float | None]:
        latitude = self._faults.value(row, "latitude", lambda text: cells.degrees_of(text, 90))
        longitude = self._faults.value(row, "longitude", lambda text: cells.degrees_of(text, 180))
        # Both zero is a point in the Gulf of Guinea where forms put what they do not know.
        if latitude is None or longitude is None or latitude == longitude == 0:
            return None, None
        return latitude, longitude

    def _access(self, identity: str) -> str:
        rows = self._accessibility.get(identity, ())
        said = (self._faults.text(row, column) for row in rows for column in _ACCESS)
        return " ".join(filter(None, said))
