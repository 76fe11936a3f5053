from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

import ahocorasick

from domain.distress.lexicon import Entry, Rule, Scope
from domain.distress.text import Words


@dataclass(frozen=True, slots=True)
class Match:
    """`places` are the phrase's own words in the message; those between are its gaps."""

    language: str
    meaning: Rule | Scope
    places: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.places[0]

    @property
    def end(self) -> int:
        return self.places[-1] + 1


class Index:
    """All phrases of one view. One pass over the text finds those whose first word is there."""

    def __init__(self, view: Callable[[str], str], entries: Iterable[Entry]) -> None:
        self.view = view
        by_key: dict[str, list[Entry]] = {}
        for entry in entries:
            for form in entry.phrase.slots[0].forms:
                by_key.setdefault(form.key, []).append(entry)
        self.automaton = ahocorasick.Automaton()
        for key, found in by_key.items():
            self.automaton.add_word(key, (key.endswith(" "), found))
        self.automaton.make_automaton()

    def search(self, message: Words) -> Iterator[Match]:
        # A view may leave nothing of a word (a vowel); phrases look past it.
        seen = [(place, self.view(word)) for place, word in enumerate(message.words)]
        places = [place for place, word in seen if word]
        words = [word for _, word in seen if word]
        ends = _sentence_ends([message.sentences[place] for place in places])
        begins = list(accumulate((len(word) + 1 for word in words), initial=1))
        for last, (closed, entries) in self.automaton.iter(f" {' '.join(words)} "):
            start = bisect_right(begins, last - closed) - 1
            for entry in entries:
                found = entry.phrase.find(words, start, ends[start])
                if found:
                    yield Match(entry.language, entry.meaning, tuple(places[at] for at in found))


def _sentence_ends(sentences: list[int]) -> list[int]:
    ends = [len(sentences)] * len(sentences)
    for at in range(len(sentences) - 2, -1, -1):
        ends[at] = ends[at + 1] if sentences[at] == sentences[at + 1] else at + 1
    return ends
