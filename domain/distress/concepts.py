"""What words stand for, so that what is learned in one language helps in the others."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple, Self

import ahocorasick

from domain.distress.by_word import by_word
from domain.distress.phrases import parse_form
from domain.distress.text import Words
from domain.distress.views import VIEWS, looks

# Words that look like another language's are in every message, short ones most of all, and only
# nearly as many letters as there are of its own say that it is mixed.
NEARLY = 0.9


class Meaning(NamedTuple):
    language: str
    concept: str


class Known(NamedTuple):
    letters: int
    meanings: tuple[Meaning, ...]


class Meant(NamedTuple):
    """What a word stands for in one language, and how many letters of it do."""

    language: str
    letters: int
    concepts: tuple[str, ...]


class Concepts:
    """The words of every language, each with the concepts that it stands for."""

    def __init__(self, meanings: Iterable[tuple[str, str, str, str]]) -> None:
        by_view: defaultdict[str, defaultdict[str, list[Meaning]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for view, language, concept, word in meanings:
            by_view[view][parse_form(word, VIEWS[view]).key].append(Meaning(language, concept))
        self._views = [(view, _automaton(words)) for view, words in by_view.items()]
        self._meant = by_word(self._meant_by)

    @classmethod
    def load(cls) -> Self:
        return cls(_written())

    def of(self, message: Words) -> list[str]:
        """Each concept once, in the language or languages whose words make up most of it."""
        said: defaultdict[str, set[str]] = defaultdict(set)
        letters: Counter[str] = Counter()
        for word in message.words:
            for meant in self._meant(word):
                said[meant.language].update(meant.concepts)
                letters[meant.language] += meant.letters
        enough = NEARLY * max(letters.values(), default=0)
        return sorted(
            {each for name, found in said.items() if letters[name] >= enough for each in found}
        )

    def stands_for(self, word: str, concept: str, language: str) -> bool:
        """Whether the word does, in that language."""
        meant = (each for each in self._meant(word) if each.language == language)
        return any(concept in each.concepts for each in meant)

    def _meant_by(self, word: str) -> list[Meant]:
        """In each language; of words that end at the same letter the longest counts."""
        concepts: defaultdict[str, set[str]] = defaultdict(set)
        longest: dict[tuple[str, str, int], int] = {}
        seen = looks(word)
        for view, automaton in self._views:
            for end, known in automaton.iter(f" {seen[view]} "):
                for language, concept in known.meanings:
                    concepts[language].add(concept)
                    before = longest.get((language, view, end), 0)
                    longest[language, view, end] = max(before, known.letters)
        letters: Counter[str] = Counter()
        for (language, _, _), length in longest.items():
            letters[language] += length
        return [Meant(each, letters[each], tuple(concepts[each])) for each in concepts]


def _automaton(words: dict[str, list[Meaning]]) -> "ahocorasick.Automaton":
    automaton = ahocorasick.Automaton()
    for key, meanings in words.items():
        automaton.add_word(key, Known(len(key.strip()), tuple(meanings)))
    automaton.make_automaton()
    return automaton


def _written() -> Iterator[tuple[str, str, str, str]]:
    for file in sorted(
        files("domain.distress").joinpath("concepts").iterdir(), key=lambda f: f.name
    ):
        if file.name.endswith(".toml"):
            language = file.name.removesuffix(".toml")
            written = tomllib.loads(file.read_text("utf-8"))
            view = written.pop("view", "as-written")
            for concept, words in written.items():
                for word in words.split():
                    yield view, language, concept, word
