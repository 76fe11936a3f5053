"""What an organisation listens for besides the lexicons, and which of their lines it mutes.

Its phrases are plain words in a row: compared as the lexicons' are, slips included, but without
their alternatives, gaps and stems, since a short stem would hear half a language.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.distress.index import Index, indexes_of
from domain.distress.lexicon import Entry, Rule
from domain.distress.phrases import Form, Phrase, Slot
from domain.distress.text import words_of
from domain.distress.views import VIEWS
from storage.kinds import Severity

#: How each language is looked at, as its lexicon says.
VIEW_OF: Mapping[str, str] = {
    **dict.fromkeys(("ar", "en", "es", "fr", "it", "pl", "pt", "sq"), "as-written"),
    "ary": "consonants",
    "de": "umlauts",
    "el": "greek",
    "ru": "sounds",
    "uk": "sounds",
}
#: How the names of its rules begin.
OWN = "own-"
MOST_WORDS, MOST_LETTERS = 8, 80
# A single word that is shorter, or one whose consonants are so few, is too often another.
FEWEST_LETTERS, FEWEST_ALONE = 2, 4


class Own:
    """Of one organisation, as it stands in one version."""

    def __init__(
        self, version: int, entries: Iterable[Entry], muted: frozenset[str] = frozenset()
    ) -> None:
        self.version = version
        # What one entry was tried on it hears, whatever others there are since.
        self.indexes: list[Index] = indexes_of(entries, each_alone=True)
        #: Keys of lines of the lexicons.
        self.muted = muted

    def __reduce__(self) -> tuple[Any, ...]:
        """It is made anew from its entries wherever it is sent."""
        entries = [entry for index in self.indexes for entry in index.entries]
        return Own, (self.version, entries, self.muted)


def own_entry(
    id_: UUID, language: str, category: str, severity: Severity, phrase: str
) -> Entry | None:
    """None where nothing is left of the phrase that could be heard."""
    words = _heard(language, phrase)
    if not words:
        return None
    rule = Rule(category, own_name(id_), severity)
    fewest = _fewest(words)
    slots = tuple(Slot(tuple(_forms(language, word, fewest))) for word in words)
    return Entry(language, VIEW_OF[language], rule, Phrase(slots), phrase)


def own_name(id_: UUID) -> str:
    """What the codes of its signals call it."""
    return f"{OWN}{id_.hex[:12]}"


def can_be_heard(language: str, phrase: str) -> bool:
    """Whether it is a phrase of some plain words, and no word that many others sound like."""
    look = VIEWS[VIEW_OF[language]]
    words = [look(word) for word in _heard(language, phrase)]
    enough = sum(map(len, words)) >= _fewest(words)
    return enough and len(words) <= MOST_WORDS and len(phrase) <= MOST_LETTERS


def _fewest(words: Sequence[str]) -> int:
    return FEWEST_ALONE if len(words) == 1 else FEWEST_LETTERS


def _heard(language: str, phrase: str) -> list[str]:
    """The words of which a view leaves something."""
    look = VIEWS[VIEW_OF[language]]
    return [word for word in words_of(phrase).words if look(word)]


def _forms(language: str, word: str, fewest: int) -> Iterator[Form]:
    """In Darija the ending of many nouns is a letter in Arabic script, in Arabizi a vowel alone."""
    letters = VIEWS[VIEW_OF[language]](word)
    yield Form(letters, open_start=False, open_end=False)
    if language == "ary" and word.endswith("ه") and len(letters) > fewest:
        yield Form(letters.removesuffix("h"), open_start=False, open_end=False)
    if language == "ary" and word.endswith("a"):
        yield Form(f"{letters}h", open_start=False, open_end=False)
