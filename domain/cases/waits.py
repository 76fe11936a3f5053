"""What was promised to somebody who waits, and when it was kept: for figures, and to say since when
they wait; never for when somebody must act.
"""

from datetime import datetime

from sqlalchemy import func, select, update

from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.waits import Wait


def begin_wait(
    session: Session, case: Case, due_at: datetime, began_at: datetime | None = None
) -> None:
    """From now on a human is owed, or since then; as grave as the case is now."""
    session.add(
        Wait(
            case_id=case.id,
            organisation_id=case.organisation_id,
            severity=case.severity,
            began_at=began_at or session.now,
            due_at=due_at,
        )
    )


async def owed_since(session: Session, case: Case) -> datetime | None:
    """Since when the last time. None of a case that is older than what is kept of that."""
    return await session.scalar(select(func.max(Wait.began_at)).where(Wait.case_id == case.id))


async def settle_waits(session: Session, case: Case, acted_at: datetime | None) -> None:
    """Keeps when somebody acted, which the case forgets as it owes anew."""
    if acted_at is not None:
        await session.execute(
            update(Wait)
            .where(Wait.case_id == case.id, Wait.acted_at.is_(None), Wait.closed_at.is_(None))
            .values(acted_at=acted_at)
        )


async def unsettle_waits(session: Session, case: Case, acted_at: datetime) -> None:
    """What somebody did then reached nobody: for these waits, too, it is as if it had not been."""
    await session.execute(
        update(Wait).where(Wait.case_id == case.id, Wait.acted_at == acted_at).values(acted_at=None)
    )


async def end_waits(session: Session, case: Case) -> None:
    """The case is closed, and nobody is owed any more."""
    await settle_waits(session, case, case.first_action_at)
    await session.execute(
        update(Wait)
        .where(Wait.case_id == case.id, Wait.closed_at.is_(None))
        .values(closed_at=session.now)
    )
