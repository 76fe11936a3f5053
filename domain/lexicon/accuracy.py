"""How well the watch hears, by what caseworkers say of its signals: counts and no words."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from domain.actors import Actor, Right
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import CaseEvent
from storage.tables.marks import SignalMark
from storage.tables.organisations import Organisation

#: The kinds of signal: categories of the lexicons.
CATEGORIES = frozenset({
    "abduction", "captivity", "child-danger", "coercion", "crying", "danger", "debt", "farewell",
    "fear", "forced-labour", "grant-delay", "hopeless", "human-request", "insomnia",
    "irregular-return", "loneliness", "medical", "minor", "money", "panic", "police-request",
    "regret", "self-harm", "sexual-exploitation", "sexual-violence", "shelter", "staff-harm",
    "stigma", "suicide", "surveillance", "threat", "trafficker-contact", "violence", "weapon",
})  # fmt: skip
# The kinds of reason that the watch gives.
_OF_THE_WATCH = CATEGORIES | {"likeness"}
_GRAVE = Severity.URGENT.rank


@dataclass(slots=True)
class Hearing:
    """How many signals of one language caseworkers marked, by what the watch said and what was
    meant.
    """

    language: str
    right: int = 0
    too_high: int = 0
    too_low: int = 0
    false: int = 0
    missed: int = 0
    #: What was meant urgent or as an emergency, and how much of that was signalled at all.
    grave: int = 0
    grave_signalled: int = 0

    @property
    def signals(self) -> int:
        return self.right + self.too_high + self.too_low + self.false

    @property
    def real(self) -> int:
        return self.signals - self.false

    def count(self, said: Severity, meant: Severity, times: int) -> None:
        if meant.rank >= _GRAVE:
            self.grave += times
            self.grave_signalled += times if said is not Severity.NONE else 0
        if said is Severity.NONE:
            self.missed += times
        elif meant is Severity.NONE:
            self.false += times
        elif said is meant:
            self.right += times
        elif said.rank > meant.rank:
            self.too_high += times
        else:
            self.too_low += times


def heard_by_the_watch(reasons: Iterable[str]) -> bool:
    return any(reason.partition(".")[0] in _OF_THE_WATCH for reason in reasons)


async def hearing(session: Session, actor: Actor) -> list[Hearing]:
    """The marks of the actor's organisation, a line for each language. Raises NotAllowed."""
    actor.ensure_may(Right.SEE_PEOPLE)
    return (await _hearing(session, actor.organisation_id)).get(actor.organisation_id, [])


async def hearing_of(session: Session, actor: Actor, code: str) -> tuple[int, int]:
    """How many alarms with this reason were marked as real, and how many as false.

    Raises NotAllowed.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    false = SignalMark.meant == Severity.NONE
    found = await session.execute(
        select(func.count().filter(~false), func.count().filter(false))
        .join(CaseEvent, CaseEvent.id == SignalMark.event_id)
        .where(
            SignalMark.organisation_id == actor.organisation_id,
            CaseEvent.reasons.contains([code]),
        )
    )
    times_real, times_false = found.one()
    return times_real, times_false


async def hearing_everywhere(session: Session) -> list[tuple[str, Hearing]]:
    """The marks of all organisations, each line with its organisation's name. Needs the service's
    scope.
    """
    found = await _hearing(session, None)
    names = await session.execute(
        select(Organisation.id, Organisation.name).order_by(Organisation.name, Organisation.id)
    )
    return [(name, line) for id_, name in names for line in found.get(id_, [])]


async def _hearing(session: Session, organisation_id: UUID | None) -> dict[UUID, list[Hearing]]:
    cell = (
        SignalMark.organisation_id,
        SignalMark.language,
        SignalMark.said,
        SignalMark.meant,
    )
    query = select(*cell, func.count()).group_by(*cell)
    if organisation_id is not None:
        query = query.where(SignalMark.organisation_id == organisation_id)
    lines: dict[UUID, dict[str, Hearing]] = {}
    for organisation, language, said, meant, times in await session.execute(query):
        of_language = lines.setdefault(organisation, {})
        of_language.setdefault(language, Hearing(language)).count(said, meant, times)
    return {each: [found[name] for name in sorted(found)] for each, found in lines.items()}
