"""Counting what a year came to: once, when it is over."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select

from domain.calendar import instant, local_day, zone
from domain.figures.claiming import claimed
from domain.figures.first_actions import first_actions
from domain.figures.periods import OVER
from domain.figures.year.answers import answers_of_year
from domain.figures.year.values import Drills, Part, Promise, Year
from storage.kinds import ComplaintKind, Received, ReferralState, Severity
from storage.sessions import Session
from storage.tables.audit import COMPLAINT_GONE, AuditEntry
from storage.tables.duty import Drill
from storage.tables.figures import YearFigures
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral
from storage.tables.returnees import STILL_ENROLLED, Enrolment
from storage.tables.safeguarding import Complaint

#: The cells of each part.
NEW, BEFORE = PEOPLE = "new", "before"
AGREED, REFUSED, WAITING = SAID = "agreed", "refused", "waiting"
NOT_KNOWN = "not-known"
CAME = (*Received, NOT_KNOWN)
CLOSED, OPEN = COMPLAINTS = "closed", "open"
_OPEN = (ReferralState.ASKED, ReferralState.TO_DECIDE, ReferralState.OFFERED)


async def count_next_year(session: Session) -> int:
    """The tick: counts one organisation's last year, once. Returns 0 where there is none left.

    Any number of replicas may call it at once. Needs the service's scope.
    """
    organisations = await session.scalars(select(Organisation).order_by(Organisation.created_at))
    for organisation in organisations.all():
        year = organisation_day(organisation, session.now - OVER).year - 1
        begun = organisation_day(organisation, organisation.created_at).year <= year
        if begun and await session.get(YearFigures, (organisation.id, year)) is None:
            return await _count(session, organisation.id, year)
    return 0


def organisation_day(organisation: Organisation, moment: datetime) -> date:
    return local_day(moment, organisation.time_zone)


async def year_of(session: Session, organisation: Organisation, year: int) -> Year:
    """As far as it is by now. Needs the service's scope."""
    place, id_ = zone(organisation.time_zone), organisation.id
    begins, ends = (
        instant(datetime.combine(date(each, 1, 1), time()), place) for each in (year, year + 1)
    )
    waits = await first_actions(session, id_, begins, ends)
    received, help_given = await _referrals(session, Referral.partner_id == id_, begins, ends)
    made, help_got = await _referrals(session, Referral.organisation_id == id_, begins, ends)
    return Year(
        people=await _people(session, id_, begins, ends),
        answers=await answers_of_year(session, id_, begins, ends),
        promises=tuple(
            Promise.of(severity, waits.get(severity))
            for severity in sorted(Severity, key=lambda each: -each.rank)
            if severity is not Severity.NONE
        ),
        drills=await _drills(session, id_, begins, ends),
        complaints=await _complaints(session, id_, begins, ends),
        referrals_received=received,
        help_given=help_given,
        referrals_made=made,
        help_got=help_got,
    )


async def _count(session: Session, organisation_id: UUID, year: int) -> int:
    organisation = await claimed(session, organisation_id, YearFigures, year)
    if organisation is None:
        return 0
    found = await year_of(session, organisation, year)
    session.add(
        YearFigures(
            organisation_id=organisation_id,
            year=year,
            counted_at=session.now,
            figures=found.to_keep(),
        )
    )
    await session.flush()
    return 1


async def _people(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> Part:
    """Each once, by when they were first there: whoever left and came back within the year is not
    new.
    """
    person = (
        select(func.min(Enrolment.from_at).label("came_at"))
        .where(
            Enrolment.organisation_id == organisation_id,
            Enrolment.invite_id.is_not(None),
            Enrolment.from_at < ends,
            or_(STILL_ENROLLED, Enrolment.until_at >= begins),
        )
        .group_by(Enrolment.returnee_id)
        .subquery()
    )
    is_new = case((person.c.came_at >= begins, NEW), else_=BEFORE)
    return await _part(session, PEOPLE, is_new, func.count())


async def _drills(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> Drills:
    passed = func.count().filter(Drill.passed_at.is_not(None))
    found = await session.execute(
        select(func.count(), passed).where(
            Drill.organisation_id == organisation_id,
            Drill.started_at >= begins,
            Drill.started_at < ends,
        )
    )
    return Drills(*found.one())


async def _complaints(
    session: Session, organisation_id: UUID, begins: datetime, ends: datetime
) -> Part:
    """About staff; with those that went with a person before anybody closed them."""
    counts = await _counts(
        session,
        case((Complaint.closed_at.is_not(None), CLOSED), else_=OPEN),
        func.count(),
        Complaint.organisation_id == organisation_id,
        Complaint.kind == ComplaintKind.ABOUT_STAFF,
        Complaint.opened_at >= begins,
        Complaint.opened_at < ends,
    )
    counts[OPEN] += (
        await session.scalar(
            select(func.count()).where(
                AuditEntry.organisation_id == organisation_id,
                AuditEntry.action == COMPLAINT_GONE,
                AuditEntry.at >= begins,
                AuditEntry.at < ends,
                AuditEntry.detail["kind"].astext == ComplaintKind.ABOUT_STAFF,
            )
        )
        or 0
    )
    return Part.of({cell: counts[cell] for cell in COMPLAINTS})


async def _referrals(
    session: Session, whose: ColumnElement[bool], begins: datetime, ends: datetime
) -> tuple[Part, Part]:
    """What was said to those that were offered then; and whether the help came, of those that were
    agreed to: as the person says, or else the partner.
    """
    then = (whose, Referral.offered_at >= begins, Referral.offered_at < ends)
    # Also where it has ended since.
    agreed = and_(Referral.answered_at.is_not(None), Referral.state != ReferralState.REJECTED)
    said = case((agreed, AGREED), (Referral.state.in_(_OPEN), WAITING), else_=REFUSED)
    answers = (Referral.received_by_person, Referral.received)
    came = func.coalesce(*(cast(each, String) for each in answers), NOT_KNOWN)
    return (
        await _part(session, SAID, said, func.count(), *then),
        await _part(session, CAME, came, func.count(), *then, agreed),
    )


async def _part(
    session: Session, cells: Sequence[str], cell: Any, count: Any, *which: ColumnElement[bool]
) -> Part:
    counts = await _counts(session, cell, count, *which)
    return Part.of({each: counts[each] for each in cells})


async def _counts(
    session: Session, cell: Any, count: Any, *which: ColumnElement[bool]
) -> Counter[str]:
    each = cell.label("cell")
    found = await session.execute(select(each, count).where(*which).group_by(each))
    return Counter(dict(found.all()))
