"""A case of one organisation goes on as another one's."""

from uuid import UUID

from sqlalchemy import update

from domain.cases.clock import unheard_by, wind_to
from domain.casework.closing import finish
from domain.signals.opening import open_handed_over
from storage.kinds import Outcome
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.returnees import Returnee


async def go_on_with(session: Session, case: Case, organisation_id: UUID, reason: str) -> None:
    """It ends, and there a new one begins, as grave as it was. What was said stays where it was
    said, but for what nobody has heard yet (P1). Whoever calls has locked the person and the case.
    Needs the service's scope.
    """
    await finish(session, case, Outcome.REFERRED)
    await session.flush()
    returnee = await session.get_one(Returnee, case.returnee_id)
    new = await open_handed_over(session, returnee, organisation_id, case.severity, reason)
    await session.execute(
        update(Message)
        .where(
            Message.case_id == case.id,
            Message.listen_by.is_not(None),
            Message.heard_at.is_(None),
        )
        .values(case_id=new.id, organisation_id=new.organisation_id)
    )
    unheard = await unheard_by(session, new.id)
    if unheard is not None:
        wind_to(new, unheard)
