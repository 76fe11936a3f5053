"""Rows become values by name: of seven columns that say yes or no, an order tells nothing."""

from typing import Any

from sqlalchemy import Row

from storage.tables.base import Base


def by_name(row: Row[*tuple[Any, ...]], **tables: type[Base]) -> dict[str, Any]:
    """What a row holds, for a value whose fields are called as the columns are labelled; a table,
    which takes no label, as it is called here.
    """
    held = dict(zip(row._fields, row, strict=True))
    whole = {name: held.pop(table.__name__) for name, table in tables.items()}
    return held | whole
