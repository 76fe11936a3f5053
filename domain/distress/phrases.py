"""The small language of lexicon lines; docs/distress.md explains it to authors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.distress.text import words_of

GAP = "..."
GAP_REACH = 3


@dataclass(frozen=True, slots=True)
class Form:
    """A word, or with `*` its beginning, its end or its middle."""

    letters: str
    open_start: bool
    open_end: bool

    def fits(self, word: str) -> bool:
        if self.open_start and self.open_end:
            return self.letters in word
        if self.open_start:
            return word.endswith(self.letters)
        return word.startswith(self.letters) if self.open_end else word == self.letters

    @property
    def key(self) -> str:
        """What to look for in " word word word "."""
        return f"{'' if self.open_start else ' '}{self.letters}{'' if self.open_end else ' '}"


@dataclass(frozen=True, slots=True)
class Slot:
    forms: tuple[Form, ...]
    reach: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    slots: tuple[Slot, ...]

    def find(self, words: Sequence[str], start: int, end: int) -> tuple[int, ...] | None:
        """The places of the phrase's own words when it begins at `start` and stays before `end`."""
        return _follow(self.slots, words, start, end)


def _follow(
    slots: tuple[Slot, ...], words: Sequence[str], at: int, end: int
) -> tuple[int, ...] | None:
    if not slots:
        return ()
    slot, *rest = slots
    for place in range(at, min(at + slot.reach + 1, end)):
        if any(form.fits(words[place]) for form in slot.forms):
            found = _follow(tuple(rest), words, place + 1, end)
            if found is not None:
                return (place, *found)
    return _follow(tuple(rest), words, at, end) if slot.optional else None


def parse_phrase(line: str, view: Callable[[str], str]) -> Phrase:
    slots: list[Slot] = []
    reach = 0
    for part in line.split():
        if part == GAP:
            reach = GAP_REACH
            continue
        optional = part.startswith("(") and part.endswith(")")
        forms = tuple(_form(form, line, view) for form in part.strip("()").split("|"))
        slots.append(Slot(forms, reach, optional))
        reach = 0
    if not slots or reach or any(end.optional for end in (slots[0], slots[-1])) or slots[0].reach:
        raise ValueError(f"'{line}' must begin and end with a word that has to be there")
    return Phrase(tuple(slots))


def _form(form: str, line: str, view: Callable[[str], str]) -> Form:
    words = words_of(form.strip("*")).words
    letters = view(words[0]) if len(words) == 1 else ""
    if not letters:
        raise ValueError(f"'{form}' in '{line}' is not one word")
    return Form(letters, form.startswith("*"), form.endswith("*"))
