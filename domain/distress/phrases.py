"""The small language of lexicon lines; docs/distress.md explains it to authors."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product, takewhile

from domain.distress.text import word_of

GAP = "..."
JOINT = "_"
GAP_REACH = 3
SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Form:
    """A word, or with `*` its beginning, its end or its middle."""

    letters: str
    open_start: bool
    open_end: bool

    @property
    def key(self) -> str:
        """What to look for in " word word word "."""
        return f"{'' if self.open_start else ' '}{self.letters}{'' if self.open_end else ' '}"


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a phrase. Up to `reach` others may stand before it."""

    forms: tuple[Form, ...]
    reach: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    slots: tuple[Slot, ...]


def spelled_out(line: str) -> list[str]:
    """The lines that it stands for where one of several forms is more than a word: `go|bear_it on`
    is `go on` and `bear it on`. Raises ValueError where such a form lacks a word, or need not be
    there at an end of the line.
    """
    ends = line.split()[:1] + line.split()[-1:]
    if any(JOINT in end and end.startswith("(") for end in ends):
        raise _ends_in_what_need_not_be_there(line)
    return [" ".join(filter(None, parts)) for parts in product(*map(_spelled_out, line.split()))]


def _spelled_out(part: str) -> list[str]:
    if JOINT not in part:
        return [part]
    optional = part.startswith("(")
    forms = part.strip("()").split("|")
    if not all(word for form in forms for word in form.split(JOINT)):
        raise ValueError(f"'{part}' lacks a word")
    several = [form.replace(JOINT, " ") for form in forms if JOINT in form]
    single = "|".join(form for form in forms if JOINT not in form)
    if optional:
        return [f"({single})" if single else "", *several]
    return [single, *several] if single else several


def parse_phrase(line: str, view: Callable[[str], str]) -> Phrase:
    slots: list[Slot] = []
    reach = 0
    for part in line.split():
        if part == GAP:
            reach = GAP_REACH
            continue
        optional = part.startswith("(") and part.endswith(")")
        forms = tuple(parse_form(form, view) for form in part.strip("()").split("|"))
        slots.append(Slot(forms, reach, optional))
        reach = 0
    if not slots or reach or any(end.optional for end in (slots[0], slots[-1])) or slots[0].reach:
        raise _ends_in_what_need_not_be_there(line)
    return Phrase(tuple(slots))


def _ends_in_what_need_not_be_there(line: str) -> ValueError:
    return ValueError(f"'{line}' must begin and end with a word that has to be there")


# A lexicon's words stand in many of its lines; all of one language are no more than these.
@lru_cache(8_000)
def parse_form(form: str, view: Callable[[str], str]) -> Form:
    """Of a stem, what stays of it before a vowel: "поліці*" sounds otherwise in "поліцію". Raises
    ValueError where it is not one word, or a view leaves nothing of it.
    """
    parsed = _as_it_stands(form, view)
    if not parsed.open_end or parsed.open_start:
        return parsed
    before_vowel = view(word_of(f"{form.strip('*')}a"))
    alike = takewhile(
        lambda pair: pair[0] == pair[1], zip(parsed.letters, before_vowel, strict=False)
    )
    stem = "".join(letter for letter, _ in alike)
    return replace(parsed, letters=stem) if len(stem) >= SHORTEST_STEM else parsed


def _as_it_stands(form: str, view: Callable[[str], str]) -> Form:
    letters = view(word_of(form.strip("*")))
    if not letters:
        raise ValueError(f"'{form}' is not one word")
    return Form(letters, form.startswith("*"), form.endswith("*"))
