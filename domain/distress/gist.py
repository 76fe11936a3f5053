"""What the words of a message say together and in their order, three in a row at a time: a small
network beside likeness, which knows of each word only that it is there.

`python -m benchmarks.training` makes its weights.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from domain.distress.by_word import by_word

Floats = NDArray[np.floating[Any]]
FILE = "gist.npz"


class Layer(NamedTuple):
    weights: Floats
    bias: Floats

    def of(self, given: Floats) -> Floats:
        return given @ self.weights + self.bias

    def rectified(self, given: Floats) -> Floats:
        return np.maximum(self.of(given), 0)

    @classmethod
    def kept_as(cls, name: str, kept: Mapping[str, Floats]) -> Self:
        """As `benchmarks.learning.arrays_of` writes it."""
        return cls(kept[name], kept[f"{name}_bias"])


class Layers(NamedTuple):
    """From three words in a row, from what a whole message has of that, and from that to scores."""

    rows: Layer
    whole: Layer
    scores: Layer


class Gist:
    """`table` has a vector for each bucket, in parts of `scale`; a word is what its buckets are
    together.
    """

    def __init__(
        self,
        table: NDArray[np.int8],
        scale: float,
        layers: Layers,
        buckets_of: Callable[[str], Sequence[int]],
    ) -> None:
        self._table, self._scale, self._layers = table, scale, layers
        self._word = by_word(lambda word: self._together(buckets_of(word)))

    @classmethod
    def load(cls, buckets_of: Callable[[str], Sequence[int]]) -> Self:
        with files("domain.distress").joinpath(FILE).open("rb") as file, np.load(file) as kept:
            layers = Layers(*(Layer.kept_as(name, kept) for name in Layers._fields))
            return cls(kept["table"], float(kept["scale"]), layers, buckets_of)

    def of(self, words: Sequence[str], matters: Sequence[int]) -> list[float]:
        """Scores of a message of these words in their order, above zero where it is more likely
        than not; `matters` are the buckets of what it is about.
        """
        vectors = np.array([self._word(word) for word in words or [""]])
        whole = pooled(
            self._layers.rows.rectified(in_rows(vectors, START)),
            START,
            self._together(matters)[np.newaxis],
        )
        hidden = self._layers.whole.rectified(whole)
        scores: list[float] = self._layers.scores.of(hidden)[0].tolist()
        return scores

    def _together(self, buckets: Sequence[int]) -> Floats:
        sums: Floats = self._table[[*buckets]].sum(0, dtype=np.float32)
        return sums * np.float32(self._scale / max(1, len(buckets)) ** 0.5)


START = np.zeros(1, np.intp)


def in_rows(vectors: Floats, starts: NDArray[np.intp]) -> Floats:
    """Each word with the one before and the one behind it; messages begin at `starts`."""
    width = vectors.shape[1]
    rows = np.zeros((len(vectors), 3 * width), np.float32)
    rows[1:, :width] = vectors[:-1]
    rows[:, width : 2 * width] = vectors
    rows[:-1, 2 * width :] = vectors[1:]
    rows[starts, :width] = 0
    rows[starts[1:] - 1, 2 * width :] = 0
    return rows


def pooled(seen: Floats, starts: NDArray[np.intp], matters: Floats) -> Floats:
    """Of each message how much there is of everything, the most that any row has, and what it is
    about.
    """
    lengths = np.append(starts[1:], len(seen)) - starts
    much = np.add.reduceat(seen, starts) / share_of(lengths[:, np.newaxis])
    return np.concatenate([much, np.maximum.reduceat(seen, starts), matters], 1)


def share_of(lengths: NDArray[np.intp]) -> Floats:
    """A long message has more of everything, though not as much as it is longer."""
    return 2 * np.sqrt(lengths, dtype=np.float32)
