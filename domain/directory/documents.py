"""A service as the one JSON document that is stored of it, and what is searched in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2s
from typing import Any

from pydantic import TypeAdapter

from domain.directory.folding import bare, fold, romanised
from domain.directory.values import Location, Service, Translations

MAX_SEARCHED = 100_000


@dataclass(frozen=True, slots=True)
class PlaceOfService:
    """Where a service is or which area it serves; without a name, the whole country."""

    number: int
    country: str
    name: str
    names: dict[str, str]
    latitude: float | None = None
    longitude: float | None = None

    @property
    def key(self) -> str:
        """All places of one name in a country have one; short enough for a button."""
        place = f"{self.country}/{fold(self.name)}"
        return blake2s(place.encode(), digest_size=6).hexdigest()


def to_document(service: Service) -> dict[str, Any]:
    document: dict[str, Any] = _adapter().dump_python(service, mode="json", exclude_defaults=True)
    return document


def from_document(document: dict[str, Any]) -> Service:
    return _adapter().validate_python(document)


def title_words(service: Service) -> str:
    return _folded(
        service.name,
        service.alternate_name,
        *service.categories,
        *service.needs,
        *_translated(service.translations, "name", "alternate_name"),
    )


def other_words(service: Service) -> str:
    organization = service.organization
    return _folded(
        *((organization.name, organization.alternate_name) if organization else ()),
        service.description,
        service.eligibility_description,
        *_translated(service.translations, "description", "eligibility_description"),
        *(area.name for area in service.areas),
        *(text for place in service.locations for text in _words_of(place)),
    )


def places_of(service: Service) -> Iterator[PlaceOfService]:
    for number, place in enumerate(service.locations):
        yield PlaceOfService(
            number,
            place.country,
            place.city or place.state_province,
            _names(place),
            place.latitude,
            place.longitude,
        )
    home = next((place.country for place in service.locations if place.country), "")
    for number, area in enumerate(service.areas, start=len(service.locations)):
        name = "" if area.is_whole_country else area.name
        yield PlaceOfService(number, area.country or home, name, {})


def _names(place: Location) -> dict[str, str]:
    field = "city" if place.city else "state_province"
    return {
        language: texts[field] for language, texts in place.translations.items() if field in texts
    }


def _words_of(place: Location) -> Iterator[str]:
    yield from (place.name, place.city, place.state_province)
    yield from _translated(place.translations, "name", "city", "state_province")


def _translated(translations: Translations, *fields: str) -> Iterator[str]:
    for texts in translations.values():
        yield from (texts[field] for field in fields if field in texts)


def _folded(*texts: str) -> str:
    # PostgreSQL indexes a megabyte of words at most.
    searched = " ".join(texts)[:MAX_SEARCHED]
    folded = fold(searched)
    apart = set(bare(searched).split()) - set(folded.split())
    return " ".join(filter(None, (folded, romanised(folded), *sorted(apart))))


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Service]:
    return TypeAdapter(Service)
