r"""A mapping file says how somebody else's columns become HSDS's. It is TOML:

    language = "en"                        # what the texts are written in
    country = "US"                         # for addresses that name no country

    [[tables]]
    from = "services.csv"                  # their file; several tables may come from one
    to = "services"                        # HSDS's table
    columns = { name = "Title" }           # HSDS's column = theirs; others keep their names
    fallbacks = { website = "url" }        # the same, where HSDS's own column is empty
    constants = { status = "active" }      # HSDS's column = this text, where it is empty
    keys = { id = ["Agency", "Title"] }    # HSDS's column = an id made from their columns
    words = { status = { open = "active" } }                   # what their words mean
    each = { column = "areas", separator = ";", as = "name" }  # one row for each part
    splits = [{ column = "address", pattern = '(?P<city>.+), (?P<postal_code>\d+)' }]
    needs = ["name"]                       # no row where one of these HSDS columns is empty

Splitting comes after `each`, so its patterns may read the part's column. A file that lacks a column
which `columns`, `keys`, `each` or `splits` name is refused.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from importlib import resources
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.directory.files.sources import SourceFile
from domain.directory.files.tables import SINGULAR, Row, Tables
from domain.directory.files.texts import rows
from domain.errors import Refused
from domain.text_files import NotToml, content_of, read_toml

Cells = dict[str, str]

#: What older HSDS calls one row of its tables, as files are called, too.
OLDER_IN_PLURAL = {
    "physical_address": "physical_addresses",
    "postal_address": "postal_addresses",
    "regular_schedule": "regular_schedules",
    "service_attribute": "service_attributes",
    "service_taxonomy": "services_taxonomy",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Each(_Strict):
    column: str
    separator: str = Field(min_length=1)
    name: str = Field(alias="as")

    def parts(self, cells: Cells) -> Iterator[Cells]:
        for part in cells.get(self.column.casefold(), "").split(self.separator):
            if part.strip():
                yield cells | {self.name: part.strip()}


class Split(_Strict):
    column: str
    pattern: re.Pattern[str]

    def found(self, cells: Cells) -> Cells:
        match = self.pattern.search(cells.get(self.column.casefold(), ""))
        named = match.groupdict() if match else {}
        return {name: text.strip() for name, text in named.items() if text}


class TableMapping(_Strict):
    file: str = Field(alias="from")
    table: str = Field(alias="to")
    columns: Cells = {}
    fallbacks: Cells = {}
    constants: Cells = {}
    keys: dict[str, list[str]] = {}
    words: dict[str, Cells] = {}
    each: Each | None = None
    splits: list[Split] = []
    needs: list[str] = []

    @field_validator("table")
    @classmethod
    def _is_read(cls, table: str) -> str:
        if table not in SINGULAR:
            raise ValueError(f"is none of {', '.join(SINGULAR)}")
        return table

    def rows(self, file: SourceFile) -> Iterator[Row]:
        for number, theirs in rows(file, self._theirs()):
            for part in self.each.parts(theirs) if self.each else (theirs,):
                ours = self.ours(part)
                if all(ours.get(column) for column in self.needs):
                    yield Row(file.name, number, ours)

    def _theirs(self) -> Iterator[str]:
        """Their columns that have to be there. Those of fallbacks need not."""
        if self.each:
            yield self.each.column
        made = self.each.name.casefold() if self.each else None
        named = chain(self.columns.values(), *self.keys.values())
        for column in chain(named, (split.column for split in self.splits)):
            if column.casefold() != made:
                yield column

    def ours(self, theirs: Cells) -> Cells:
        named = _renamed(theirs, self.columns)
        for split in self.splits:
            named |= split.found(theirs)
        for column, parts in self.keys.items():
            named[column] = _key(theirs.get(part.casefold(), "") for part in parts)
        # A column of theirs that only happens to be called so is not what was left empty.
        unnamed = {column: text for column, text in theirs.items() if column not in self.columns}
        ours = {column: text for column, text in (unnamed | named).items() if text}
        ours = self.constants | _renamed(theirs, self.fallbacks) | ours
        return {column: self._word(column, text) for column, text in ours.items()}

    def _word(self, column: str, text: str) -> str:
        return self._words.get(column, {}).get(text.casefold(), text)

    @cached_property
    def _words(self) -> dict[str, Cells]:
        return {
            column: {theirs.casefold(): ours for theirs, ours in words.items()}
            for column, words in self.words.items()
        }


class Mapping(_Strict):
    language: str = "en"
    country: str = ""
    tables: list[TableMapping]

    def table_for(self, file_name: str) -> TableMapping | None:
        name = file_name.casefold()
        return next((table for table in self.tables if table.file.casefold() == name), None)

    def read(self, files: Sequence[SourceFile]) -> Tables:
        by_name = _by_name(files)
        tables = Tables()
        for mapping in self.tables:
            if file := by_name.get(mapping.file.casefold()):
                for row in mapping.rows(file):
                    tables.add(mapping.table, row)
        return tables

    def lacks(self, files: Sequence[SourceFile]) -> list[str]:
        """The names that it has of files which are not there."""
        there = _by_name(files)
        named = dict.fromkeys(each.file for each in self.tables)
        return [name for name in named if name.casefold() not in there]


def _by_name(files: Sequence[SourceFile]) -> dict[str, SourceFile]:
    return {PurePosixPath(file.name).name.casefold(): file for file in files}


def load_mapping(path: Path) -> Mapping:
    try:
        return _parsed(path.name, content_of(path))
    except OSError as error:
        raise Refused(
            f"The mapping {path.name} can't be read: {error.strerror or error}."
        ) from error


@lru_cache(maxsize=1)
def older_hsds() -> Mapping:
    """How HSDS 1 and 2 call what HSDS 3.0 has."""
    name = "hsds-2.toml"
    return _parsed(name, resources.files("domain.directory.files").joinpath(name).read_bytes())


def _parsed(name: str, content: bytes) -> Mapping:
    try:
        return Mapping.model_validate(read_toml(content))
    except NotToml as error:
        raise Refused(f"The mapping {name} is no valid TOML: {error}.") from error
    except ValidationError as error:
        raise Refused(f"The mapping {name}: {_said(error.errors()[0])}.") from error


def _renamed(theirs: Cells, columns: Cells) -> Cells:
    named = {ours: theirs.get(column.casefold(), "") for ours, column in columns.items()}
    return {ours: text for ours, text in named.items() if text}


def _said(error: Any) -> str:
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def _key(parts: Iterator[str]) -> str:
    text = "\x1f".join(parts)
    return str(uuid5(NAMESPACE_URL, text)) if text.strip("\x1f") else ""
