from typing import Any

from sqlalchemy import ColumnElement, Select, func


def among(key: Any, chosen: Select[Any]) -> ColumnElement[bool]:
    """Whether the key is one of a batch, which is chosen once and then found by the key's index.

    IN with a limited subquery promises neither: it may run once for every row, or read them all.
    """
    among: ColumnElement[bool] = key == func.any(func.array(chosen.scalar_subquery()))
    return among
