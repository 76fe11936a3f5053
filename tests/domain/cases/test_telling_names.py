import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.telling_names import Told, told_by
from domain.casework.work import LONGEST_NOTE

TELLING = [
    ("She can be reached under 069 123 4567.", Told.NUMBER),
    ("Tel. +355 (69) 12-34-567 after six", Told.NUMBER),
    ("Ihre Nummer: 0170/1234567", Told.NUMBER),
    ("رقمها ٠٦١٢٣٤٥٦٧٨", Told.NUMBER),
    ("Write to arta.h@example.org instead", Told.NUMBER),
    ("On Telegram they are @arta_1990", Told.NUMBER),
    ("https://t.me/arta", Told.NUMBER),
    ("Lives at 12 Baker Street now", Told.ADDRESS),
    ("Jeton në Rruga e Kavajës 31", Told.ADDRESS),
    ("Elle habite 8, rue des Lilas", Told.ADDRESS),
    ("Wohnt in der Hauptstraße 5", Told.ADDRESS),
    ("Живе на вул. Шевченка, 7", Told.ADDRESS),
    ("Живёт: ул. Ленина, дом 4", Told.ADDRESS),
    ("Mieszka na ul. Długiej 14", Told.ADDRESS),
    ("Vive en la calle Mayor 3", Told.ADDRESS),
    ("تسكن في شارع الحرية 12", Told.ADDRESS),
    ("Her brother Besnik Gashi waits outside", Told.NAME),
    ("The man is called Besnik", Told.NAME),
    ("Son frère s'appelle Karim", Told.NAME),
    ("Er heißt Karim", Told.NAME),
    ("Її брата звати Олег", Told.NAME),
    ("Его зовут Олег", Told.NAME),
    ("اسمه كريم", Told.NAME),
]
HARMLESS = [
    "",
    "Called the shelter: one bed, from 18:00.",
    "Wrote twice on 12.05.2026 and 2026-05-13, no answer.",
    "Will try again Monday morning; she goes to Albania in March.",
    "Second signal K7-4M2Q, 3 children, about 1200 euros owed.",
    "Polizei ist informiert, Termin im Amt am Montag.",
    "NGO in Tirana has no place before next week.",
    "Відповіла о 14:00, боїться повертатися додому.",
    "قالت إنها ستكتب غداً",
]


@pytest.mark.parametrize(("note", "told"), TELLING)
def test_a_note_that_tells_who_or_where_is_noticed(note: str, told: Told) -> None:
    assert told in told_by(note)


@pytest.mark.parametrize("note", HARMLESS)
def test_a_note_about_the_work_raises_no_question(note: str) -> None:
    assert told_by(note) == frozenset()


@given(st.text(max_size=200))
def test_no_note_is_too_strange_to_be_read(note: str) -> None:
    assert told_by(note) <= set(Told)


@pytest.mark.parametrize("piece", ["a", "ab.", "1", "a-", "1 ", "Ab "])
def test_a_note_of_one_endless_word_keeps_nobody_waiting(piece: str) -> None:
    """As much as a note holds: it took two minutes, in which the replica heard nobody."""
    told_by(piece * (LONGEST_NOTE // len(piece)))
