"""Whether a note seems to say who somebody is, how they are reached or where they live (P14).

It guesses, and only ever leads to a question: the worker knows better.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import pairwise

from locales.catalogues import LANGUAGES, locale_of


class Told(StrEnum):
    NAME = "name"
    NUMBER = "number"
    ADDRESS = "address"


_DATE = re.compile(
    r"(?<!\d)(?:\d{4}|\d{1,2})([./-])\d{1,2}\1(?:\d{4}|\d{1,2})(?!\d)(?:[ T]\d{1,2}(?::\d\d)*)?"
)
# Seven digits and more, however they are parted; what is longer than a telephone's is none.
_NUMBER = re.compile(r"(?<![\w-])\+?\(?\d(?:[ \t\u00a0()./-]{0,2}\d){6,14}(?![\w-])")
# A run of letters is looked at from its beginning alone: from each of them on, a note of one
# endless word, such as a file that was pasted, would take minutes.
_ACCOUNT = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+\.\w+|(?<![\w.])@\w{4,}|\b(?:https?://|(?:t|wa)\.me/)\S+"
)
# Streets in the thirteen languages, before a number or after one.
_STREET = (
    r"street|st\.|road|rd\.|avenue|lane|flat|apartment|rue|boulevard|bd\.|chemin|impasse|appartement"
    r"|rruga|rr\.|lagjja|pallati|bulevardi|calle|avenida|piso|plaza|via|viale|piazza|rua|travessa"
    r"|praça|ulica|ul\.|aleja|al\.|osiedle|вулиця|вул\.|проспект|просп\.|будинок|буд\.|улица|ул\."
    r"|дом|квартира|кв\.|οδός|οδού|λεωφόρος|πλατεία|شارع|زنقة|عمارة|شقة"
)
_ADDRESS = re.compile(
    rf"(?<!\w)(?:{_STREET})(?!\w)[^\n.!?;]{{0,40}}?\d"
    rf"|\d{{1,4}}[a-z]?,?\s+(?:{_STREET})(?!\w)"
    rf"|\d{{1,4}}[a-z]?\s+(?:[^\W\d_]+\s){{1,2}}(?:{_STREET})(?!\w)"
    rf"|(?<!\w)\w+(?:straße|strasse|str\.|gasse|weg|allee)\s+\d",
    re.IGNORECASE,
)
# What comes before a name in the thirteen languages.
_INTRODUCED = re.compile(
    r"(?<!\w)(?:named|called|mr\.?|mrs\.?|ms\.?|heißt|herr|frau|s['’]appelle|nommée?|monsieur|madame"
    r"|mme\.?|quhet|quajtur|zoti|zonja|se llama|llamad[oa]|señora?|si chiama|signora?|chama-se"
    r"|senhora?|nazywa się|pan|pani|на ім['’]я|звати|пан|пані|по имени|зовут|λέγεται|κύριος|κυρία)"
    r"\s+([^\W\d_]['’\w-]+)",
    re.IGNORECASE,
)
# Arabic has no capitals.
_INTRODUCED_IN_ARABIC = re.compile(r"(?<!\w)(?:اسمها|اسمه|سميتو|سميتها|السيدة|السيد)\s+\w{2,}")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SENTENCE = re.compile(r"[.!?:;\n…]+")


def told_by(words: str) -> frozenset[Told]:
    """What it seems to hold. Never raises; the work is linear in the length of each sentence."""
    return frozenset(_found(words))


def _found(words: str) -> Iterator[Told]:
    if _ACCOUNT.search(words) or _NUMBER.search(_DATE.sub(" ", words)):
        yield Told.NUMBER
    if _ADDRESS.search(words):
        yield Told.ADDRESS
    if (
        _INTRODUCED_IN_ARABIC.search(words)
        or _introduces(words)
        or any(map(_names, _SENTENCE.split(words)))
    ):
        yield Told.NAME


def _introduces(words: str) -> bool:
    return any(_is_name(found[1]) for found in _INTRODUCED.finditer(words))


def _names(sentence: str) -> bool:
    """Whether two words in a row begin with capitals, as first and last names do."""
    return any(
        _is_name(first[0]) and _is_name(second[0]) and sentence[first.end() : second.start()] == " "
        for first, second in pairwise(_WORD.finditer(sentence))
        if first.start() > 0 or len(first[0]) > 2
    )


def _is_name(word: str) -> bool:
    return word[:1].isupper() and not word.isupper() and word.casefold() not in _no_names()


@cache
def _no_names() -> frozenset[str]:
    """Words with capitals that name nobody: countries, days, months and languages, as spelled in
    any of the languages.
    """
    known: set[str] = set()
    for language in LANGUAGES:
        locale = locale_of(language)
        texts = [*locale.territories.values(), *locale.languages.values()]
        for calendar in (locale.days, locale.months):
            for widths in calendar.values():
                for names in widths.values():
                    texts += names.values()
        for text in texts:
            known.update(word.casefold() for word in _WORD.findall(text))
    return frozenset(known)
