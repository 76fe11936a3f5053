"""The question in the person's chat: until when it waits for them, and whether it ever came."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from domain.notices import MANNERS, Notice
from domain.referrals.making import PERSON_ANSWERS_WITHIN
from storage.batches import at_most
from storage.kinds import UNSENT, NoticeClass, OutboxState
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral

# For so long it waits for somebody to make sure who is there, or for their hours.
_WAITS_FOR = timedelta(days=90)
_MANNER = MANNERS[Notice.REFERRAL_ASKED]


async def newest_question(session: Session, referral: Referral) -> OutboxRow | None:
    """The one that was put last; None once its row is gone. Needs the service's scope."""
    another = aliased(Referral)
    first_of_another = exists().where(
        another.case_id == referral.case_id,
        another.id != referral.id,
        another.made_at == OutboxRow.created_at,
    )
    return await session.scalar(
        select(OutboxRow)
        .where(
            OutboxRow.case_id == referral.case_id,
            OutboxRow.returnee_id == referral.returnee_id,
            OutboxRow.notice_class == NoticeClass.ROUTINE,
            # Nothing else of a case that is routine goes so soon.
            OutboxRow.priority <= _MANNER.priority,
            OutboxRow.created_at >= referral.made_at,
            ~first_of_another,
        )
        .order_by(OutboxRow.number.desc())
        .limit(at_most(1))
    )


def waits_until(session: Session, referral: Referral, question: OutboxRow | None) -> datetime:
    """Their days begin once Telegram has taken it: what never came is no silence of theirs (P3).
    What is still on its way waits, and not for ever.
    """
    if question is None:
        return session.now
    if question.state in UNSENT:
        return referral.made_at + _WAITS_FOR
    if came(question):
        return (question.finished_at or question.created_at) + PERSON_ANSWERS_WITHIN
    return session.now


def came(question: OutboxRow | None) -> bool:
    """Whether it stood on their phone, as far as anybody knows."""
    return question is None or question.state is OutboxState.SENT
