"""A case's topic in the staff group: a place to be told and to answer from, never the store."""

from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain.actors import Actor
from domain.channels.reaching import readable
from domain.organisations import staff_chat_of
from storage.batches import at_most
from storage.kinds import CaseState, NoticeClass
from storage.outbox.contents import TopicDeletion
from storage.outbox.letters import Delivery, put
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.organisations import Organisation
from storage.tables.safeguarding import seen_by

_CONTEXT = "topic"
#: In place of a number: a topic was made, and Telegram did not say which, or no key opens it any
#: more. What is told of the case goes to the group itself from then on, lest each alert makes
#: another.
NUMBER_UNKNOWN = 0
# Of the closed ones: each topic is opened to be compared, whatever is written in the group.
_CLOSED_LATELY = 1000


async def take_topics(session: Session, organisation_id: UUID) -> None:
    """All of an organisation's, before another group is named, or none: later on nobody could
    delete them any more (P6).

    Their numbers are each group's own: in another one the same is of another person's case.
    """
    theirs = await session.scalars(
        select(Case)
        .where(Case.organisation_id == organisation_id, Case.staff_topic.is_not(None))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    cases = theirs.all()
    known = [case for case in cases if has_topic(session, case)]
    for case in known:
        # Where one can't be deleted none can, which is told once.
        whom = organisation_id if case is known[0] else None
        await _delete_topic(session, case, told_to=whom)
    for case in cases:
        case.staff_topic = None


async def case_of_topic(session: Session, actor: Actor, topic: int) -> Case | None:
    """The case that this topic is for, closed lately or not at all, if it is the actor's to see."""
    return await _case_of_topic(
        session, actor.organisation_id, topic, seen_by(actor.staff_id, Case.returnee_id)
    )


async def is_topic_of_a_case(session: Session, organisation_id: UUID, topic: int) -> bool:
    """Whoever's it is to see."""
    return await _case_of_topic(session, organisation_id, topic) is not None


async def _case_of_topic(
    session: Session, organisation_id: UUID, topic: int, *seen: ColumnElement[bool]
) -> Case | None:
    theirs = select(Case).where(
        Case.organisation_id == organisation_id, Case.staff_topic.is_not(None), *seen
    )
    closed = (
        theirs.where(Case.state == CaseState.RESOLVED)
        .order_by(Case.resolved_at.desc(), Case.id)
        .limit(at_most(_CLOSED_LATELY))
    )
    for query in (theirs.where(UNRESOLVED), closed):
        for case in await session.scalars(query):
            if topic_of(session, case) == topic:
                return case
    return None


def topic_of(session: Session, case: Case) -> int | None:
    """None before there is one. One whose number no key opens must keep nobody from being kept
    apart or forgotten, nor the others' words from going.
    """
    if case.staff_topic is None:
        return None
    topic = readable(partial(_opened, session, case.staff_topic))
    return NUMBER_UNKNOWN if topic is None else topic


def has_topic(session: Session, case: Case) -> bool:
    """Whether it has one that is known, where words can be written."""
    return topic_of(session, case) not in (None, NUMBER_UNKNOWN)


async def has_topics(session: Session, organisation_id: UUID) -> bool:
    """Whether any of an organisation's open cases has one."""
    cases = await session.scalars(
        select(Case).where(
            Case.organisation_id == organisation_id, Case.staff_topic.is_not(None), UNRESOLVED
        )
    )
    return any(has_topic(session, case) for case in cases)


def _opened(session: Session, topic: bytes) -> int:
    return int(session.keys.open(topic, _CONTEXT))


def set_topic(session: Session, case: Case, topic: int) -> None:
    case.staff_topic = session.keys.seal(str(topic), _CONTEXT)


async def take_topic(session: Session, case: Case, *, forgotten: bool = False) -> None:
    """Out of the group, with all that stands in it; of what is `forgotten` no code is kept."""
    code = "" if forgotten else case.code
    await _delete_topic(session, case, told_to=case.organisation_id, code=code)


async def _delete_topic(
    session: Session, case: Case, *, told_to: UUID | None, code: str = ""
) -> None:
    topic = topic_of(session, case)
    organisation = await session.get_one(Organisation, case.organisation_id)
    chat_id = readable(partial(staff_chat_of, session, organisation))
    if topic not in (None, NUMBER_UNKNOWN) and chat_id is not None:
        gone = TopicDeletion(topic, told_to, code)
        await put(session, chat_id, gone, Delivery(NoticeClass.STAFF))
