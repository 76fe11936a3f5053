"""How the check-ins of a year came out: each person counts once, however often they were asked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from domain.check_ins.answers import opened
from domain.check_ins.asking import ASKED_FOR
from domain.consent import last_word
from domain.figures.publication import Counts, Figures, Trait, publish
from domain.figures.reach import HOW_FAR, Reach, reach
from domain.figures.traits import PATIENCE
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from storage.keys.keyring import SealError
from storage.kinds import CheckInState, Purpose
from storage.sessions import Session
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.returnees import Returnee, WrappedKey

log = structlog.get_logger()

#: The question whose answers a year shows. No figure says how many are safe.
NEED = SAFETY_AND_NEEDS.question("need")
_AT_ONCE = 1000
# Of several check-ins of one person, what came of the first of these that there is.
_BEST = (
    Reach.ANSWERED,
    Reach.STARTED,
    Reach.DECLINED,
    Reach.NO_ANSWER,
    Reach.FAILED_BY_US,
    Reach.NOT_ASKED,
)


@dataclass(slots=True)
class _Person:
    country: str | None
    language: str
    best: Reach
    need: tuple[str | None, ...] = ()


async def answers_of_year(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> Figures:
    """Of check-ins that have been over for a week. Needs the service's scope."""
    theirs = _theirs(session, organisation_id, begins, ends)
    people = await _people(session, theirs)
    await _add_needs(session, theirs, people)
    counts: dict[Trait, dict[str | None, Counts]] = {
        trait: defaultdict(Counts) for trait in (Trait.COUNTRY, Trait.LANGUAGE)
    }
    for person in people.values():
        for part in (
            counts[Trait.COUNTRY][person.country],
            counts[Trait.LANGUAGE][person.language],
        ):
            part.reach[person.best] += 1
            part.answers.update((NEED.name, each) for each in person.need)
    return publish(counts, (NEED,))


def _theirs(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> tuple[ColumnElement[bool], ...]:
    due_at = func.coalesce(CheckIn.planned_for, CheckIn.due_at)
    return (
        CheckIn.organisation_id == organisation_id,
        CheckIn.step != ASKED_FOR,
        CheckIn.state != CheckInState.SUPERSEDED,
        due_at >= begins,
        due_at < ends,
        CheckIn.expires_at <= session.now - PATIENCE,
    )


async def _people(session: Session, theirs: tuple[ColumnElement[bool], ...]) -> dict[UUID, _Person]:
    each = (
        select(
            CheckIn.returnee_id,
            Returnee.country,
            Returnee.language,
            *HOW_FAR,
        )
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .where(*theirs)
        .distinct()
    )
    people: dict[UUID, _Person] = {}
    for id_, country, language, state, declined, began in await session.execute(each):
        came = reach(state, declined=declined, began=began)
        known = people.setdefault(id_, _Person(country, language, came))
        known.best = min(known.best, came, key=_BEST.index)
    return people


async def _add_needs(
    session: Session, theirs: tuple[ColumnElement[bool], ...], people: dict[UUID, _Person]
) -> None:
    """What each said last, of those who let the team read their answers."""
    sealed = await session.stream(
        select(Answer.returnee_id, WrappedKey.wrapped, Answer.body)
        .join(CheckIn, CheckIn.id == Answer.check_in_id)
        .join(Returnee, Returnee.id == Answer.returnee_id)
        .join(WrappedKey, WrappedKey.id == Returnee.data_key_id)
        .where(
            *theirs,
            CheckIn.questionnaire.startswith(f"{SAFETY_AND_NEEDS.key}@"),
            Answer.question == NEED.name,
            last_word(Purpose.ANSWERS),
        )
        .ext(distinct_on(Answer.returnee_id))
        .order_by(Answer.returnee_id, Answer.at.desc())
    )
    unopened = 0
    async for some in sealed.partitions(_AT_ONCE):
        for returnee_id, wrapped, body in some:
            try:
                said = opened(session.keys.unwrap(wrapped), body)
            except SealError:
                unopened += 1
                continue
            people[returnee_id].need = tuple(SAFETY_AND_NEEDS.counted(NEED.name, said))
    if unopened:
        log.error("answers went uncounted", action="figures.unopened", number=unopened)
