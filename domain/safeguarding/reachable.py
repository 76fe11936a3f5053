"""Whether alerts reach whoever hears complaints.

It is looked at by the clock, whether anybody has complained or not: what administrators are told of
it says nothing of any complaint.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Exists, exists, select

from domain.channels.reaching import is_cut_off, reach_staff
from domain.duty.now import is_away
from domain.notices import Notice
from domain.one_by_one import each_by_itself
from domain.organisations import lock_organisation
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.channels import AlertChannel
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff, works_for

_AGAIN = timedelta(days=1)


async def look_who_is_reached(session: Session) -> int:
    """The tick. Needs the service's scope."""
    everywhere = await session.scalars(select(Organisation.id).order_by(Organisation.id))
    await each_by_itself(session, everywhere.all(), _look, _leave, "safeguarding.failed")
    return 0


async def _look(session: Session, organisation_id: UUID) -> None:
    """They can tell whoever it is, or name somebody else for it: at once, and again every day."""
    organisation = await lock_organisation(session, organisation_id)
    hears_complaints = Staff.role.in_((Role.SAFEGUARDING, Role.ADMIN))
    found = await session.scalars(
        select(Staff).where(works_for(organisation_id), hears_complaints).order_by(Staff.id)
    )
    everybody = found.all()
    told_at = organisation.safeguarding_missed_at
    if not await _is_anybody_missed(session, everybody):
        organisation.safeguarding_missed_at = None
    elif told_at is None or told_at <= session.now - _AGAIN:
        organisation.safeguarding_missed_at = session.now
        administrators = [staff for staff in everybody if staff.role is Role.ADMIN]
        await reach_staff(
            session, organisation_id, administrators, Notice.STAFF_COMPLAINT_UNHEARD, {}
        )


async def _leave(session: Session, organisation_id: UUID) -> None:
    """It is looked at again with the next tick."""


async def _is_anybody_missed(session: Session, everybody: Sequence[Staff]) -> bool:
    """Where nobody does safeguarding, administrators hear complaints. Who has time off is missed
    where nobody else is there: they may be away for weeks. Who never joined in Telegram looks into
    the console.
    """
    leads = [staff for staff in everybody if staff.role is Role.SAFEGUARDING] or everybody
    if leads and all([await is_away(session, staff.id) for staff in leads]):
        return True
    return any([await _is_missed(session, staff) for staff in leads])


async def _is_missed(session: Session, staff: Staff) -> bool:
    """Who has neither joined in Telegram nor has a channel looks into the console."""
    if not await is_cut_off(session, staff):
        return False
    return staff.telegram_chat is not None or bool(
        await session.scalar(select(_has_one_that_fails(staff)))
    )


def _has_one_that_fails(staff: Staff) -> Exists:
    """Of which others were told, if there were any."""
    return exists().where(AlertChannel.staff_id == staff.id, AlertChannel.told_at.is_not(None))
