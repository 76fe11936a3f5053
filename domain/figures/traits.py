"""Who took part and what they answered, by what people have in common; nothing is hidden yet."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, case, func, or_, select

from domain.check_ins.answers import opened
from domain.consent import last_word
from domain.figures.publication import Counts, Trait
from domain.figures.reach import HOW_FAR, reach
from domain.questionnaires.shelf import edition_or_newest
from domain.questionnaires.values import Questionnaire
from storage.batches import at_most
from storage.keys.keyring import SealError
from storage.kinds import CheckInState, Purpose
from storage.sessions import Session
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.pathways import stage_reached
from storage.tables.returnees import Enrolment, Returnee, WrappedKey

log = structlog.get_logger()

#: So long after the last could still have been asked, answers come into the figures.
PATIENCE = timedelta(days=7)
# So many are opened within a few hundredths of a second.
_AT_ONCE = 1000


class Since(StrEnum):
    """How long somebody has been back."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    LATER = "later"


#: Days since the return, up to which each span reaches.
SINCE = {Since.MONTH: 30, Since.QUARTER: 91, Since.HALF_YEAR: 182, Since.YEAR: 365}

ByTrait = dict[Trait, dict[str | None, Counts]]


async def counts_by_trait(
    session: Session, questionnaire: Questionnaire, *which: ColumnElement[bool]
) -> ByTrait:
    """Of those check-ins; what another edition than that asked is nobody's answer, since the same
    code may mean something else there. Needs the service's scope.
    """
    counts: ByTrait = {trait: defaultdict(Counts) for trait in Trait}
    each = _people(which, *HOW_FAR).subquery()
    states = await session.execute(select(*each.c, func.count()).group_by(*each.c))
    for *traits, state, was_declined, has_begun, count in states:
        for part in _parts(counts, traits):
            part.reach[reach(state, declined=was_declined, began=has_begun)] += count
    of_edition = CheckIn.questionnaire == questionnaire.edition
    await _add_answers(session, questionnaire, (*which, of_edition), counts)
    return counts


async def asked_by(
    session: Session, organisation_id: UUID, key: str, *which: ColumnElement[bool]
) -> Questionnaire:
    """The edition that most of those began to answer, or were to be asked, if none did."""
    name = await session.scalar(
        select(CheckIn.questionnaire)
        .where(*which)
        .group_by(CheckIn.questionnaire)
        .order_by(func.count(CheckIn.started_at).desc(), func.count().desc(), CheckIn.questionnaire)
        .limit(at_most(1))
    )
    return await edition_or_newest(session, organisation_id, key, name)


def of_nobody_known(counts: ByTrait) -> Iterator[Counts]:
    """The group, by each trait, of people of whom nothing is known any more."""
    return _parts(counts, [None] * len(Trait))


async def _add_answers(
    session: Session,
    questionnaire: Questionnaire,
    which: tuple[ColumnElement[bool], ...],
    counts: ByTrait,
) -> None:
    """Of those who let the team read their answers. Opened as they come, so that a hundred thousand
    of them neither fill the memory nor hold up whatever else this process does.
    """
    sealed = await session.stream(
        _people(which, WrappedKey.wrapped, Answer.question, Answer.body)
        .join(Answer, Answer.check_in_id == CheckIn.id)
        .join(WrappedKey, WrappedKey.id == Returnee.data_key_id)
        .where(last_word(Purpose.ANSWERS))
    )
    unopened = 0
    async for some in sealed.partitions(_AT_ONCE):
        for *traits, wrapped, question, body in some:
            try:
                choice = opened(session.keys.unwrap(wrapped), body)
            except SealError:
                unopened += 1
                continue
            for part in _parts(counts, traits):
                part.answers.update(
                    (question, group) for group in questionnaire.counted(question, choice)
                )
    if unopened:
        log.error("answers went uncounted", action="figures.unopened", number=unopened)


def _parts(counts: ByTrait, traits: list[str | None]) -> Iterator[Counts]:
    for trait, value in zip(Trait, traits, strict=True):
        yield counts[trait][value]


def _people(which: tuple[ColumnElement[bool], ...], *columns: Any) -> Any:
    return (
        select(*_traits(), *columns)
        .select_from(CheckIn)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .where(*which, CheckIn.state != CheckInState.SUPERSEDED)
    )


def _traits() -> tuple[Any, ...]:
    """The columns of a query that hold the traits, in the order of Trait."""
    enrolled = (
        select(func.min(Enrolment.from_at))
        .where(
            Enrolment.returnee_id == CheckIn.returnee_id,
            Enrolment.organisation_id == CheckIn.organisation_id,
        )
        .correlate(CheckIn)
        .scalar_subquery()
    )
    since = CheckIn.due_at - func.coalesce(Returnee.arrived_at, enrolled)
    spans = [(since < timedelta(days=days), name) for name, days in SINCE.items()]
    known = or_(Returnee.arrived_at.is_not(None), enrolled.is_not(None))
    return (
        Returnee.country.label("country"),
        (Returnee.country + "/" + func.coalesce(Returnee.region, "")).label("region"),
        Returnee.language.label("language"),
        case(*spans, (known, Since.LATER)).label("since"),
        _stage().label("stage"),
    )


def _stage() -> ColumnElement[str | None]:
    """The stage at which they were asked; the one they have come to by now, where they were not
    asked or it was not written down.
    """
    when_asked = func.nullif(CheckIn.stage, "")
    return case((CheckIn.stage.is_not(None), when_asked), else_=stage_reached(CheckIn))
