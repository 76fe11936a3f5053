"""What people write on an ordinary day: such a word would freeze somebody by mistake."""

import asyncio
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from babel import Locale
from sqlalchemy import ARRAY, ColumnElement, Select, Subquery, Text, cast, func, select, union
from sqlalchemy.dialects.postgresql import JSONPATH

from domain.distress.lexicon import HEARS, IGNORES
from domain.stop_word.forms import (
    folded,
    forms,
    is_picture,
    kept_across,
    probes,
    shortened,
    slips,
    sought_across,
)
from storage.sessions import Session
from storage.tables.directory import DirectoryPlace, DirectoryService
from storage.tables.organisations import Organisation

_WORD = re.compile(r"\w+")
_WITH_STAR = re.compile(r"\w+\*?")
_EXAMPLES = re.compile(rf"^[\w-]+(?:{HEARS}|{IGNORES}) = .*$", re.MULTILINE)
_LANGUAGES = ("en", "sq", "ar", "fr", "uk", "ru", "es", "it", "pt", "de", "el", "pl")
# Of services, whose they are, and where, in whatever language.
_NAMES = ("$.**.name", "$.**.alternate_name")
# The beginning of a word in the lexicons says something from this length on.
_LEAST_STEM = 4
# Faces, gestures, hearts and what else stands under a hundred messages a day.
_OFTEN_SENT = re.compile(
    "[😀-🙏🤌-🤟🤠-🤯🤲🤝🥰-🥺🫠-🫨🫰-🫸❤♥💋💌💐💓-💟🖤🤍🤎🧡🩵-🩷👀-👐💪💯🔥✅✔❌⭐🌟✨🌹🎉🎊🎁🎂☺☹✌☝✋✊🙃💔👋]"
)


# What is joined to one that shows as one, a family of four and two letters of a flag.
_PICTURE = re.compile("[\U0001f1e6-\U0001f1ff]{2}|.(?:[\ufe0f\U0001f3fb-\U0001f3ff]?\u200d.)*")


def is_ordinary(text: str) -> bool:
    """Whether it is, or is one slip away from, a word of every day, a first name, the name of a
    country or a word that the watch knows, lengthened or not; or is made of nothing else. Takes a
    moment.
    """
    words = [word for word in map(folded, _WORD.findall(text)) if word]
    if _is_near_or_longer(folded(text)) or not _across().isdisjoint(kept_across(text)):
        return True
    return bool(words) and all(map(_is_known, words))


def seldom_sent(text: str) -> int:
    """How many different pictures it has that people seldom send."""
    pictures = {each for each in _PICTURE.findall(text) if any(map(is_picture, each))}
    return len([each for each in pictures if not _OFTEN_SENT.match(each)])


async def is_in_the_directory(session: Session, text: str) -> bool:
    """Whether it is, but for a slip, a word, name or place of the directory, or whose office it
    is: people write such a thing alone in order to find it. Takes a moment.
    """
    return await asyncio.to_thread(_is_one_of, await _names(session, text), text)


def _is_one_of(names: Iterable[str], text: str) -> bool:
    word = forms(text)
    return any(not word.isdisjoint(probes(name)) for name in names)


async def _names(session: Session, text: str) -> list[str]:
    """Those that may be near it, by their length."""
    service, place = DirectoryService, DirectoryPlace
    other = func.jsonb_each_text(place.names).table_valued("key", "value")
    every = (
        select(func.string_to_table(service.title_words + " " + service.other_words, " ")),
        *(select(_texts_at(path)) for path in _NAMES),
        select(place.name),
        select(other.c.value).select_from(place).join(other, place.name != ""),
        select(Organisation.name),
    )
    found = await session.scalars(union(*(_near(each.subquery(), text) for each in every)))
    return list(found)


def _texts_at(path: str) -> ColumnElement[str]:
    found = func.jsonb_path_query(DirectoryService.document, cast(path, JSONPATH))
    return found.op("#>>")(cast([], ARRAY(Text)))


def _near(names: Subquery, text: str) -> Select[str]:
    [name] = names.c
    length = func.char_length(name)
    return select(name).where(length.between(len(shortened(folded(text))) - 3, len(text) + 6))


def _is_known(word: str) -> bool:
    return word.isdigit() or _is_near_or_longer(word) or any(map(word.startswith, _stems()))


def _is_near_or_longer(word: str) -> bool:
    return _is_near(word) or shortened(word) in _short()


def _is_near(word: str) -> bool:
    """Only what is about as long can be one slip away."""
    around = slips(word)
    lengths = range(len(word) - 1, len(word) + 2)
    near = (known for length in lengths for known in _by_length().get(length, ()))
    return any(not around.isdisjoint(slips(known)) for known in near)


@cache
def _words() -> frozenset[str]:
    """Folded: our own lists, the words of the lexicons, and the countries' names."""
    known = {word.strip("*") for word in _written()}
    for language in _LANGUAGES:
        for name in Locale.parse(language).territories.values():
            known |= {name, *_WORD.findall(name)}
    return frozenset(filter(None, map(folded, known)))


@cache
def _short() -> frozenset[str]:
    return frozenset(map(shortened, _words()))


@cache
def _stems() -> frozenset[str]:
    """Beginnings of words that the lexicons listen for, where they are long enough to say much."""
    stems = {folded(word) for word in _written() if word.endswith("*")}
    return frozenset(stem for stem in stems if len(stem) >= _LEAST_STEM)


@cache
def _by_length() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in _words():
        found.setdefault(len(word), []).append(word)
    return found


@cache
def _across() -> frozenset[str]:
    """By which they are known when they are written in another script."""
    return frozenset(each for word in _words() for each in sought_across(word))


@cache
def _written() -> frozenset[str]:
    """What stands in the lists and lexicons, with a star where only the beginning does; not what
    the examples beside the lexicons' lines say.
    """
    folders = (files("domain.stop_word") / "words", files("domain.distress") / "words")
    texts = (list_.read_text("utf-8") for folder in folders for list_ in folder.iterdir())
    return frozenset(word for text in texts for word in _WITH_STAR.findall(_EXAMPLES.sub("", text)))
