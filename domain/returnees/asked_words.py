"""Who is asked in the chat for the two words that were agreed on: from the asking, however long the
question waits, until their time to answer is over.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from domain.calendar import FOR_EVER
from storage.sessions import Session
from storage.tables.returnees import Returnee

#: How long words from the phone are taken for the answer, once the question stands there.
ASKED_FOR = timedelta(hours=24)


def is_asked(session: Session, returnee: Returnee) -> bool:
    """Whether they still are, also before the question has come."""
    until = returnee.words_asked_until
    return until is not None and until > session.now


def ask_no_more(session: Session, returnee: Returnee) -> None:
    """What they write is a message again, and a question that still waits goes no more."""
    if is_asked(session, returnee):
        returnee.words_asked_until = session.now


async def question_came(session: Session, people: Collection[UUID]) -> None:
    """It stands in the chats of these people now, and their time to answer begins."""
    for returnee in await _whose_question_waits(session, people):
        returnee.words_asked_until = session.now + ASKED_FOR


async def question_lost(session: Session, people: Collection[UUID]) -> None:
    """It will never come."""
    for returnee in await _whose_question_waits(session, people):
        ask_no_more(session, returnee)


async def _whose_question_waits(session: Session, people: Collection[UUID]) -> Collection[Returnee]:
    """Locked. Needs the service's scope."""
    waiting = await session.scalars(
        select(Returnee)
        .where(Returnee.id.in_(people), Returnee.words_asked_until == FOR_EVER)
        .order_by(Returnee.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return waiting.all()
