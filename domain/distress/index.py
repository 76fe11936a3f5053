from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.distress.lexicon import Entry, Rule, Scope
from domain.distress.matcher import Matcher
from domain.distress.slips import Slips
from domain.distress.text import Words
from domain.distress.views import VIEWS

LONG_ENOUGH_ALONE = 9


class Match(NamedTuple):
    """`places` are the phrase's own words in the message; those between are its gaps."""

    entry: Entry
    places: tuple[int, ...]

    @property
    def language(self) -> str:
        return self.entry.language

    @property
    def meaning(self) -> Rule | Scope:
        return self.entry.meaning

    @property
    def start(self) -> int:
        return self.places[0]

    @property
    def end(self) -> int:
        return self.places[-1] + 1


class Index:
    """All phrases of one view, looked for in each sentence at once."""

    def __init__(self, view: Callable[[str], str], entries: Iterable[Entry]) -> None:
        self.view = view
        self.entries = list(entries)
        self.matcher = Matcher(entry.phrase for entry in self.entries)
        self.slips = Slips(
            form.letters
            for entry in self.entries
            for slot in entry.phrase.slots
            for form in slot.forms
            if not (form.open_start or form.open_end)
        )

    def search(self, message: Words) -> Iterator[Match]:
        for span, line in message.lines:
            text = self.view(line)
            words = text.split()
            found = [*self.matcher.find(words)]
            mended = self.slips.mended(words)
            if mended:
                found += self._found_mended(words, mended)
            if found:
                # A view may leave nothing of a word (a vowel); phrases look past it.
                places = [place for place, word in zip(span, text.split(" "), strict=True) if word]
                for number, at in found:
                    yield Match(self.entries[number], tuple([places[each] for each in at]))

    def _found_mended(
        self, words: Sequence[str], mended: Mapping[int, str]
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """What is only heard with slips mended: rules, and no scope, which would take back."""
        meant = [mended.get(place, word) for place, word in enumerate(words)]
        for number, at in self.matcher.find(meant):
            # Alone, a word with a slip in it is too often another language's.
            heard = len(at) > 1 or len(words[at[0]]) >= LONG_ENOUGH_ALONE
            is_rule = isinstance(self.entries[number].meaning, Rule)
            if heard and is_rule and not mended.keys().isdisjoint(at):
                yield number, at


def indexes_of(entries: Iterable[Entry]) -> list[Index]:
    by_view: dict[str, list[Entry]] = {}
    for entry in entries:
        by_view.setdefault(entry.view, []).append(entry)
    return [Index(VIEWS[view], found) for view, found in by_view.items()]
