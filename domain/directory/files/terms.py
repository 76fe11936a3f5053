"""HSDS's attributes, and the three uses that Wayhome makes of them besides categories.

A term of the taxonomy "needs" names one of our needs by its code. A term of the taxonomy
"translation" says by its code which text the attribute's value translates, into the term's
language: HSDS 3.0 has no other place for a second language; the code "language" has the language
of the service's own texts as its value. A term called "confidential" on a
location or its address, on a service, a visit or an organisation keeps the address out, as do a
category and a value that call a place secret.
"""

from collections import defaultdict
from collections.abc import Iterator

from domain.directory.files import cells
from domain.directory.files.cells import MAX_TEXT
from domain.directory.files.reader import Faults
from domain.directory.files.secrecy import calls_its_place_secret, denies
from domain.directory.files.tables import Row, Tables
from domain.directory.needs import Need
from domain.directory.values import Translations

NEEDS = "needs"
TRANSLATION = "translation"
LANGUAGE = "language"
CONFIDENTIAL = "confidential"


class Terms:
    def __init__(self, tables: Tables, faults: Faults) -> None:
        self._faults = faults
        self._terms = {row["id"]: row for row in tables["taxonomy_terms"]}
        self._attributes = tables.by("attributes", "link_id")
        self._secret = {row["id"] for row in self._terms.values() if _calls_secret(row)}

    def categories(self, identity: str) -> tuple[str, ...]:
        names = (
            term["name"]
            for _, term in self._of(identity)
            if term["taxonomy"] not in {NEEDS, TRANSLATION} and term["name"]
        )
        return tuple(dict.fromkeys(names))

    def needs(self, identity: str) -> tuple[Need, ...]:
        codes = {term["code"] for _, term in self._of(identity) if term["taxonomy"] == NEEDS}
        return tuple(need for need in Need if need in codes)

    def language(self, identity: str) -> str | None:
        said = (
            self._faults.value(attribute, "value", cells.language_of)
            for attribute, term in self._of(identity)
            if (term["taxonomy"], term["code"]) == (TRANSLATION, LANGUAGE)
        )
        return next(filter(None, said), None)

    def says_secret(self, identity: str) -> bool:
        attributes = self._attributes.get(identity, ())
        return any(calls_its_place_secret(each.cells) for each in attributes) or any(
            each["taxonomy_term_id"] in self._secret and not denies(each["value"])
            for each in attributes
        )

    def translations(self, identity: str, texts: frozenset[str]) -> Translations:
        found: Translations = defaultdict(dict)
        for attribute, term in self._of(identity):
            if term["taxonomy"] != TRANSLATION or term["code"] not in texts:
                continue
            if len(attribute["value"]) > MAX_TEXT:
                self._faults.note(attribute, "value", f"is longer than {MAX_TEXT:,} characters")
            elif attribute["value"] and (
                language := self._faults.value(term, "language", cells.language_of)
            ):
                found[language][term["code"]] = attribute["value"]
        return dict(found)

    def _of(self, identity: str) -> Iterator[tuple[Row, Row]]:
        for attribute in self._attributes.get(identity, ()):
            if term := self._terms.get(attribute["taxonomy_term_id"]):
                yield attribute, term
            else:
                self._faults.note(attribute, "taxonomy_term_id", "There is no such taxonomy term.")


def _calls_secret(term: Row) -> bool:
    named = {term["code"].casefold(), term["name"].casefold()}
    return CONFIDENTIAL in named or calls_its_place_secret(term.cells)
