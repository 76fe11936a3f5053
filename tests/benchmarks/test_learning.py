"""How the gist learns."""

import numpy as np
import pytest

from benchmarks import learning
from benchmarks.learning import Batch, Lists, Network
from domain.distress.gist import in_rows, pooled


def loss(network: Network, batch: Batch) -> float:
    """What learning makes less, reckoned from what serves."""
    layers, starts = network.layers(), batch.words.starts
    vectors = network._together(batch.spelled)[batch.which]
    seen = layers.rows.rectified(in_rows(vectors, starts))
    whole = pooled(seen, starts, network._together(batch.matters))
    scores = layers.scores.of(layers.whole.rectified(whole)).astype(np.float64)
    return float(np.mean(np.logaddexp(0, scores) - batch.right * scores))


@pytest.fixture
def nothing_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WHOLE_LOST", "HIDDEN_LOST"):
        monkeypatch.setattr(learning, name, 0.0)


@pytest.mark.usefixtures("nothing_lost")
def test_each_gradient_is_how_much_worse_a_little_more_of_a_weight_makes_it() -> None:
    chance = np.random.default_rng(3)
    network = Network(chance, 3)
    words = Lists.of([[0, 1, 2, 0], [3], [1, 4, 4]])
    spelled = Lists.of([[5, 9], [7], [5, 11, 12], [8], [9, 6]])
    matters = Lists.of([[20, 5], [], [21]])
    right = np.array([[1, 0, 0], [0, 0, 0], [1, 1, 1]], np.float32)
    batch = Batch(words, words.numbers, spelled, matters, right)
    gradients = network.gradients(batch)
    layers = [array for layer in network.layers() for array in layer]
    reckoned = [array for layer in gradients.layers for array in layer]
    table = np.zeros_like(network.table.weights)
    table[gradients.places] = gradients.table
    little = 1e-3
    for weights, gradient in zip([*layers, network.table.weights], [*reckoned, table], strict=True):
        where = np.argsort(-np.abs(gradient), axis=None)[:5]
        for place in where:
            at = np.unravel_index(place, weights.shape)
            before = weights[at]
            weights[at] = before + little
            more = loss(network, batch)
            weights[at] = before - little
            less = loss(network, batch)
            weights[at] = before
            assert gradient[at] == pytest.approx((more - less) / (2 * little), rel=0.03, abs=1e-4)


def test_lists_give_those_that_are_asked_for_without_what_is_not_kept() -> None:
    lists = Lists.of([[1, 2, 3], [], [4], [5, 6]])
    some = lists.some(np.array([3, 0, 1]))
    assert (some.numbers.tolist(), some.lengths.tolist()) == ([5, 6, 1, 2, 3], [2, 3, 0])
    kept = some.kept(some.numbers % 2 == 0)
    assert (kept.numbers.tolist(), kept.lengths.tolist()) == ([6, 2], [1, 1, 0])
