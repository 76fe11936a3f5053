"""Numbers in parts, so that they take less room: so the model of sentences is kept."""

import numpy as np

from domain.distress.gist import Floats

#: On either side of zero. Six bits: products of two such and a byte fit into the sixteen bits that
#: older processors have for them, so that all say the same.
WEIGHTS, TABLE = 31, 15


def in_parts(weights: Floats, most: int, axis: int) -> tuple[Floats, Floats]:
    """Whole numbers, and the scale of each row or column."""
    scale = np.abs(weights).max(axis, keepdims=True) / most
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)
