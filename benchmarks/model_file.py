"""The files of the model of sentences, as `Sentences.load` reads them."""

from collections.abc import Mapping
from hashlib import sha256

from benchmarks.training import WATCH
from domain.distress.gist import Floats
from domain.distress.sentences import FILE, PIECES

MODEL, SPELLED, HASH = WATCH / FILE, WATCH / PIECES, WATCH / "sentences.hash"


def save(learned: Mapping[str, Floats], chances: Mapping[str, float]) -> None:
    """The table of what was learned has a row for each of these pieces."""
    from benchmarks.graph import Graph

    MODEL.write_bytes(Graph(learned).model().SerializeToString())
    lines = [f"{piece} {chance:.6g}\n" for piece, chance in chances.items()]
    SPELLED.write_text("".join(lines), "utf-8")
    HASH.write_text(hash_of_model() + "\n", "ascii")


def hash_of_model() -> str:
    return sha256(MODEL.read_bytes() + SPELLED.read_bytes()).hexdigest()
