"""How whoever is named may be reached, as people send it."""

import pytest

from domain.errors import Refused
from domain.safety.silence_plan import checked_address


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("\u202a+355 69 123 4567\u202c", "+355 69 123 4567"),
        ("\u2068+212 600-123456\u2069", "+212 600-123456"),
        ("+1\u00a0(555)\u00a0123\u20114567", "+1\u00a0(555)\u00a0123\u20114567"),
        ("\u200e@besa_k", "@besa_k"),
    ],
)
def test_what_was_copied_from_contacts_or_out_of_an_arabic_line_is_a_number(
    sent: str, kept: str
) -> None:
    assert checked_address(sent) == kept


@pytest.mark.parametrize("sent", ["Rruga e Durrësit 12", "+355", "\u202a\u202c"])
def test_a_street_and_what_is_too_short_are_none(sent: str) -> None:
    with pytest.raises(Refused):
        checked_address(sent)
