"""What staff were to be told of a case, and who must not hear it any more once it leaves (P10)."""

from uuid import UUID

from sqlalchemy import select

from domain.staff.colleagues import is_kept_from_somebody
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff, works_for


async def may_be_heard_no_more(
    session: Session, case_id: UUID, chat_id: int, *, all_read: bool
) -> bool:
    """Whoever has that chat works there no more, or must know nothing of the person; where the
    whole team reads, somebody must not. Needs the service's scope.
    """
    case = await session.get_one(Case, case_id)
    if all_read:
        return await is_kept_from_somebody(session, case.returnee_id)
    may_hear = select(Staff.id).where(
        # While keys are rotated, an alert has the newer hash of a chat before its staff do.
        Staff.telegram_chat_key.in_(session.keys.look_ups(chat_id, "chat")),
        works_for(case.organisation_id),
        clear_of(case.returnee_id),
    )
    return await session.scalar(may_hear) is None
