"""The question in the person's chat: until when it waits for them, and whether it ever came."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from domain.notices import MANNERS, Notice
from domain.recovery.quiet import RESTORED
from domain.referrals.making import PERSON_ANSWERS_WITHIN
from storage.batches import at_most
from storage.kinds import UNSENT, NoticeClass, OutboxState, Purpose
from storage.sessions import Session
from storage.tables.consent import Consent
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral

# For so long it waits for somebody to make sure who is there, or for their hours.
_WAITS_FOR = timedelta(days=90)
_MANNER = MANNERS[Notice.REFERRAL_ASKED]


def is_its_question() -> ColumnElement[bool]:
    """Within a query of referrals: the one that was put last, by its row in the outbox. An older
    release writes down none: there, the first, which was put as the referral was made.
    """
    put_as_it_was_made = and_(
        Referral.question_id.is_(None),
        OutboxRow.created_at == Referral.made_at,
        OutboxRow.notice_class == NoticeClass.ROUTINE,
        # Nothing else of a case that is routine goes so soon.
        OutboxRow.priority <= _MANNER.priority,
    )
    return and_(
        OutboxRow.case_id == Referral.case_id,
        or_(OutboxRow.id == Referral.question_id, put_as_it_was_made),
    )


async def newest_question(session: Session, referral: Referral) -> OutboxRow | None:
    """None once its row is gone. Needs the service's scope."""
    return await session.scalar(
        select(OutboxRow)
        .join(Referral, is_its_question())
        .where(Referral.id == referral.id)
        .limit(at_most(1))
    )


def said_no() -> ColumnElement[bool]:
    """Within a query of referrals: the person has, since it was made. It waits as before, so that
    nobody learns of it, but they are not asked once more (P5, P12).
    """
    return exists().where(
        Consent.returnee_id == Referral.returnee_id,
        Consent.purpose == Purpose.PARTNER,
        Consent.partner_id == func.coalesce(Referral.partner_id, Referral.mail_partner_id),
        ~Consent.granted,
        Consent.given_at >= Referral.made_at,
    )


def waits_until(session: Session, question: OutboxRow | None) -> datetime:
    """Their days begin once Telegram has taken it: what never came is no silence of theirs (P3).
    What is still on its way waits, and not for ever.
    """
    if question is None:
        return session.now
    if question.state in UNSENT:
        return question.created_at + _WAITS_FOR
    if question.state is OutboxState.SENT:
        return (question.finished_at or question.created_at) + PERSON_ANSWERS_WITHIN
    return session.now


def never_came(question: OutboxRow | None) -> bool:
    """As far as anybody knows: what a restore called back may have stood on their phone since, and
    been answered.
    """
    return (
        question is not None
        and question.state is not OutboxState.SENT
        and question.error != RESTORED
    )
