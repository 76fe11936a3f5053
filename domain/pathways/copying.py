"""What a person's own copy says of pathways."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.errors import Refused
from domain.pathways.placing import course_of
from domain.pathways.telling import words_of
from domain.pathways.values import Days
from domain.questionnaires.values import Words
from storage.kinds import CheckInState
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.pathways import Information, OnPathway
from storage.tables.returnees import Returnee


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a pathway told them, also one that they are on no longer."""

    at: datetime
    words: Words


@dataclass(frozen=True, slots=True)
class Journey:
    #: Whose pathway it is, by name.
    organisation: str
    pathway: Words
    since: datetime
    days: Days
    #: None before the first, and where no day is known.
    stage: Words | None
    rests_since: datetime | None
    #: The stages that were chosen for them.
    chosen: Sequence[Words]


async def journeys_of(session: Session, returnee: Returnee) -> list[Journey]:
    """Needs the service's scope."""
    found = await session.execute(
        select(OnPathway, Organisation.name)
        .join(Organisation, Organisation.id == OnPathway.organisation_id)
        .where(OnPathway.returnee_id == returnee.id)
        .order_by(Organisation.name)
    )
    return [await _journey(session, returnee, on, name) for on, name in found.all()]


async def told_by_pathways(session: Session, returnee: Returnee) -> list[Told]:
    """But for what stands in a version that a newer release wrote. Needs the service's scope."""
    found = await session.scalars(
        select(Information)
        .where(Information.returnee_id == returnee.id, Information.state == CheckInState.SENT)
        .order_by(Information.due_at, Information.id)
    )
    told = []
    for each in found.all():
        with suppress(Refused):
            told.append(Told(each.due_at, await words_of(session, each.id, returnee)))
    return told


async def _journey(session: Session, returnee: Returnee, on: OnPathway, name: str) -> Journey:
    course = await course_of(session, returnee, on.organisation_id)
    assert course.pathway is not None
    stages = {stage.key: stage.name for stage in course.pathway.stages}
    return Journey(
        organisation=name,
        pathway=course.pathway.name,
        since=on.since,
        days=course.place.days,
        stage=stages.get(on.stage or ""),
        rests_since=on.paused_at,
        chosen=[stages[key] for key in course.place.chosen if key in stages],
    )
