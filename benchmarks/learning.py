"""How the gist learns: gradients by hand, so that what learns and what serves is the same code.

The network is small (decision 0048), so no library for learning is needed beside numpy.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from domain.distress.gist import Floats, Gist, Layer, Layers, in_rows, pooled, share_of
from domain.distress.likeness import BUCKETS, buckets_of

Ints = NDArray[np.intp]
WIDTH, ROWS, HIDDEN = 32, 128, 64
EPOCHS, BATCH, NEAR = 4, 256, 20
RATE, WARMING, DECAY = 3e-3, 0.1, 0.01
FIRST, SECOND, LEAST = 0.9, 0.999, 1e-8
# Forgotten on purpose, so that nothing hangs on one word or one number.
WORDS_LOST, WHOLE_LOST, HIDDEN_LOST = 0.1, 0.3, 0.2
LONGEST = 100
# One weight in ten thousand is cut to the most that a byte holds.
MOST, PARTS = 0.9999, 127


class Shown(NamedTuple):
    """A message as `Gist.of` takes it, and for each score whether it is so."""

    words: Sequence[str]
    matters: Sequence[int]
    right: Sequence[bool]


class Lists(NamedTuple):
    """Lists of numbers, one after the other."""

    numbers: Ints
    lengths: Ints

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Self:
        numbers = np.array([each for one in lists for each in one], np.intp)
        return cls(numbers, np.array([*map(len, lists)], np.intp))

    @property
    def starts(self) -> Ints:
        return np.cumsum(self.lengths) - self.lengths

    def some(self, places: Ints) -> Self:
        """The lists at these places."""
        lengths = self.lengths[places]
        shift = np.repeat(self.starts[places] - (np.cumsum(lengths) - lengths), lengths)
        return type(self)(self.numbers[np.arange(lengths.sum()) + shift], lengths)

    def kept(self, keep: NDArray[np.bool_]) -> Self:
        """Without the numbers that are not kept."""
        lists = np.repeat(np.arange(len(self.lengths)), self.lengths)[keep]
        return type(self)(self.numbers[keep], np.bincount(lists, minlength=len(self.lengths)))


class Batch(NamedTuple):
    """Messages that are learned from together: which word of `spelled` is where, and of each the
    buckets.
    """

    words: Lists
    which: Ints
    spelled: Lists
    matters: Lists
    right: Floats


class Learned:
    """A number of weights with Adam's memory of how they moved."""

    def __init__(self, weights: Floats, decay: float = 0.0) -> None:
        self.weights, self._decay = weights, decay
        self._mean, self._square = np.zeros_like(weights), np.zeros_like(weights)

    def step(self, gradient: Floats, rate: float, number: int, places: Ints | None = None) -> None:
        """Only those at `places` move, which `gradient` is of, or else all."""
        at = slice(None) if places is None else places
        self._mean[at] = FIRST * self._mean[at] + (1 - FIRST) * gradient
        self._square[at] = SECOND * self._square[at] + (1 - SECOND) * gradient**2
        mean = self._mean[at] / (1 - FIRST**number)
        square = self._square[at] / (1 - SECOND**number)
        self.weights[at] -= rate * (
            mean / (np.sqrt(square) + LEAST) + self._decay * self.weights[at]
        )


class Learning(NamedTuple):
    """What a gist is made of."""

    table: NDArray[np.int8]
    scale: float
    layers: Layers

    def gist(self) -> Gist:
        return Gist(self.table, self.scale, self.layers, buckets_of)

    def save(self, file: Path) -> None:
        layers = arrays_of(self.layers._asdict())
        np.savez_compressed(
            file, allow_pickle=False, table=self.table, scale=np.float32(self.scale), **layers
        )


def arrays_of(layers: Mapping[str, Layer]) -> dict[str, Floats]:
    """What is kept of them in a file, by name."""
    return {
        f"{name}{part}": array.astype(np.float32)
        for name, layer in layers.items()
        for part, array in (("", layer.weights), ("_bias", layer.bias))
    }


def learn(lessons: Sequence[Shown]) -> Learning:
    """On one machine the same lessons make the same."""
    chance = np.random.default_rng(1)
    lessons = [each for each in lessons if each.words]
    numbers: dict[str, int] = {}
    words = Lists.of(
        [
            [numbers.setdefault(word, len(numbers)) for word in each.words[:LONGEST]]
            for each in lessons
        ]
    )
    spelled = Lists.of([buckets_of(word) for word in numbers])
    matters = Lists.of([each.matters for each in lessons])
    right = np.array([each.right for each in lessons], np.float32)
    network = Network(chance, right.shape[1])
    steps = [places for _ in range(EPOCHS) for places in batches(words.lengths, chance)]
    for number, places in enumerate(steps, start=1):
        said = words.some(places)
        keep = chance.random(len(said.numbers)) >= WORDS_LOST
        keep[said.starts] = True
        said = said.kept(keep)
        unlike, which = np.unique(said.numbers, return_inverse=True)
        batch = Batch(said, which, spelled.some(unlike), matters.some(places), right[places])
        network.step(network.gradients(batch), pace(number / len(steps)), number)
    return _in_parts(network.table.weights, network.layers())


def _in_parts(table: Floats, layers: Layers) -> Learning:
    scale = float(np.quantile(np.abs(table), MOST)) / PARTS
    parts = np.clip(np.round(table / scale), -PARTS, PARTS).astype(np.int8)
    return Learning(parts, scale, layers)


def pace(done: float) -> float:
    """How far a step goes: more and more at first, less and less to the end."""
    return RATE * min(done / WARMING, (1 - done) / (1 - WARMING))


