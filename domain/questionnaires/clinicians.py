"""Who looks after the results of what measures health, and what becomes of it once nobody does."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_

from domain.actors import Actor, Right, roles_with
from domain.channels.reaching import reach_staff
from domain.notices import Notice
from domain.questionnaires.shelf import CLINICIAN_IS_THERE, newest_of_each
from domain.questionnaires.values import Questionnaire
from storage.kinds import TO_COME
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.questionnaires import QuestionnaireUse
from storage.tables.staff import Staff, works_for

_CHOOSE_ANOTHER: Final = roles_with(Right.RUN_CAMPAIGNS)


async def looked_after(
    session: Session, uses: Collection[tuple[UUID, str]]
) -> set[tuple[UUID, str]]:
    """Of these, by organisation and key, those whose clinician is there."""
    if not uses:
        return set()
    found = await session.execute(
        select(QuestionnaireUse.organisation_id, QuestionnaireUse.key)
        .join(Staff, CLINICIAN_IS_THERE)
        .where(tuple_(QuestionnaireUse.organisation_id, QuestionnaireUse.key).in_(uses))
    )
    return {(organisation_id, key) for organisation_id, key in found}


async def left_alone(session: Session, actor: Actor) -> list[Questionnaire]:
    """Those that can be chosen or are still to be asked, and whose clinician has left since. Raises
    NotAllowed.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    keys = await session.scalars(
        select(QuestionnaireUse.key)
        .outerjoin(Staff, CLINICIAN_IS_THERE)
        .where(
            QuestionnaireUse.organisation_id == actor.organisation_id,
            _is_asked(),
            Staff.id.is_(None),
        )
    )
    alone = set(keys)
    every = await newest_of_each(session, actor.organisation_id) if alone else []
    return [each for each in every if each.clinical and each.key in alone]


async def call_for_another_clinician(session: Session, staff: Staff) -> None:
    """Whoever has just left looked after something: those who could choose another are told. What
    is answered meanwhile is heard as ever, and opens a case where it worries. Needs the service's
    scope.
    """
    looks_after = select(QuestionnaireUse.key).where(
        QuestionnaireUse.organisation_id == staff.organisation_id,
        QuestionnaireUse.clinician_id == staff.id,
        _is_asked(),
    )
    if not (await session.scalars(looks_after)).all():
        return
    found = await session.scalars(
        select(Staff).where(works_for(staff.organisation_id), Staff.role.in_(_CHOOSE_ANOTHER))
    )
    await reach_staff(session, staff.organisation_id, found.all(), Notice.STAFF_NO_CLINICIAN, {})


def _is_asked() -> ColumnElement[bool]:
    """Within a query of what is used. What is switched off goes on where it was planned."""
    to_come = exists().where(
        CheckIn.organisation_id == QuestionnaireUse.organisation_id,
        CheckIn.state.in_(TO_COME),
        func.split_part(CheckIn.questionnaire, "@", 1) == QuestionnaireUse.key,
    )
    return or_(QuestionnaireUse.is_on, to_come)
