from sqlalchemy import select

from storage.sessions import Session
from storage.tables.audit import AuditEntry


async def ledger(session: Session, *actions: str) -> list[AuditEntry]:
    """Its lines of these actions, or all, in their order."""
    await session.flush()
    found = await session.scalars(select(AuditEntry).order_by(AuditEntry.number))
    return [each for each in found if each.action in actions or not actions]
