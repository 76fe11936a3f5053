"""A case's topic in the staff group: a place to be told and to answer from, never the store."""

from sqlalchemy import select

from domain.actors import Actor
from storage.cases import UNRESOLVED, Case
from storage.safeguarding import seen_by
from storage.sessions import Session

_CONTEXT = "topic"


async def case_of_topic(session: Session, actor: Actor, topic: int) -> Case | None:
    """The unresolved case that this topic is for, if it is the actor's to see."""
    cases = await session.scalars(
        select(Case).where(
            Case.organisation_id == actor.organisation_id,
            seen_by(actor.staff_id, Case.returnee_id),
            UNRESOLVED,
            Case.staff_topic.is_not(None),
        )
    )
    return next((case for case in cases if topic_of(session, case) == topic), None)


def topic_of(session: Session, case: Case) -> int | None:
    if case.staff_topic is None:
        return None
    return int(session.keys.open(case.staff_topic, _CONTEXT))


def set_topic(session: Session, case: Case, topic: int) -> None:
    case.staff_topic = session.keys.seal(str(topic), _CONTEXT)
