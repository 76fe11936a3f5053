from hypothesis import given
from hypothesis import strategies as st

from domain.figures.suppression import classes, rounded

ROWS = st.integers(1, 3).flatmap(
    lambda groups: st.dictionaries(
        st.sampled_from("abcdefg"),
        st.lists(st.integers(0, 30), min_size=groups, max_size=groups),
        min_size=1,
    )
)


@given(ROWS, st.sampled_from([5, 10]))
def test_every_sum_is_large_enough_in_every_group_or_there_is_only_one(
    rows: dict[str, list[int]], smallest: int
) -> None:
    shown = classes(rows, smallest)

    assert sorted(cell for cells in shown for cell in cells) == sorted(rows)
    if len(shown) > 1:
        for cells in shown:
            of_groups = zip(*(rows[cell] for cell in cells), strict=True)
            assert all(sum(row) >= smallest for row in of_groups)


def test_a_small_cell_is_added_to_its_smallest_neighbour() -> None:
    assert classes({"no": [40], "yes": [3], "maybe": [12]}, 5) == [("no",), ("yes", "maybe")]


def test_nobody_is_as_small_as_somebody() -> None:
    assert classes({"no": [40], "yes": [0], "maybe": [12]}, 5) == [("no",), ("yes", "maybe")]


def test_what_is_large_enough_is_shown_by_itself() -> None:
    assert classes({"no": [40, 9], "yes": [5, 6]}, 5) == [("no",), ("yes",)]


def test_what_is_together_elsewhere_stays_together() -> None:
    rows = {"no": [40], "yes": [25], "maybe": [12]}

    assert classes(rows, 5, joined=("no", "maybe")) == [("yes",), ("no", "maybe")]


@given(st.integers(0, 200), st.integers(0, 200), st.sampled_from([5, 10]))
def test_of_two_that_overlap_no_small_difference_can_be_taken(
    one: int, other: int, smallest: int
) -> None:
    """As of two campaigns, or of one page on two days."""
    low = rounded(one, smallest) - (rounded(other, smallest) + smallest - 1)
    high = rounded(one, smallest) + smallest - 1 - rounded(other, smallest)

    assert low <= one - other <= high
    assert not 1 <= low <= high < smallest