def batches(lengths: Ints, chance: np.random.Generator) -> Iterator[Ints]:
    """All messages in an order of chance, those about as long together."""
    order = chance.permutation(len(lengths))
    found = []
    for begin in range(0, len(order), BATCH * NEAR):
        some = order[begin : begin + BATCH * NEAR]
        some = some[np.argsort(lengths[some], kind="stable")]
        found += [some[first : first + BATCH] for first in range(0, len(some), BATCH)]
    for place in chance.permutation(len(found)):
        yield found[place]


def new_layer(
    chance: np.random.Generator, given: int, made: int, decay: float
) -> tuple[Learned, Learned]:
    """Weights and bias that know nothing yet."""
    most = given**-0.5
    weights = chance.uniform(-most, most, (given, made)).astype(np.float32)
    return Learned(weights, decay), Learned(np.zeros(made, np.float32))


def kept(chance: np.random.Generator, shape: tuple[int, ...], lost: float) -> Floats:
    """What is left of each number when that share of them is lost: more of the others."""
    return ((chance.random(shape) >= lost) / (1 - lost)).astype(np.float32)


class Gradients(NamedTuple):
    """Which way is wrong: for weights and bias of each layer, and for the table at `places`."""

    layers: Sequence[tuple[Floats, Floats]]
    places: Ints
    table: Floats


class Network:
    def __init__(self, chance: np.random.Generator, scores: int) -> None:
        self._chance = chance
        table = chance.normal(scale=0.3, size=(BUCKETS, WIDTH)).astype(np.float32)
        self.table = Learned(table)
        self._layers = [
            new_layer(chance, 3 * WIDTH, ROWS, DECAY),
            new_layer(chance, 2 * ROWS + WIDTH, HIDDEN, DECAY),
            new_layer(chance, HIDDEN, scores, DECAY),
        ]

    def layers(self) -> Layers:
        return Layers(*(Layer(weights.weights, bias.weights) for weights, bias in self._layers))

    def gradients(self, batch: Batch) -> Gradients:
        layers, lengths, starts = self.layers(), batch.words.lengths, batch.words.starts
        # Forward, as in service but for what is lost.
        rows = in_rows(self._together(batch.spelled)[batch.which], starts)
        seen = layers.rows.rectified(rows)
        kept_whole = kept(self._chance, (len(starts), 2 * ROWS + WIDTH), WHOLE_LOST)
        whole = pooled(seen, starts, self._together(batch.matters)) * kept_whole
        kept_hidden = kept(self._chance, (len(starts), HIDDEN), HIDDEN_LOST)
        hidden = layers.whole.rectified(whole) * kept_hidden
        scores = layers.scores.of(hidden)
        # Backward.
        wrong = (1 / (1 + np.exp(-scores)) - batch.right) / batch.right.size
        wrong_hidden = (wrong @ layers.scores.weights.T) * kept_hidden * (hidden > 0)
        wrong_whole = (wrong_hidden @ layers.whole.weights.T) * kept_whole
        much, most, about = np.split(wrong_whole, [ROWS, 2 * ROWS], 1)
        much = np.repeat(much / share_of(lengths[:, np.newaxis]), lengths, 0)
        most = np.repeat(most, lengths, 0) * (
            np.repeat(np.maximum.reduceat(seen, starts), lengths, 0) == seen
        )
        wrong_seen = (much + most) * (seen > 0)
        _, of_words = _summed(batch.which, _from_rows(wrong_seen @ layers.rows.weights.T, starts))
        places, table = _summed(
            np.concatenate([batch.spelled.numbers, batch.matters.numbers]),
            np.concatenate([_shared(of_words, batch.spelled), _shared(about, batch.matters)]),
        )
        passed = (rows, wrong_seen), (whole, wrong_hidden), (hidden, wrong)
        return Gradients(
            [(given.T @ error, error.sum(0)) for given, error in passed], places, table
        )

    def step(self, gradients: Gradients, rate: float, number: int) -> None:
        for layer, gradient in zip(self._layers, gradients.layers, strict=True):
            for learned, wrong in zip(layer, gradient, strict=True):
                learned.step(wrong, rate, number)
        self.table.step(gradients.table, rate, number, gradients.places)

    def _together(self, buckets: Lists) -> Floats:
        """The vector of each list of buckets."""
        sums = np.zeros((len(buckets.lengths), WIDTH), np.float32)
        some = buckets.lengths > 0
        if some.any():
            rows = self.table.weights[buckets.numbers]
            sums[some] = np.add.reduceat(rows, buckets.starts[some])
        return sums / _spread(buckets)


def _from_rows(wrong_rows: Floats, starts: Ints) -> Floats:
    """What each word did wrong, in its own row and in those of its neighbours."""
    before, own, behind = np.split(wrong_rows, 3, 1)
    before[starts] = 0
    behind[starts[1:] - 1] = 0
    words = own.copy()
    words[:-1] += before[1:]
    words[1:] += behind[:-1]
    return words


def _shared(wrong: Floats, buckets: Lists) -> Floats:
    """What each bucket did wrong, of what its list did."""
    return np.repeat(wrong / _spread(buckets), buckets.lengths, 0)


def _spread(buckets: Lists) -> Floats:
    return np.sqrt(np.maximum(buckets.lengths, 1), dtype=np.float32)[:, np.newaxis]


def _summed(keys: Ints, rows: Floats) -> tuple[Ints, Floats]:
    """The rows of each key together, by keys in order."""
    order = np.argsort(keys, kind="stable")
    unlike, begins = np.unique(keys[order], return_index=True)
    return unlike, np.add.reduceat(rows[order], begins)
