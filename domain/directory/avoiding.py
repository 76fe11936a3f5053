"""What somebody must not be sent to: whole countries and single places that they avoid."""

import re
from collections.abc import Iterable
from dataclasses import replace

from domain.directory.documents import places_of
from domain.directory.folding import fold, romanised
from domain.directory.values import Service

#: As (country, key of a place), with "" for all of a country.
Avoided = frozenset[tuple[str, str]]

_VOWELS = "aeiouyаеиіоуяыαεηιου"
# A name in a sentence may carry a case's ending, and in Arabic what is written onto it in front.
_ENDING = r"\w{0,2}"
_ONTO = r"(?:[وبفلك]{0,2}(?:ال|ل)?)"


def without(service: Service, avoided: Avoided) -> Service | None:
    """The service without its doors there; None where it is nowhere else.

    What is in no place, such as a telephone line, can be avoided by nobody.
    """
    places = list(places_of(service))
    shut = {
        place.number
        for place in places
        if {(place.country, ""), (place.country, place.key)} & avoided
    }
    if not shut:
        return service
    if len(shut) == len(places):
        return None
    doors = (door for number, door in enumerate(service.locations) if number not in shut)
    return replace(service, locations=tuple(doors))


def names_any(words: str, names: Iterable[str]) -> bool:
    """Whether a text seems to speak of one of these places, however it is spelled or inflected.

    It guesses, rather once too often: what it stops is read by somebody.
    """
    folded = fold(words)
    text = f"{folded} {romanised(folded)}"
    return any(re.search(_pattern(name), text) for name in names if fold(name))


def _pattern(name: str) -> str:
    folded = fold(name)
    spellings = {folded, " ".join(romanised(word) or word for word in folded.split())}
    return "|".join(_spelled(each) for each in spellings)


def _spelled(folded: str) -> str:
    stems = (_stem(word) for word in folded.split())
    return rf"\b{_ONTO}" + rf"{_ENDING}\s".join(map(re.escape, stems)) + rf"{_ENDING}\b"


def _stem(word: str) -> str:
    return word.rstrip(_VOWELS) if len(word) > 4 and len(word.rstrip(_VOWELS)) > 2 else word
