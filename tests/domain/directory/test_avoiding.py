"""Nobody is sent where it is not safe for them."""

from dataclasses import replace

import pytest

from domain.directory.avoiding import names_any, without
from domain.directory.documents import PlaceOfService
from domain.directory.values import Location, Service, ServiceArea

QUAY = Location("quay", city="Durrës", country="AL")
SQUARE = Location("square", city="Tirana", country="AL")
DURRES = ("AL", PlaceOfService(0, "AL", "Durrës", {}).key)
CLINIC = Service("clinic", "Clinic", locations=(QUAY, SQUARE))


def test_a_door_that_somebody_avoids_is_left_out_and_the_others_stay() -> None:
    left = without(CLINIC, frozenset({DURRES}))
    assert left is not None
    assert left.locations == (SQUARE,)
    assert without(CLINIC, frozenset({("IT", "")})) is CLINIC


@pytest.mark.parametrize("avoided", [DURRES, ("AL", "")], ids=["the place", "the country"])
def test_what_is_nowhere_else_is_none(avoided: tuple[str, str]) -> None:
    assert without(replace(CLINIC, locations=(QUAY,)), frozenset({avoided})) is None


def test_what_serves_a_whole_country_or_is_in_no_place_stays_without_the_door() -> None:
    everywhere = ServiceArea(name="Albania", extent_type="country", country="AL")
    left = without(replace(CLINIC, locations=(QUAY,), areas=(everywhere,)), frozenset({DURRES}))
    assert left is not None
    assert left.locations == ()
    line = replace(CLINIC, locations=())
    assert without(line, frozenset({DURRES, ("AL", "")})) is line


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Come to our office in DURRES, any morning.", "Durrës"),
        ("Zyra jonë në Durrësit", "Durrës"),
        ("Zyra e Tiranës është hapur", "Tirana"),
        ("Наш офіс в Одесі", "Одеса"),
        ("Наш офис в Одессе", "Одесса"),
        ("Our office in Kyiv", "Київ"),
        ("مكتبنا بالرباط مفتوح", "الرباط"),
        ("Το γραφείο στην Αθήνα", "Αθήνα"),
        ("unser Büro in Bad Ischl!", "Bad Ischl"),
    ],
)
def test_a_place_is_found_in_a_sentence_in_many_spellings(words: str, name: str) -> None:
    assert names_any(words, [name]), words


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Welcome back to Romania", "Roma"),
        ("Come in any morning", "Durrës"),
        ("anything", "..."),
        ("anything", ""),
    ],
)
def test_a_place_is_not_found_where_it_is_not(words: str, name: str) -> None:
    assert not names_any(words, [name])
