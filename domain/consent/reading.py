"""Whether a caseworker may read what somebody writes now."""

from datetime import datetime

from sqlalchemy import select

from domain import prefetched
from domain.cases.finding import newest_case
from domain.consent.ledger import has_consent
from storage.batches import at_most
from storage.kinds import CaseState, Purpose, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.consent import Consent
from storage.tables.returnees import Returnee


async def may_read(session: Session, returnee: Returnee) -> bool:
    """They agreed to it, or a talk is open that they have not taken their consent back from."""
    if await has_consent(session, returnee.id, Purpose.CASEWORKER):
        return True
    case = await newest_case(session, returnee)
    if case is None or case.state is CaseState.RESOLVED:
        return False
    return not await took_back(session, case)


async def wants_no_reader(session: Session, returnee: Returnee) -> bool:
    """They took their consent back from their open talk, or from the last one that ended."""
    if await _last_no(session, returnee) is None:
        return False
    case = await newest_case(session, returnee)
    return case is not None and await took_back(session, case)


async def took_back(session: Session, case: Case, since: datetime | None = None) -> bool:
    """Since it was opened, or since they last asked for somebody; if said, since then. While it is
    an emergency, a life may depend on it, and it goes on.
    """
    if case.severity is Severity.EMERGENCY and case.state is not CaseState.RESOLVED:
        return False
    return await said_no_since(session, case, since)


async def said_no_since(session: Session, case: Case, since: datetime | None = None) -> bool:
    """Whether they took it back since then or, if nothing is said, since they last asked for
    somebody in this talk; also while it is an emergency.
    """
    returnee = await session.get_one(Returnee, case.returnee_id)
    said_no = await _last_no(session, returnee)
    began = asked_last(case)
    return said_no is not None and said_no > max(began, since or began)


def asked_last(case: Case) -> datetime:
    """When they last asked for somebody in it, or were first heard."""
    return case.agreed_at or case.opened_at


async def not_before_a_no(session: Session, returnee: Returnee) -> datetime:
    """When they ask for somebody now: where their last word is a no from while the clock was ahead,
    as of that, since they ask after it (decision 0054).
    """
    said_no = await _last_no(session, returnee)
    return max(session.now, said_no) if said_no is not None else session.now


async def _last_no(session: Session, returnee: Returnee) -> datetime | None:
    """When they said no to a caseworker, if that was their last word on it."""
    known = prefetched.known(session, returnee.id)
    if known is not None:
        return known.said_at if known.agreed is False else None
    said = await session.execute(
        select(Consent.granted, Consent.given_at)
        .where(Consent.returnee_id == returnee.id, Consent.purpose == Purpose.CASEWORKER)
        .order_by(Consent.given_at.desc())
        .limit(at_most(1))
    )
    line = said.one_or_none()
    return line.given_at if line is not None and not line.granted else None
