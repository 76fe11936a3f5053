"""HSDS as JSON: service objects with all about them inside, one, a list or a Page of them."""

import json
from collections.abc import Iterator
from typing import Any

from domain.directory.files.mapping import older_hsds
from domain.directory.files.problems import Rejected
from domain.directory.files.sources import SourceFile
from domain.directory.files.tables import MAX_CELLS, SINGULAR, Row, Tables, too_much
from domain.directory.files.texts import clean, decoded
from domain.errors import Refused

MAX_DEPTH = 12
# Objects and lists in a file: even empty ones take memory, long before there are rows to count.
MAX_HOLDERS = MAX_CELLS // 4
_OPENINGS = (b"{", b"[")
_MANY = {table: table for table in SINGULAR} | {
    "service_at_locations": "service_at_location",
    "physical_addresses": "addresses",
    "postal_addresses": "addresses",
    "regular_schedules": "schedules",
}
# One of these, at least, every service has, and nothing else that an API of HSDS lists: whose they
# are by an id, its locations and programs say, too.
_OF_A_SERVICE = {"status", "organization", "service_at_locations"}
_NO_SERVICE = "This is no service: it has no status."
_ONE = {"organization": "organizations", "location": "locations", "taxonomy_term": "taxonomy_terms"}


def read_nested(file: SourceFile, tables: Tables) -> None:
    """Adds a file's services to the tables. Raises Refused where it lists something else."""
    items = list(enumerate(_items(file, tables), start=1))
    strangers = [number for number, item in items if _table_of(item) is None]
    if items and len(strangers) == len(items):
        raise Refused(f"{file.name} lists no services.")
    tables.rejected += [Rejected(file.name, number, None, _NO_SERVICE) for number in strangers]
    for number, item in items:
        if table := _table_of(item):
            _Unfolding(file.name, number, tables).unfold(table, item, {}, "")


def _table_of(item: dict[str, Any]) -> str | None:
    """None for what neither is a service nor has any inside."""
    if "services" in item:
        return "organizations"
    return "services" if _OF_A_SERVICE & item.keys() else None


def _items(file: SourceFile, tables: Tables) -> Iterator[dict[str, Any]]:
    if sum(map(file.data.count, _OPENINGS)) > MAX_HOLDERS:
        raise too_much(file.name)
    try:
        document = json.loads(decoded(file))
    except ValueError as error:
        raise Refused(f"{file.name} is no valid JSON: {error}.") from error
    except RecursionError as error:
        raise Refused(f"{file.name} is nested too deeply.") from error
    if isinstance(document, dict):
        _note_page(file, document, tables)
        document = document.get("contents", [document])
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        raise Refused(f"{file.name} holds no list of services.")
    yield from document


def _note_page(file: SourceFile, document: dict[str, Any], tables: Tables) -> None:
    """Which page of how many an API gave, where it says so."""
    number, total = document.get("page_number"), document.get("total_pages")
    if isinstance(number, int) and isinstance(total, int):
        tables.pages.note(file.name, number, total)


class _Unfolding:
    """Lays one nested object out as rows that point at each other."""

    def __init__(self, file: str, number: int, tables: Tables) -> None:
        self._file = file
        self._number = number
        self._tables = tables
        self._unnamed = 0

    def unfold(self, named: str, item: dict[str, Any], keys: dict[str, str], path: str) -> str:
        """Adds a row and everything inside it, which may be named as older HSDS does; answers with
        its id.
        """
        if path.count(".") > MAX_DEPTH:
            raise Refused(f"{self._file} is nested too deeply.")
        table = _MANY[named]
        cells = _cells(named, item) | keys
        # Only what others point at may lack an id silently; a service without one is a fault.
        identity = cells.get("id") or ("" if table == "services" else self._new_id())
        cells["id"] = identity
        for name, target in _ONE.items():
            if isinstance(inner := item.get(name), dict):
                cells[f"{name}_id"] = self.unfold(target, inner, {}, f"{path}{name}.")
        self._tables.add(table, Row(self._file, self._number, cells, path))
        self._unfold_children(table, identity, item, path)
        return identity

    def _unfold_children(self, table: str, identity: str, item: dict[str, Any], path: str) -> None:
        for name, target in _MANY.items():
            inner = item.get(name)
            for child in inner if isinstance(inner, list) else ():
                if isinstance(child, dict):
                    self.unfold(name, child, _keys(table, identity, target), f"{path}{name}.")

    def _new_id(self) -> str:
        self._unnamed += 1
        return f"{self._file}:{self._number}:{self._unnamed}"


def _cells(named: str, item: dict[str, Any]) -> dict[str, str]:
    cells = {name: text for name, value in item.items() if name and (text := _text(value))}
    older = older_hsds().table_for(f"{named}.csv")
    return older.ours(cells) if older else cells


def _keys(table: str, identity: str, child: str) -> dict[str, str]:
    if child == "attributes":
        return {"link_id": identity, "link_entity": SINGULAR[table]}
    return {f"{SINGULAR[table]}_id": identity}


def _text(value: object) -> str:
    match value:
        case bool():
            return str(value).casefold()
        case str():
            return clean(value)
        case int() | float():
            return str(value)
        case list() if not any(isinstance(each, dict | list) for each in value):
            return ",".join(filter(None, map(_text, value)))
        case _:
            return ""
