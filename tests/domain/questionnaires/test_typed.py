"""What somebody typed is kept as what they meant, or asked for again."""

import pytest

from domain.questionnaires.typed import Wrong, read
from domain.questionnaires.values import Kind, Question, Words


def typed(kind: Kind, words: str) -> str:
    return read(Question("it", Words("How much?"), kind=kind), words)


@pytest.mark.parametrize("words", ["1.500", "1,500", "-12,345", "999.000", "١٢.٥٠٠"])
def test_a_number_that_may_be_in_thousands_is_asked_for_again(words: str) -> None:
    assert typed(Kind.DECIMAL, words) is Wrong.EITHER


@pytest.mark.parametrize("words", ["much", "1.", "1.000.000", "3 or 4", ""])
def test_what_is_no_number_is_not_said_to_be_one_of_two(words: str) -> None:
    assert typed(Kind.DECIMAL, words) is Wrong.NUMBER


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("1500", "1500"),
        ("1,5", "1.5"),
        ("1.50", "1.5"),
        ("0,125", "0.125"),
        ("٠.١٢٥", "0.125"),
        ("١٢٫٥٠٠", "12.5"),
        ("1234.567", "1234.567"),
        ("1.2345", "1.2345"),
    ],
)
def test_a_number_that_can_be_read_in_one_way_alone_is_taken(words: str, kept: str) -> None:
    assert typed(Kind.DECIMAL, words) == kept


@pytest.mark.parametrize(
    "words", ["1403-03-05", "5.3.1445", "٥/٣/١٤٤٥", "0001-01-01", "9999-12-31"]
)
def test_a_year_of_another_calendar_is_no_date(words: str) -> None:
    assert typed(Kind.DATE, words) is Wrong.DATE


@pytest.mark.parametrize("words", ["2024-3-5", "5.3.2024", "٢٠٢٤-٠٣-٠٥"])
def test_a_day_of_this_calendar_is_one_however_it_is_written(words: str) -> None:
    assert typed(Kind.DATE, words) == "2024-03-05"


@pytest.mark.parametrize(
    ("kind", "words", "kept"),
    [
        (Kind.INTEGER, "\u200f١٢", "12"),
        (Kind.DECIMAL, "\u20681.5\u2069", "1.5"),
        (Kind.DATE, "\u200f٥\u200f/٣\u200f/٢٠٢٤", "2024-03-05"),
    ],
)
def test_what_only_turns_the_direction_of_a_line_is_no_part_of_a_number_or_date(
    kind: Kind, words: str, kept: str
) -> None:
    """As in what was copied out of Arabic."""
    assert typed(kind, words) == kept
