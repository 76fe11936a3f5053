"""How sure a share is, against published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.figures.uncertainty import share_of

ROUNDING = 1e-12


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: Wilson's score.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_around_a_share_is_wilsons(
    count: int, base: int, low: float, high: float
) -> None:
    share = share_of(count, base)

    assert share.share == count / base
    assert (share.low, share.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_no_interval_leaves_what_a_share_can_be_or_lies_beside_its_share(
    group: tuple[int, int],
) -> None:
    share = share_of(*group)

    assert 0 <= share.low <= share.share + ROUNDING
    assert share.share - ROUNDING <= share.high <= 1
