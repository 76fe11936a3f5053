"""A handful of what `make fuzz` tries for as long as it is given."""

from random import Random

import pytest

from tests.attacks.fuzzing.shapes import flipped
from tests.attacks.fuzzing.targets import TARGETS

_TIMES = 20


@pytest.mark.parametrize("name", TARGETS)
# Libraries warn of what is odd in a file or a pattern, and go on.
@pytest.mark.filterwarnings("ignore")
def test_p1_whatever_somebody_sends_is_refused_in_our_own_way_or_taken(name: str) -> None:
    target = TARGETS[name]
    for seed in target.seeds:
        target.run(seed)
    for number in range(_TIMES):
        random = Random(number)
        data = random.choice(target.seeds)
        for _ in range(random.randint(1, 4)):
            data = target.shape(data, random, flipped(random))
        target.run(data)
