"""Which matters the words of a message belong to, whatever language they are in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from domain.distress.by_word import by_word
from domain.distress.lexicon import Entry, Rule
from domain.distress.text import Words
from domain.distress.views import looks

# A word of many matters, or a very short one, tells nothing of any.
MOST_MATTERS, SHORTEST = 3, 3
MOST_COUNTED = 3


class Matter(NamedTuple):
    """A word of the lexicons, in one view, and the categories in whose lines it stands."""

    view: str
    word: str
    categories: tuple[str, ...]


class Topics:
    """The words of all lexicons, each with the categories in whose lines it stands."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        matters: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for entry in entries:
            if isinstance(entry.meaning, Rule):
                for form in (form for slot in entry.phrase.slots for form in slot.forms):
                    if len(form.key) == len(form.letters) + 2 and len(form.letters) >= SHORTEST:
                        matters[entry.view][form.letters].add(entry.meaning.category)
        self._matters = {
            view: {
                word: Matter(view, word, tuple(sorted(categories)))
                for word, categories in words.items()
                if len(categories) <= MOST_MATTERS
            }
            for view, words in matters.items()
        }
        self._told = by_word(self._told_by)

    def of(self, message: Words) -> Iterator[str]:
        """A category, and its name again with a number when several words are of it."""
        counts: Counter[str] = Counter()
        for line in message.lines:
            words = message.words[line.start : line.stop]
            for told in {*chain.from_iterable(map(self._told, words))}:
                counts.update(told.categories)
        for category, count in sorted(counts.items()):
            for number in range(1, min(count, MOST_COUNTED) + 1):
                yield f"{category} {number}"

    def _told_by(self, word: str) -> list[Matter]:
        seen = looks(word)
        return [
            matters[seen[view]] for view, matters in self._matters.items() if seen[view] in matters
        ]
