"""The numbers of a model of sentences, read back from its graph in the order in which `Graph` keeps
them: who learns on begins with them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from domain.distress.gist import Floats

#: What a step is told beside weights: where a table of places begins and ends, how heads are cut.
_PLACES_CUT, _HEADS_CUT = 2, 3


class Kept:
    def __init__(self, model: bytes) -> None:
        graph = onnx.load_from_string(model).graph
        self._arrays: Iterator[Any] = map(numpy_helper.to_array, graph.initializer)
        norms = sum(node.op_type == "LayerNormalization" for node in graph.node)
        self._blocks = norms // 2
        self._found: dict[str, Floats] = {}

    def learned(self) -> dict[str, Floats]:
        """By the names that `Graph` was given, each as near as the parts in which it is kept."""
        self._found["table"] = self._whole()
        self._found["places"] = next(self._arrays)
        self._pass_by(_PLACES_CUT)
        self._norm("norm")
        for begin in (f"{number}." for number in range(self._blocks)):
            self._layer(f"{begin}asked")
            self._pass_by(_HEADS_CUT)
            self._layer(f"{begin}seen")
            self._norm(f"{begin}seen_norm")
            self._layer(f"{begin}wide")
            self._layer(f"{begin}made")
            self._norm(f"{begin}made_norm")
        self._pass_by(1)
        self._found["scores"], self._found["scores_bias"] = self._arrays
        return self._found

    def _layer(self, name: str) -> None:
        self._pass_by(1)
        self._found[name] = self._whole()
        self._found[f"{name}_bias"] = next(self._arrays)

    def _norm(self, name: str) -> None:
        self._found[name] = np.stack([next(self._arrays), next(self._arrays)])

    def _whole(self) -> Floats:
        parts, scale = next(self._arrays).astype(np.float32), next(self._arrays)
        whole: Floats = parts * scale
        return whole

    def _pass_by(self, count: int) -> None:
        for _ in range(count):
            next(self._arrays)
