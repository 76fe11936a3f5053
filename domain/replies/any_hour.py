"""In an emergency a worker's words may go at any hour, for a reason that stays in the case (P4).

It overrules the safe hours, a pause and "never before I write first": what holds back words that
come at a bad time. It does not overrule what says that somebody else may be there: a stop word, a
doubt about who holds the phone, a deletion that may have been forced.
"""

from contextlib import suppress
from dataclasses import replace

from sqlalchemy import exists, or_, select

from domain import audit
from domain.actors import Actor
from domain.cases.notes import sealed_note
from domain.errors import Refused
from domain.notices import ANY_HOUR
from domain.replies.unsent import GRACE_IN_TELEGRAM
from storage.keys.keyring import Keyring, SealError
from storage.kinds import UNSENT, OutboxState, Severity
from storage.outbox.contents import Notification
from storage.outbox.letters import content_of, reword
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.outbox import STEPPED_ASIDE, OutboxRow

#: The code in a case's history, beside the reason.
AT_ANY_HOUR = "any-hour"


async def overrule_hours(session: Session, actor: Actor, case: Case, reason: str) -> bytes:
    """All that colleagues wrote in this case and that still waits goes now, in order.

    Returns the reason, sealed like a note for colleagues. Raises Refused.
    """
    if case.severity is not Severity.EMERGENCY:
        raise Refused("Only in an emergency do words go outside the hours they called safe.")
    waiting = await session.scalars(
        select(OutboxRow)
        .join(Message, Message.outbox_id == OutboxRow.id)
        .where(
            Message.case_id == case.id,
            OutboxRow.state.in_(UNSENT),
            OutboxRow.leased_until.is_(None),
            # What a worker planned for later still is for later.
            or_(
                OutboxRow.held.is_not(None),
                OutboxRow.not_before <= session.now + GRACE_IN_TELEGRAM,
                STEPPED_ASIDE,
            ),
        )
        # Delivery locks its rows before the case, so this must not wait for one.
        .with_for_update(of=OutboxRow, skip_locked=True)
    )
    for row in waiting:
        # What no key opens nobody can send at any hour, and it keeps back nothing beside it.
        with suppress(SealError):
            _at_any_hour(row, session.keys)
            row.state, row.not_before = OutboxState.WAITING, session.now
    audit.record(
        session, case.organisation_id, "case.any-hour", staff_id=actor.staff_id, subject=case.id
    )
    return await sealed_note(session, case, reason)


def _at_any_hour(row: OutboxRow, keys: Keyring) -> None:
    content = content_of(row, keys)
    if isinstance(content, Notification):
        reword(row, replace(content, params={**content.params, ANY_HOUR: True}), keys)


async def was_for_any_hour(session: Session, message: Message) -> bool:
    """Whether a reason came with it, as its line in the case's history says."""
    line = exists().where(
        CaseEvent.case_id == message.case_id,
        CaseEvent.at == message.at,
        CaseEvent.reasons.contains([AT_ANY_HOUR]),
    )
    return bool(await session.scalar(select(line)))
