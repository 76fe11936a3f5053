"""Of what the team read in a week, or since the last draw where that is longer ago, some lines are
drawn by lot, for somebody else to look at.

What nobody has to work on stands there anyway, with its reason: it is not drawn again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from domain import audit
from domain.audit.ledger import CASE_READ
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Reading
from storage.tables.staff import Staff

#: So many of a week.
DRAWN = 5
_WEEK = timedelta(days=7)
_READ = (CASE_READ, "person.read")


async def draw_readings(session: Session) -> int:
    """The tick: for one organisation whose week is over. Returns 0 where none is.

    Of replicas that look at once, one draws. Needs the service's scope.
    """
    organisation = await session.scalar(
        select(Organisation)
        .where(
            or_(
                Organisation.readings_drawn_at.is_(None),
                Organisation.readings_drawn_at <= session.now - _WEEK,
            )
        )
        .order_by(Organisation.id)
        .limit(at_most(1))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if organisation is None:
        return 0
    since = organisation.readings_drawn_at or session.now - _WEEK
    organisation.readings_drawn_at = session.now
    drawn = (await session.execute(_by_lot(organisation.id, since))).all()
    for returnee_id, case_id, staff_id, at in drawn:
        session.add(
            Reading(
                organisation_id=organisation.id,
                returnee_id=returnee_id,
                case_id=case_id,
                staff_id=staff_id,
                at=at,
            )
        )
    audit.record(session, organisation.id, "readings.drawn", number=len(drawn))
    return 1


def _by_lot(organisation_id: UUID, since: datetime) -> Select[UUID, UUID | None, UUID, datetime]:
    """Each person or case that somebody read, once, however often they came back to it."""
    mine = aliased(Reading)
    person = func.coalesce(Case.returnee_id, Returnee.id)
    stands_there = select(mine.id).where(
        mine.staff_id == Staff.id, mine.returnee_id == person, mine.at >= since
    )
    return (
        select(person, Case.id, Staff.id, func.max(AuditEntry.at))
        .select_from(AuditEntry)
        .join(Staff, Staff.id == AuditEntry.staff_id)
        .outerjoin(Case, Case.id == AuditEntry.subject)
        .outerjoin(Returnee, Returnee.id == AuditEntry.subject)
        .where(
            AuditEntry.organisation_id == organisation_id,
            AuditEntry.at >= since,
            AuditEntry.action.in_(_READ),
            person.is_not(None),
            ~stands_there.correlate(Staff, Case, Returnee).exists(),
        )
        .group_by(person, Case.id, Staff.id)
        .order_by(func.random())
        .limit(at_most(DRAWN))
    )
