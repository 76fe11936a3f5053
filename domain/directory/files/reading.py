"""A directory in, whatever form it comes in."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from domain.directory.files.assembly import Reading, assemble
from domain.directory.files.mapping import Mapping
from domain.directory.files.nested import read_nested
from domain.directory.files.problems import Rejected
from domain.directory.files.sources import SourceFile
from domain.directory.files.tables import Tables
from domain.directory.files.tabular import PACKAGE, read_tabular
from domain.errors import Refused

_MOST_NAMED = 5
_KNOWN_BY = "A table is known by its file's name, such as services.csv, or by a mapping."


def read_directory(files: Sequence[SourceFile], mapping: Mapping | None = None) -> Reading:
    """The services in files of HSDS, or of any other make with a mapping. Raises Refused."""
    tables = mapping.read(files) if mapping else _hsds(files)
    if not tables.lines("services"):
        raise Refused(f"There are no services in {_named(files)}. {_known_by(files, mapping)}")
    country, language = (mapping.country, mapping.language) if mapping else ("", "en")
    reading = assemble(tables, country, language)
    if reading.services or not tables["services"]:
        return reading
    return Reading([], [_nothing_fits(tables), *reading.rejected])


def _nothing_fits(tables: Tables) -> Rejected:
    """Most likely somebody's own table, under the name of one of HSDS's."""
    rows = [row for table, row in tables.every() if table == "services"]
    columns = ", ".join(dict.fromkeys(column for row in rows for column in row.cells)) or "none"
    return Rejected(
        rows[0].file,
        None,
        None,
        f"Not one service fits. The columns are: {columns}. A mapping says what is what.",
    )


def _known_by(files: Sequence[SourceFile], mapping: Mapping | None) -> str:
    lacking = mapping.lacks(files) if mapping else []
    return f"The mapping reads {', '.join(lacking)}: call it so." if lacking else _KNOWN_BY


def _named(files: Sequence[SourceFile]) -> str:
    names = [file.name for file in files[:_MOST_NAMED]]
    more = ["…"] if len(files) > _MOST_NAMED else []
    return ", ".join([*names, *more]) or "any file"


def _hsds(files: Sequence[SourceFile]) -> Tables:
    tables = read_tabular(files)
    for file in files:
        if file.suffix == ".json" and PurePosixPath(file.name).name != PACKAGE:
            read_nested(file, tables)
    return tables
