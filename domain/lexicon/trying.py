"""What a new entry would change, before it counts: tried on cries and on harmless messages.

Pure, and some tenths of a second long: whoever has others waiting does it in a thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from domain.distress import Own, Watch
from domain.distress.assessment import Assessment
from domain.distress.examples import Example, load_examples
from domain.distress.lexicon import Entry
from domain.distress.text import words_of
from domain.lexicon.reading import OwnWords
from storage.kinds import Severity

#: So many of the harmless examples in its own language may be signalled: one in forty, since few of
#: them are as plain as what people write most, such as thanks.
ONE_IN = 40


@dataclass(frozen=True, slots=True)
class Change:
    """Of one example: how it is judged now, and how with the entry."""

    language: str
    text: str
    before: Assessment
    after: Assessment

    @property
    def graver(self) -> bool:
        return _gravity(self.after) > _gravity(self.before)

    @property
    def signalled(self) -> bool:
        return self.after.severity is not Severity.NONE


@dataclass(frozen=True, slots=True)
class Trial:
    #: Of what it must hear: what it does not. Of what it must not: what it does.
    unheard: Sequence[str]
    overheard: Sequence[str]
    #: Cries that it makes more of, and of how many.
    cries: Sequence[Change]
    of_cries: int
    #: Harmless examples that it makes more of, and of how many; and in its own language.
    harmless: Sequence[Change]
    of_harmless: int
    signalled_in_language: int
    of_harmless_in_language: int

    @property
    def signalled(self) -> int:
        """How many harmless ones would be alarms."""
        return sum(each.signalled for each in self.harmless)

    @property
    def asked(self) -> int:
        return len(self.harmless) - self.signalled

    @property
    def too_loud(self) -> bool:
        return self.signalled_in_language * ONE_IN > self.of_harmless_in_language

    @property
    def passed(self) -> bool:
        return not (self.unheard or self.overheard or self.too_loud)


def try_out(watch: Watch, own: Own, words: OwnWords) -> Trial:
    """`own` is what the organisation listens for already."""
    entry = words.as_entry()
    heard = _Heard(watch, own, words.code, [entry] if entry else [])
    cries = [each for each in _examples() if each.heard]
    harmless = [each for each in _examples() if not each.heard]
    louder = heard.changes(harmless)
    return Trial(
        unheard=[text for text in words.hears if not heard.speaks(text)],
        overheard=[text for text in words.ignores if heard.speaks(text)],
        cries=heard.changes(cries),
        of_cries=len(cries),
        harmless=louder,
        of_harmless=len(harmless),
        signalled_in_language=sum(
            each.language == words.language and each.signalled for each in louder
        ),
        of_harmless_in_language=sum(each.language == words.language for each in harmless),
    )


class _Heard:
    """The entry by itself, which tells quickly where the rest has to be asked."""

    def __init__(self, watch: Watch, own: Own, code: str, entries: Sequence[Entry]) -> None:
        self._watch, self._own, self._code = watch, own, code
        self._with = Own(own.version, entries, own.muted)
        self._alone = self._with.indexes
        self._with.indexes = [*self._alone, *own.indexes]

    def speaks(self, text: str) -> bool:
        """Whether it is a reason: what stands around it may have settled it."""
        return self._code in self._watch.assess(text, own=self._with).reasons

    def changes(self, examples: Iterable[Example]) -> list[Change]:
        found = []
        for each in examples:
            message = words_of(each.text)
            if any(True for index in self._alone for _ in index.search(message)):
                before = self._watch.assess(each.text, own=self._own)
                after = self._watch.assess(each.text, own=self._with)
                found.append(Change(each.language, each.text, before, after))
        return [each for each in found if each.graver]


def _gravity(verdict: Assessment) -> tuple[int, bool]:
    return verdict.severity.rank, verdict.ask


@cache
def _examples() -> Sequence[Example]:
    """Those beside the lines of the lexicons."""
    return tuple(load_examples())
