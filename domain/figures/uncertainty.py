"""How sure a share can be that comes from a few answers."""

from dataclasses import dataclass
from math import sqrt

#: Of a hundred such intervals, about 95 hold the true share.
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """Of 1, with Wilson's interval around it."""

    share: float
    low: float
    high: float


def share_of(count: int, base: int) -> Share:
    """Wilson's interval, which stays sensible for few people and for shares near 0 and 1."""
    share, square = count / base, Z * Z
    middle = (share + square / (2 * base)) / (1 + square / base)
    reach = Z / (1 + square / base) * sqrt(share * (1 - share) / base + square / (4 * base * base))
    return Share(share, max(0.0, middle - reach), min(1.0, middle + reach))
