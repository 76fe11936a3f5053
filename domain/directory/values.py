"""A directory in the words of HSDS 3.0. Absent texts are empty, absent facts None."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Literal, Self, TypeVar

from domain.directory.needs import Need
from locales.catalogues import NEAREST

Status = Literal["active", "inactive", "defunct", "temporarily closed"]
LocationType = Literal["physical", "postal", "virtual"]
Frequency = Literal["WEEKLY", "MONTHLY"]
_Said = TypeVar("_Said")

# As HSDS calls them, and as tables do.
_SILENT_PHONES = ("fax", "telefax", "pager")

#: Language to field to text: the same fields, said in other languages.
Translations = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: str
    alternate_name: str = ""
    description: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    extension: str = ""
    type: str = ""
    description: str = ""
    languages: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """By somebody, or at least by words: whoever calls a fax hears it whistle."""
        return bool(self.number) and not self.type.casefold().startswith(_SILENT_PHONES)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When doors are open, as HSDS borrows it from iCalendar: `byday` is "MO,TU" or "1MO,-1FR",
    the other lists hold numbers. Times are those of the place's own clocks.
    """

    freq: Frequency = "WEEKLY"
    byday: str = ""
    bymonthday: str = ""
    byweekno: str = ""
    byyearday: str = ""
    interval: int = 1
    count: int | None = None
    dtstart: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ServiceArea:
    name: str = ""
    extent: str = ""
    extent_type: str = ""
    #: Where it lies. HSDS has no such column; files of ours do.
    country: str = ""

    @property
    def is_whole_country(self) -> bool:
        return self.extent_type == "country"


@dataclass(frozen=True, slots=True)
class Location:
    id: str
    location_type: LocationType = "physical"
    name: str = ""
    description: str = ""
    transportation: str = ""
    latitude: float | None = None
    longitude: float | None = None
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state_province: str = ""
    postal_code: str = ""
    country: str = ""
    accessibility: str = ""
    languages: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    translations: Translations = field(default_factory=dict)

    def in_language(self, language: str) -> Self:
        return replace(self, **_texts(self.translations, language))

    def without_address(self) -> "Location":
        """As a place that somebody calls secret: of it only the country is kept."""
        return Location(id=self.id, country=self.country)


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    name: str
    organization: Organization | None = None
    status: Status = "active"
    alternate_name: str = ""
    description: str = ""
    url: str = ""
    email: str = ""
    application_process: str = ""
    fees_description: str = ""
    eligibility_description: str = ""
    interpretation_services: str = ""
    wait_time: str = ""
    alert: str = ""
    minimum_age: int | None = None
    maximum_age: int | None = None
    assured_date: date | None = None
    last_modified: datetime | None = None
    language: str = "en"
    translations: Translations = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    required_documents: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    areas: tuple[ServiceArea, ...] = ()
    locations: tuple[Location, ...] = ()

    @property
    def ages(self) -> str:
        """For whom it is, in figures; "" where it is for every age."""
        youngest = self.minimum_age or 0
        if self.maximum_age is not None:
            return f"{youngest}–{self.maximum_age}"
        return f"{youngest}+" if youngest else ""

    @property
    def spoken(self) -> tuple[str, ...]:
        """By the service, or else behind each of its doors."""
        behind_doors = {place.languages for place in self.locations}
        return self.languages or (behind_doors.pop() if len(behind_doors) == 1 else ())

    @property
    def phones_to_call(self) -> list[Phone]:
        """Its own and those of its doors, each once."""
        every = [*self.phones, *(phone for place in self.locations for phone in place.phones)]
        return list(
            {(each.number, each.extension): each for each in every if each.is_answered}.values()
        )

    def in_language(self, language: str) -> Self:
        """Itself with every text that exists in this language; the others stay as they are."""
        return replace(
            self,
            **_texts(self.translations, language),
            locations=tuple(place.in_language(language) for place in self.locations),
        )


SERVICE_TEXTS = frozenset(
    {
        "name", "alternate_name", "description", "application_process", "fees_description",
        "eligibility_description", "interpretation_services", "wait_time", "alert",
    }
)  # fmt: skip
LOCATION_TEXTS = frozenset(
    {"name", "description", "transportation", "address_1", "city", "state_province"}
)


def _texts(translations: Translations, language: str) -> dict[str, Any]:
    return said_in(language, translations) or {}


def said_in(language: str, said: Mapping[str, _Said]) -> _Said | None:
    """What is said in a language, or else in its plain form, "ar" for "ar-MA", or in the language
    that is read in its place.
    """
    plain = language.partition("-")[0]
    return said.get(language) or said.get(plain) or said.get(NEAREST.get(plain, plain))
