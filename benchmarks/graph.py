"""The model of sentences as a graph of the Open Neural Network Exchange, which onnxruntime runs.

Every operation is that of multilingual-e5-small; what is multiplied with weights is brought into
bytes first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from benchmarks.base_model import HEADS, LEAST
from benchmarks.parts import TABLE, WEIGHTS, in_parts
from domain.distress.gist import Floats

OPERATIONS, FORMAT = 20, 9


class Graph:
    """Built by naming what each step is made of; a step's name is that of what it makes."""

    def __init__(self, learned: Mapping[str, Floats]) -> None:
        self._learned = learned
        self._kept: list[Any] = []
        self._steps: list[Any] = []

    def model(self) -> Any:
        """From the numbers of pieces to three scores."""
        given = self._norm("norm", self._step("Add", [self._looked_up(), self._places()]))
        blocks = sum(name.endswith(".asked") for name in self._learned)
        for begin in (f"{number}." for number in range(blocks)):
            seen = self._layer(f"{begin}seen", self._attention(begin, given))
            given = self._norm(f"{begin}seen_norm", self._step("Add", [given, seen]))
            wide = self._step("Gelu", [self._layer(f"{begin}wide", given)], approximate="tanh")
            made = self._layer(f"{begin}made", wide)
            given = self._norm(f"{begin}made_norm", self._step("Add", [given, made]))
        mean = self._step("ReduceMean", [given, self._whole([0])])
        top = [self._keep(self._learned[name]) for name in ("scores", "scores_bias")]
        self._steps.append(helper.make_node("Gemm", [mean, *top], ["scores"]))
        pieces = helper.make_tensor_value_info("pieces", TensorProto.INT64, ["pieces"])
        scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 3])
        graph = helper.make_graph(self._steps, "sentences", [pieces], [scores], self._kept)
        operations = [helper.make_opsetid("", OPERATIONS)]
        model = helper.make_model(graph, opset_imports=operations, ir_version=FORMAT)
        onnx.checker.check_model(model)
        return model

    def _looked_up(self) -> str:
        rows, scale = (self._keep(each) for each in in_parts(self._learned["table"], TABLE, 1))
        rows = self._step("Gather", [rows, "pieces"])
        floats = self._step("Cast", [rows], to=TensorProto.FLOAT)
        return self._step("Mul", [floats, self._step("Gather", [scale, "pieces"])])

    def _places(self) -> str:
        length = self._step("Shape", ["pieces"])
        places = self._keep(self._learned["places"])
        return self._step("Slice", [places, self._whole([0]), length, self._whole([0])])

    def _attention(self, begin: str, given: str) -> str:
        width = len(self._learned["norm"][0])
        asked = self._layer(f"{begin}asked", given)
        heads = self._step("Reshape", [asked, self._whole([-1, 3, HEADS, width // HEADS])])
        heads = self._step("Transpose", [heads], perm=[1, 2, 0, 3])
        queries, keys, values = self._steps_of("Split", [heads], 3, axis=0, num_outputs=3)
        keys = self._step("Transpose", [keys], perm=[0, 1, 3, 2])
        looks = self._step("MatMul", [queries, keys])
        root = self._keep(np.array((width // HEADS) ** -0.5, np.float32))
        weights = self._step("Softmax", [self._step("Mul", [looks, root])], axis=-1)
        looked = self._step("MatMul", [weights, values])
        looked = self._step("Transpose", [looked], perm=[0, 2, 1, 3])
        return self._step("Reshape", [looked, self._whole([-1, width])])

    def _layer(self, name: str, given: str) -> str:
        parts, scale = in_parts(self._learned[name], WEIGHTS, 0)
        byte, size, zero = self._steps_of("DynamicQuantizeLinear", [given], 3)
        middle = self._keep(np.array(0, np.int8))
        whole = self._step("MatMulInteger", [byte, self._keep(parts), zero, middle])
        floats = self._step("Cast", [whole], to=TensorProto.FLOAT)
        sizes = self._step("Mul", [size, self._keep(scale.reshape(-1))])
        product = self._step("Mul", [floats, sizes])
        return self._step("Add", [product, self._keep(self._learned[f"{name}_bias"])])

    def _norm(self, name: str, given: str) -> str:
        scale, bias = map(self._keep, self._learned[name])
        return self._step("LayerNormalization", [given, scale, bias], axis=-1, epsilon=LEAST)

    def _whole(self, numbers: Sequence[int]) -> str:
        return self._keep(np.array(numbers, np.int64))

    def _keep(self, array: Floats) -> str:
        name = f"kept{len(self._kept)}"
        self._kept.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _step(self, operation: str, given: Sequence[str], **how: Any) -> str:
        (made,) = self._steps_of(operation, given, 1, **how)
        return made

    def _steps_of(
        self, operation: str, given: Sequence[str], count: int, **how: Any
    ) -> Sequence[str]:
        made = [f"step{len(self._steps)}.{number}" for number in range(count)]
        self._steps.append(helper.make_node(operation, given, made, **how))
        return made
