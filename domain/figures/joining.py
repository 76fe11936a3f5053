"""Periods with too few in them are shown together with their neighbours, never by themselves."""

from collections.abc import Sequence


def joined(counts: Sequence[int], smallest: int) -> list[range]:
    """Which neighbours are shown as one sum, in order: each sum is large enough, and together they
    are everything, so that none can be taken apart by another. Too few at the end go with the last;
    too few altogether leave nothing.
    """
    sums: list[range] = []
    begins = 0
    for end in range(1, len(counts) + 1):
        if sum(counts[begins:end]) >= smallest:
            sums.append(range(begins, end))
            begins = end
    if sums and begins < len(counts):
        sums[-1] = range(sums[-1].start, len(counts))
    return sums
