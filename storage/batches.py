"""Conditions and limits of statements that PostgreSQL plans once, or that take a batch of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
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


def insert_given(table: Table, *names: str) -> Insert:
    """For rows in the order in which they are given, as `by_column` has them: once for all.

    With a row's own values PostgreSQL carries an insert out for each, from the policies to the
    answer, and SQLAlchemy goes through each row's columns.
    """
    columns = [table.c[name] for name in names]
    given = (
        func.unnest(*(bindparam(each.name, type_=ARRAY(each.type)) for each in columns))
        .table_valued(*(column(each.name, each.type) for each in columns), with_ordinality="place")
        .render_derived()
    )
    rows = select(*(given.c[name] for name in names)).order_by(given.c.place)
    return insert(table).from_select(names, rows, include_defaults=False)


def by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """One list for each column of these rows, of which there is one at least."""
    return {name: [row[name] for row in rows] for name in rows[0]}


async def delete_chosen(session: AsyncSession, key: Any, chosen: Select[Any]) -> int:
    """Takes away those whose keys are chosen, whatever a session knows of them; how many."""
    gone = await session.scalars(
        delete(key.class_)
        .where(among(key, chosen))
        .returning(key)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def at_most(rows: int) -> ColumnElement[int]:
    """A limit that is part of the statement.

    As a parameter it is not seen by a plan that must do for any: that one expects a tenth of all
    there is, so among many people PostgreSQL plans the statement anew each time.
    """
    return literal_column(str(int(rows)), Integer)
