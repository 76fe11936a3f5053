"""A code that was used is opened again by somebody else: whoever gave it hears so."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from domain import audit
from domain.channels.reaching import reach_staff
from domain.notices import Notice
from storage.sessions import Session
from storage.tables.audit import AuditEntry
from storage.tables.staff import Staff

_TELLS_AGAIN = timedelta(hours=1)


async def tell_whoever_gave(
    session: Session,
    organisation_id: UUID,
    code_id: UUID,
    gave: Sequence[Staff],
    params: dict[str, Any],
    *,
    action: str,
) -> None:
    """By every way that they have; however often it is opened, not again so soon (P12). The ledger
    knows it by `action`, whether anybody is left to be told or not.
    """
    opened_again = (
        AuditEntry.organisation_id == organisation_id,
        AuditEntry.at > session.now - _TELLS_AGAIN,
        AuditEntry.action == action,
        AuditEntry.subject == code_id,
    )
    told = exists().where(*opened_again, AuditEntry.detail["told"].as_boolean())
    tells = bool(gave) and await session.scalar(select(told)) is not True
    audit.record(session, organisation_id, action, subject=code_id, told=tells)
    if tells:
        await reach_staff(session, organisation_id, gave, Notice.INVITE_REUSED, params)
