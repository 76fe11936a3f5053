"""Telling staff something by every way that they have: their own Telegram chat, their channels."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, exists, select

from domain.channels.calling import call
from domain.channels.telegram import takes_nothing
from domain.notices import Notice, tell_chat
from domain.staff import chat_of_staff
from domain.staff.browsers import is_in_the_console
from storage.keys.keyring import SealError
from storage.sessions import Session
from storage.tables.channels import AlertChannel
from storage.tables.staff import Staff

log = structlog.get_logger()


async def reach_staff(
    session: Session,
    organisation_id: UUID,
    called: Iterable[Staff],
    notice: Notice,
    params: dict[str, Any],
    *,
    case_id: UUID | None = None,
) -> list[UUID]:
    """Each of them once. Returns whose Telegram can't be opened any more, of which others hear."""
    each = {staff.id: staff for staff in called}
    unreached = []
    for staff in each.values():
        chat_id = readable(partial(chat_of_staff, session, staff))
        if chat_id is not None:
            await tell_chat(
                session, chat_id, notice, params, language=staff.language, case_id=case_id
            )
        elif staff.telegram_chat is not None:
            unreached.append(staff.id)
            await takes_nothing(session, staff, session.now)
    await call(session, organisation_id, each, notice, params, everybody=False, case_id=case_id)
    return unreached


def readable(chat: Callable[[], int | None]) -> int | None:
    """One address that can't be opened any more must not silence all the others."""
    try:
        return chat()
    except SealError:
        log.error("an address can't be opened", action="alerts.address")
        return None


def works_beside_telegram(
    organisation_id: UUID, staff_ids: Collection[UUID]
) -> ColumnElement[bool]:
    """Whether a channel of these staff is known to work; with none of them, one of the
    organisation's.
    """
    theirs, shared = AlertChannel.staff_id.in_(staff_ids), AlertChannel.staff_id.is_(None)
    return exists().where(
        AlertChannel.organisation_id == organisation_id,
        theirs if staff_ids else shared,
        AlertChannel.worked_at.is_not(None),
        AlertChannel.failing_since.is_(None),
    )


async def is_out_of_reach(session: Session, staff: Staff) -> bool:
    """Whether no alert gets to them as it is, and the console is not before them either."""
    return await is_cut_off(session, staff) and not await is_in_the_console(session, staff.id)


async def is_cut_off(session: Session, staff: Staff) -> bool:
    """Whether nothing reaches them in Telegram, nor through a channel of theirs that is known to
    work.
    """
    takes = staff.telegram_fails_since is None
    if takes and readable(partial(chat_of_staff, session, staff)) is not None:
        return False
    beside = works_beside_telegram(staff.organisation_id, [staff.id])
    return not await session.scalar(select(beside))
