"""What is counted once, whichever replica comes first."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from storage.sessions import Session
from storage.tables.base import Base
from storage.tables.organisations import Organisation


async def claimed(
    session: Session, organisation_id: UUID, table: type[Base], period: Any
) -> Organisation | None:
    """The organisation, for whoever is to count now; None where another is at it, or has counted.

    Held until the end of the transaction.
    """
    organisation = await session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    if organisation is None or await session.get(table, (organisation_id, period)) is not None:
        return None
    return organisation
