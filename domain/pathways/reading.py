"""A pathway out of its file: TOML, as docs/pathways.md describes it. All problems at once."""

import re
import tomllib
from collections.abc import Collection
from datetime import time
from typing import Any

from domain.marks import N_
from domain.pathways.problems import Problem
from domain.pathways.values import Anchor, Kind, Offset, Pathway, Stage, Step, Unit
from domain.problems import Faulty
from domain.questionnaires.values import Words
from domain.text_files import parsed, plain_text

LARGEST = 256 * 1024
TOO_LARGE = N_("This file is too large to be a pathway.")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_MOST_STAGES, _MOST_STEPS = 30, 100
_LONGEST_TEXT = 1500
LONGEST_NAME = 200
USUAL = {
    Kind.CHECK_IN: (time(18), Offset(3)),
    Kind.INFORMATION: (time(11), Offset(7)),
    Kind.TASK: (time(17), Offset(0)),
}
_OF_PATHWAY = {"key", "name", "stage"}
_OF_STAGE = {"key", "name", "anchor", "optional", *Kind}
_OF_STEP = {
    Kind.CHECK_IN: {"key", "questionnaire", "due", "at", "at-most-late"},
    Kind.INFORMATION: {"key", "text", "due", "at", "at-most-late"},
    Kind.TASK: {"key", "name", "due"},
}


def read_pathway(
    content: bytes, *, languages: Collection[str], questionnaires: Collection[str]
) -> Pathway:
    """Raises Faulty. `languages` are those that a text may have, `questionnaires` the keys of those
    that a check-in may ask.
    """
    reader = _Reader(languages, questionnaires)
    pathway = reader.pathway(_table(content))
    if reader.problems:
        raise Faulty(reader.problems)
    return pathway


