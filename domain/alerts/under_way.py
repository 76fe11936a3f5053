"""What staff were to be told of a case, and who must not hear it any more once it leaves (P10)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain.notices import Notice
from domain.organisations import organisation_of_chat
from domain.staff.colleagues import is_kept_from_somebody
from storage.kinds import CaseState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.channels import AlertChannel, ChannelCall
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff, works_for


async def may_be_heard_no_more(
    session: Session, case_id: UUID, chat_id: int, *, all_read: bool
) -> bool:
    """Whoever has that chat works there no more, or must know nothing of the person; where the
    whole team reads, somebody must not, or it is their group no more. Needs the service's scope,
    as all of this.
    """
    if all_read and not await _is_group_of(session, case_id, chat_id):
        return True
    # While keys are rotated, an alert has the newer hash of a chat before its staff do.
    reads = Staff.telegram_chat_key.in_(session.keys.look_ups(chat_id, "chat"))
    return await _is_not_for(session, case_id, None if all_read else reads)


async def may_be_called_no_more(session: Session, call: ChannelCall) -> bool:
    """The same of a channel, somebody's own or the organisation's."""
    if call.of_case is None:
        return False
    channel = await session.get_one(AlertChannel, call.channel_id)
    is_alert = call.notice == Notice.STAFF_ALERT
    if is_alert and await is_over(session, call.of_case, call.params, channel.staff_id):
        return True
    is_owner = Staff.id == channel.staff_id if channel.staff_id is not None else None
    return await _is_not_for(session, call.of_case, is_owner)


async def _is_group_of(session: Session, case_id: UUID, chat_id: int) -> bool:
    whose, case = await organisation_of_chat(session, chat_id), await session.get(Case, case_id)
    return whose is not None and case is not None and case.organisation_id == whose.id


async def is_over(
    session: Session, case_id: UUID, params: Mapping[str, Any], reader: UUID | None
) -> bool:
    """Whether an alert tells what is not so any more: the case is closed, or it says that whoever
    reads it has the case.
    """
    case = await session.get(Case, case_id)
    if case is None or case.state is CaseState.RESOLVED:
        return True
    return bool(params.get("yours")) and reader is not None and case.claimed_by != reader


async def _is_not_for(session: Session, case_id: UUID, reads: ColumnElement[bool] | None) -> bool:
    """Nor for anybody, once it is forgotten. `reads`: whoever would; None for all of them."""
    case = await session.get(Case, case_id)
    if case is None:
        return True
    if reads is None:
        return await is_kept_from_somebody(session, case.organisation_id, case.returnee_id)
    may_hear = select(Staff.id).where(
        reads, works_for(case.organisation_id), clear_of(case.returnee_id)
    )
    return await session.scalar(may_hear) is None
