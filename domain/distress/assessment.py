"""What is made of a message, and by which of its words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from storage.kinds import Severity


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the watch made of one message.

    `ask` is set only beside `none`: the words were not clear, so the person is gently asked whether
    they want somebody. `reasons` are codes of rules ("captivity.locked-in"), gravest first, each
    followed by the scopes that lowered it ("scope.negation"); they never hold the person's words.
    `version` names the rules that it was decided by, and after a "+" the organisation's own.
    """

    severity: Severity
    ask: bool
    reasons: tuple[str, ...]
    version: str = ""


def with_scopes(reasons: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Each with the scopes that lowered it, which stand behind it."""
    told: tuple[str, ...] = ()
    for reason in reasons:
        if told and not reason.startswith("scope."):
            yield told
            told = ()
        told += (reason,)
    if told:
        yield told


def each_once(reasons: Iterable[str]) -> tuple[str, ...]:
    """Of several assessments. The same scope stays behind all that it lowered, lest any of that
    look as if it was heard in full.
    """
    return tuple(chain.from_iterable(dict.fromkeys(with_scopes(reasons))))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the message, and the code of the rule that they are a reason of."""

    words: str
    code: str