def _table(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise Faulty([Problem("", TOO_LARGE)])
    try:
        return parsed(plain_text(content).replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise Faulty([Problem("", N_("This file is no text in UTF-8."))]) from None
    except tomllib.TOMLDecodeError as error:
        reason, _, where = str(error).rpartition(" (at ")
        where = where.removesuffix(")")
        raise Faulty([Problem(where, N_("This is no TOML: {it}."), reason)]) from None
    # It is too deep, a number in it is too long, or a name has too many parts.
    except (RecursionError, ValueError):
        raise Faulty([Problem("", N_("This file is no pathway."))]) from None


class _Reader:
    """Notes each problem with its place, and reads on."""

    def __init__(self, languages: Collection[str], questionnaires: Collection[str]) -> None:
        self.languages, self.questionnaires = languages, questionnaires
        self.problems: list[Problem] = []
        self._keys: set[str] = set()

    def pathway(self, table: dict[str, Any]) -> Pathway:
        self._known(table, _OF_PATHWAY, "")
        stages = self._tables(table, "stage", "")
        if not stages:
            self._wrong("stage", N_("A pathway needs at least one stage."))
        read = tuple(
            self._stage(each, f"stage {number}")
            for number, each in enumerate(stages[:_MOST_STAGES], start=1)
        )
        if len(stages) > _MOST_STAGES or sum(len(each.steps) for each in read) > _MOST_STEPS:
            self._wrong("stage", N_("This is more than a pathway holds."))
        return Pathway(self._key(table, ""), 1, self._words(table, "name", "", LONGEST_NAME), read)

    def _stage(self, table: dict[str, Any], where: str) -> Stage:
        self._known(table, _OF_STAGE, where)
        key = self._key(table, where)
        if key in self._keys:
            self._wrong(_in(where, "key"), N_("{it} is there twice."), key)
        self._keys.add(key)
        steps = [
            self._step(each, kind, key, _in(where, f"{kind} {number}"))
            for kind in Kind
            for number, each in enumerate(self._tables(table, kind, where), start=1)
        ]
        return Stage(
            key,
            self._words(table, "name", where, LONGEST_NAME),
            self._anchor(table, where),
            tuple(steps),
            self._is_optional(table, where),
        )

    def _step(self, table: dict[str, Any], kind: Kind, stage: str, where: str) -> Step:
        self._known(table, _OF_STEP[kind], where)
        key = f"{stage}.{self._key(table, where)}"
        if key in self._keys:
            self._wrong(_in(where, "key"), N_("{it} is there twice."), key)
        self._keys.add(key)
        usual_time, usual_lateness = USUAL[kind]
        lateness = usual_lateness
        if "at-most-late" in table:
            lateness = self._lateness(table, where)
        text: Words | None = None
        questionnaire = ""
        match kind:
            case Kind.CHECK_IN:
                questionnaire = self._questionnaire(table, where)
            case Kind.INFORMATION:
                text = self._words(table, "text", where, _LONGEST_TEXT)
            case Kind.TASK:
                text = self._words(table, "name", where, LONGEST_NAME)
        return Step(
            key,
            kind,
            self._offset(table, where),
            self._clock(table, where, usual_time),
            lateness.number * 24,
            text,
            questionnaire,
        )

    def _tables(self, table: dict[str, Any], name: str, where: str) -> list[dict[str, Any]]:
        found = table.get(name, [])
        if isinstance(found, list) and all(isinstance(each, dict) for each in found):
            return found
        self._wrong(_in(where, name), N_("Write it as [[…]], once for each."))
        return []

    def _known(self, table: dict[str, Any], names: Collection[str], where: str) -> None:
        for name in table.keys() - set(names):
            self._wrong(_in(where, name[:40]), N_("This is nothing that belongs here."))

    def _key(self, table: dict[str, Any], where: str) -> str:
        key = table.get("key")
        if isinstance(key, str) and _KEY.fullmatch(key):
            return key
        self._wrong(_in(where, "key"), N_("Give it a key of small letters, digits and hyphens."))
        return "?"

    def _words(self, table: dict[str, Any], name: str, where: str, longest: int) -> Words:
        found = table.get(name)
        texts = {"": found} if isinstance(found, str) else found
        if not isinstance(texts, dict) or not texts:
            self._wrong(_in(where, name), N_("Write it as a text, or as one text a language."))
            return Words("")
        for language, text in texts.items():
            place = _in(where, f"{name}.{language}" if language else name)
            if language and language not in self.languages:
                self._wrong(place, N_("{it} is none of the languages here."), language)
            self._check_text(text, place, longest)
        first = str(texts.get("en") or next(iter(texts.values())))
        if isinstance(found, str):
            return Words(first.strip())
        return Words(first.strip(), {code: str(text).strip() for code, text in texts.items()})

    def _check_text(self, text: object, place: str, longest: int) -> None:
        if not isinstance(text, str) or not text.strip() or "\0" in text:
            self._wrong(place, N_("There is no text."))
        elif len(text) > longest:
            self._wrong(place, N_("Use at most {it} characters."), str(longest))

    def _anchor(self, table: dict[str, Any], where: str) -> Anchor:
        found = table.get("anchor")
        if isinstance(found, str) and found in set(Anchor):
            return Anchor(found)
        self._wrong(_in(where, "anchor"), N_("Choose departure or arrival."))
        return Anchor.ARRIVAL

    def _offset(self, table: dict[str, Any], where: str) -> Offset:
        found = table.get("due")
        offset = Offset.parse(found) if isinstance(found, str) else None
        if offset is not None and abs(offset.number) <= 1500:
            return offset
        self._wrong(_in(where, "due"), N_('Write it like "-2 weeks", "0 days" or "3 months".'))
        return Offset(0)

    def _lateness(self, table: dict[str, Any], where: str) -> Offset:
        found = table["at-most-late"]
        offset = Offset.parse(found) if isinstance(found, str) else None
        if offset is not None and offset.unit is Unit.DAYS and 1 <= offset.number <= 14:
            return offset
        self._wrong(_in(where, "at-most-late"), N_('Write it like "3 days", up to 14.'))
        return Offset(1)

    def _clock(self, table: dict[str, Any], where: str, usual: time) -> time:
        found = table.get("at", f"{usual:%H:%M}")
        if isinstance(found, str) and _CLOCK.fullmatch(found):
            return time.fromisoformat(found.zfill(5))
        self._wrong(_in(where, "at"), N_('Write a time of day like "18:00".'))
        return usual

    def _questionnaire(self, table: dict[str, Any], where: str) -> str:
        found = table.get("questionnaire")
        if isinstance(found, str) and found in self.questionnaires:
            return found
        self._wrong(_in(where, "questionnaire"), N_("There is no questionnaire {it}."), str(found))
        return ""

    def _is_optional(self, table: dict[str, Any], where: str) -> bool:
        found = table.get("optional", False)
        if isinstance(found, bool):
            return found
        self._wrong(_in(where, "optional"), N_("Write true or false."))
        return False

    def _wrong(self, where: str, reason: str, about: str = "") -> None:
        self.problems.append(Problem(where, reason, about[:80]))


def _in(where: str, name: str) -> str:
    return f"{where}, {name}" if where else name
