"""What words stand for, so that what is learned in one language helps in the others."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple, Self

import ahocorasick

from domain.distress.phrases import parse_form
from domain.distress.text import Words
from domain.distress.views import VIEWS

# Words that look like another language's are in every message, short ones most of all, and only
# nearly as many letters as there are of its own say that it is mixed.
NEARLY = 0.9


class Meaning(NamedTuple):
    language: str
    concept: str


class Known(NamedTuple):
    letters: int
    meanings: tuple[Meaning, ...]


class Concepts:
    """The words of every language, each with the concepts that it stands for."""

    def __init__(self, meanings: Iterable[tuple[str, str, str, str]]) -> None:
        by_view: defaultdict[str, defaultdict[str, list[Meaning]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for view, language, concept, word in meanings:
            by_view[view][parse_form(word, VIEWS[view]).key].append(Meaning(language, concept))
        self._views = [(VIEWS[view], _automaton(words)) for view, words in by_view.items()]

    @classmethod
    def load(cls) -> Self:
        return cls(_written())

    def of(self, message: Words) -> list[str]:
        """Each concept once, in the language or languages whose words make up most of it."""
        said: defaultdict[str, set[str]] = defaultdict(set)
        letters: Counter[str] = Counter()
        for look, automaton in self._views:
            for _, line in message.lines:
                longest: dict[tuple[int, str], int] = {}
                for end, known in automaton.iter(f" {look(line)} "):
                    for language, concept in known.meanings:
                        said[language].add(concept)
                        before = longest.get((end, language), 0)
                        longest[end, language] = max(before, known.letters)
                for (_, language), length in longest.items():
                    letters[language] += length
        enough = NEARLY * max(letters.values(), default=0)
        return sorted(
            {each for name, found in said.items() if letters[name] >= enough for each in found}
        )


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
