"""All phrases of the lexicons at hand, and which of them stand in a message."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from domain.distress.by_word import REMEMBERED, by_word
from domain.distress.lexicon import Entry, Rule, Scope
from domain.distress.matcher import Matcher
from domain.distress.slips import Slips
from domain.distress.text import Words
from domain.distress.views import looks

LONG_ENOUGH_ALONE = 9
# Long sentences are dictated or copied: nobody's finger slipped there.
MOST_WORDS = 20
# There may be an index for each organisation: those with few entries remember fewer words.
WORDS_AN_ENTRY = 20
#: The number of an entry, and the places of its words.
Found = tuple[int, tuple[int, ...]]


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


class Seen(NamedTuple):
    """A word in a view: how much is left of it, the slots that it can stand in, and those of what
    may have been meant instead.
    """

    length: int
    slots: tuple[int, ...]
    meant: tuple[int, ...] | None


class Index:
    """All phrases of one view, looked for in each sentence at once.

    `each_alone`: a slip is mended for each phrase as if it were the only one. Else a word that
    stands in any of them is no slip, and only the first that may have been meant is heard.
    """

    def __init__(self, view: str, entries: Iterable[Entry], *, each_alone: bool = False) -> None:
        self.view = view
        self.each_alone = each_alone
        self.entries = list(entries)
        self.matcher = Matcher(entry.phrase for entry in self.entries)
        self.slips = Slips(
            form.letters
            for entry in self.entries
            for slot in entry.phrase.slots
            for form in slot.forms
            if not (form.open_start or form.open_end)
        )
        self._seen = by_word(self._look_at, min(REMEMBERED, WORDS_AN_ENTRY * len(self.entries)))

    def search(self, message: Words) -> Iterator[Match]:
        """Sentence by sentence; a rule is heard across a pause and across signs, too, and no scope,
        which would take back.
        """
        found = dict.fromkeys(hit for line in message.lines for hit in self._search(message, line))
        for run in message.runs():
            for number, places in self._search(message, run):
                if isinstance(self.entries[number].meaning, Rule):
                    found[number, places] = None
        return (Match(self.entries[number], places) for number, places in found)

    def _search(self, message: Words, line: Sequence[int]) -> Iterator[Found]:
        # A view may leave nothing of a word (a vowel); phrases look past it.
        sentence = [
            (place, seen) for place in line if (seen := self._seen(message.words[place])).length
        ]
        words = [seen for _, seen in sentence]
        for number, at in chain(self._found(words), self._found_mended(words)):
            yield number, tuple([sentence[each][0] for each in at])

    def _look_at(self, word: str) -> Seen:
        letters = looks(word)[self.view]
        return Seen(len(letters), self.matcher.slots_of(letters), self._meant(letters))

    def _meant(self, letters: str) -> tuple[int, ...] | None:
        if self.each_alone:
            like = [*self.slips.like(letters)]
            slots = (slot for each in (letters, *like) for slot in self.matcher.slots_of(each))
            return tuple(slots) if like else None
        mended = self.slips.mended(letters)
        return None if mended is None else self.matcher.slots_of(mended)

    def _found(self, words: Sequence[Seen]) -> Iterator[Found]:
        return self.matcher.find([seen.slots for seen in words])

    def _found_mended(self, words: Sequence[Seen]) -> Iterator[Found]:
        """What is only heard with slips mended: rules, and no scope, which would take back."""
        mended = {place for place, seen in enumerate(words) if seen.meant is not None}
        if not mended or len(words) > MOST_WORDS:
            return
        meant = [seen.slots if seen.meant is None else seen.meant for seen in words]
        for number, at in self.matcher.find(meant):
            # Alone, a word with a slip in it is too often another language's.
            heard = len(at) > 1 or words[at[0]].length >= LONG_ENOUGH_ALONE
            is_rule = isinstance(self.entries[number].meaning, Rule)
            if heard and is_rule and not mended.isdisjoint(at):
                yield number, at


def indexes_of(entries: Iterable[Entry], *, each_alone: bool = False) -> list[Index]:
    by_view: dict[str, list[Entry]] = {}
    for entry in entries:
        by_view.setdefault(entry.view, []).append(entry)
    return [Index(view, found, each_alone=each_alone) for view, found in by_view.items()]
