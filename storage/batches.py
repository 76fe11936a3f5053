"""Conditions and limits of statements that PostgreSQL plans once, or that take a batch of rows."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, bindparam, func, literal_column
from sqlalchemy.types import NullType


def among(key: Any, chosen: Select[Any]) -> ColumnElement[bool]:
    """Whether the key is one of a batch, which is chosen once and then found by the key's index.

    IN with a limited subquery promises neither: it may run once for every row, or read them all.
    """
    among: ColumnElement[bool] = key == func.any(func.array(chosen.scalar_subquery()))
    return among


def one_of(key: Any, given: str) -> ColumnElement[bool]:
    """Whether the key is one of a list, which is given by that name as one value.

    IN is another statement for each length of the list: written down, parsed and planned anew.
    """
    # What points to another table has a type once that table is imported, and none before.
    assert not isinstance(key.type, NullType), key
    one_of: ColumnElement[bool] = key == func.any(bindparam(given, type_=ARRAY(key.type)))
    return one_of


def at_most(rows: int) -> ColumnElement[int]:
    """A limit that is part of the statement.

    As a parameter it is not seen by a plan that must do for any: that one expects a tenth of all
    there is, so among many people PostgreSQL plans the statement anew each time.
    """
    return literal_column(str(int(rows)), Integer)
