"""A question that went off the person's phone before they answered it: nobody answers what is not
there, and the giver would hear that no answer came.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.recovery.quiet import quiet_until
from domain.referrals.making import PERSON_ANSWERS_WITHIN, ask_person
from domain.referrals.question import is_its_question, said_no
from domain.returnees.chats import chat_id_if_it_opens
from storage.kinds import OutboxState, ReferralState
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee


async def ask_once_more(session: Session, gone: Collection[tuple[UUID, int]], at: datetime) -> None:
    """These people's messages of these numbers go off their phones now, hidden or never opened.
    Whoever was asked by one of them is asked once more then, and not for ever (P12). The people are
    locked. Needs the service's scope.
    """
    if await quiet_until(session) is not None:
        return
    found = await session.execute(
        select(Referral, OutboxRow.message_id)
        .join(OutboxRow, is_its_question())
        .where(
            Referral.state == ReferralState.ASKED,
            ~said_no(),
            # A later one is what comes once more.
            OutboxRow.created_at <= Referral.made_at,
            OutboxRow.returnee_id.in_({person for person, _ in gone}),
            OutboxRow.message_id.in_({number for _, number in gone}),
            OutboxRow.state == OutboxState.SENT,
        )
        .with_for_update(of=Referral, skip_locked=True)
    )
    for referral, number in found.all():
        if (referral.returnee_id, number) in gone:
            await _ask(session, referral, at)


async def _ask(session: Session, referral: Referral, at: datetime) -> None:
    """They have their fourteen days again."""
    returnee = await session.get_one(Returnee, referral.returnee_id)
    if chat_id_if_it_opens(session, returnee) is None:
        return
    await ask_person(session, returnee, referral, not_before=at)
    referral.look_at = session.now + PERSON_ANSWERS_WITHIN
