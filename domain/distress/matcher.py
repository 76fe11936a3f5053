"""Looking for thousands of phrases in a sentence at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import ahocorasick

from domain.distress.phrases import GAP_REACH, Phrase, Slot


class Matcher:
    """Finds all its phrases at once: one integer has a bit for every slot of every phrase.

    A sentence is read backwards, and a bit is set at the words where the rest of its phrase, from
    that slot on, begins. So the bit of a first slot tells of a whole phrase, and a word costs the
    same few operations on integers, however many phrases could go on there.
    """

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._slots: list[Slot] = []
        self._phrase_of: dict[int, int] = {}
        self._lasts = 0
        by_key: defaultdict[str, int] = defaultdict(int)
        for number, phrase in enumerate(phrases):
            self._phrase_of[len(self._slots)] = number
            for slot in phrase.slots:
                for key in {form.key for form in slot.forms}:
                    by_key[key] |= 1 << len(self._slots)
                self._slots.append(slot)
            self._lasts |= 1 << len(self._slots) - 1
        self._firsts = sum(1 << bit for bit in self._phrase_of)
        self._after_gaps = sum(1 << bit for bit, slot in enumerate(self._slots) if slot.reach)
        self._after_optional = sum(
            2 << bit for bit, slot in enumerate(self._slots) if slot.optional
        )
        self._automaton = ahocorasick.Automaton()
        for key, bits in by_key.items():
            self._automaton.add_word(key, bits)
        self._automaton.make_automaton()

    def slots_of(self, word: str) -> tuple[int, ...]:
        """The slots that it can stand in."""
        return tuple([slots for _, slots in self._automaton.iter(f" {word} ")][::-1])

    def find(self, sentence: Sequence[Sequence[int]]) -> Iterator[tuple[int, tuple[int, ...]]]:
        """The number of each phrase in the sentence, with the places of the phrase's own words.
        Of each word of the sentence the slots that it can stand in are given.

        Each place is the earliest that leaves the rest of the phrase its own.
        """
        begun = [0] * (len(sentence) + GAP_REACH + 1)
        whole = []
        for place in range(len(sentence) - 1, -1, -1):
            if not sentence[place]:
                continue
            allowed = self._allowed(begun[place + 1 : place + GAP_REACH + 2])
            for slots in sentence[place]:
                if here := slots & allowed:
                    begun[place] |= here
                    if firsts := here & self._firsts:
                        whole.append((place, firsts))
        for place, firsts in reversed(whole):
            for bit in _bits(firsts):
                yield self._phrase_of[bit], tuple(self._places(bit, place, begun))

    def _allowed(self, ahead: Sequence[int]) -> int:
        """The slots that end a phrase or are followed by the rest of theirs."""
        near, second, third, fourth = ahead
        following = near | (second | third | fourth) & self._after_gaps
        if not following:
            return self._lasts
        skipping = following & self._after_optional
        while skipping:
            skipping >>= 1
            following |= skipping
            skipping &= self._after_optional
        return self._lasts | following >> 1

    def _places(self, bit: int, place: int, begun: Sequence[int]) -> Iterator[int]:
        """Where the words of the phrase are whose first slot is `bit` and begins at `place`."""
        yield place
        while not self._lasts >> bit & 1:
            bit += 1
            reached = range(place + 1, place + 2 + self._slots[bit].reach)
            found = next((at for at in reached if begun[at] >> bit & 1), None)
            if found is not None:
                place = found
                yield place


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
