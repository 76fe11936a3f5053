"""P7: what is not sealed or hashed is listed, with a reason."""

import re
from pathlib import Path

from sqlalchemy import LargeBinary

from storage.tables.every import Base

PAGE = Path(__file__).parents[3] / "docs" / "columns-in-the-clear.md"


def test_p7_the_columns_in_the_clear_are_those_that_the_page_lists() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    listed = {table: columns.split(", ") for table, columns, _ in rows if table != "table"}
    found = {
        table.name: sorted(
            column.name for column in table.columns if not isinstance(column.type, LargeBinary)
        )
        for table in Base.metadata.sorted_tables
    }

    assert listed == found
