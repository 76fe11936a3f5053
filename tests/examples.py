"""How many examples a property is tried with: what the profile says, or a share of that."""

from hypothesis import settings


def examples(share: float) -> int:
    """For what takes longer than others, or finds more. pytest's own `--hypothesis-profile long`
    raises all of them alike.
    """
    return max(1, round(settings().max_examples * share))
