"""What a model makes of a message that has read a great deal in every language, and then learned
from the messages that were written for this: decision 0091.

It knows words that nobody used in those, and hears what several say together that say nothing
alone. It takes some ten times as long as all else, so it is asked only where its answer can change
anything. `python -m benchmarks.sentences` makes it.
"""

import os
from collections.abc import Sequence
from importlib.resources import files
from typing import Self

import numpy as np

from domain.distress.pieces import Pieces

# Or it tells its makers of each start and of what it runs, under a number that it keeps on the
# disk: it looks once, as it is imported (decision 0111).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
from onnxruntime import InferenceSession, SessionOptions

FILE, PIECES = "sentences.onnx", "sentences.pieces"
#: More pieces of words are not looked at.
MOST_PIECES = 256
_ERRORS_ALONE = 3


class Sentences:
    def __init__(self, pieces: Pieces, model: InferenceSession) -> None:
        self._pieces, self._model = pieces, model

    @classmethod
    def load(cls) -> Self:
        here = files("domain.distress")
        lines = here.joinpath(PIECES).read_text("utf-8").split("\n")[:-1]
        chances = {piece: float(chance) for piece, chance in map(str.split, lines)}
        options = SessionOptions()
        # A message is too little for two threads, and whoever forks has none.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ALONE
        providers = ["CPUExecutionProvider"]
        model = InferenceSession(here.joinpath(FILE).read_bytes(), options, providers)
        return cls(Pieces(chances), model)

    def of(self, words: Sequence[str]) -> list[float]:
        """Scores as those of a gist, of a message of these words: as plain as everything else reads
        them, so that no disguise of letters hides anything.
        """
        pieces = np.array(self._pieces.of(words, MOST_PIECES), np.int64)
        scores: list[float] = self._model.run(None, {"pieces": pieces})[0][0].tolist()
        return scores
