from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns.suppression import suppress

COUNTS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 30), min_size=1)


@given(COUNTS, st.sampled_from([5, 10]))
def test_no_small_cell_is_shown_nor_can_be_worked_out_from_the_total(
    counts: dict[str, int], smallest: int
) -> None:
    shown = suppress(counts, smallest)
    hidden = [counts[cell] for cell, count in shown.items() if count is None]

    assert all(count is None or count >= smallest for count in shown.values())
    assert all(count is None or count == counts[cell] for cell, count in shown.items())
    assert not hidden or sum(hidden) >= smallest or len(hidden) == len(counts)


def test_a_second_cell_is_hidden_so_that_the_first_stays_hidden() -> None:
    assert suppress({"no": 40, "yes": 3, "maybe": 12}, 5) == {"no": 40, "yes": None, "maybe": None}


def test_what_is_large_enough_is_shown() -> None:
    assert suppress({"no": 40, "yes": 5}, 5) == {"no": 40, "yes": 5}
