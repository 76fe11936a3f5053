"""What another organisation was given is taken away again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from domain.cases.events import happened
from domain.cases.finding import newest_case
from domain.casework.going_on import go_on_with
from domain.notices import Notice
from domain.referrals.telling import tell_asked, tell_giver, tell_person
from domain.replies.unsent import call_off_words
from domain.returnees.enrolments import by_own_invite
from domain.returnees.person import lock_person
from storage.kinds import CaseEventKind, CaseState, ReferralState
from storage.sessions import Session
from storage.tables.cases import Case, CaseAccess
from storage.tables.referrals import UNDER_WAY, Referral
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

#: It has gone to those who were asked, and the person knows.
_COUNTED_ON = (ReferralState.OFFERED, ReferralState.ACCEPTED)


async def withdraw(session: Session, returnee_id: UUID, partner_ids: Collection[UUID]) -> None:
    """The person does not want these organisations to help them, or to know of them.

    What has been handed over already is the organisation's own: the person leaves it as they leave
    any. Needs the service's scope.
    """
    if not partner_ids:
        return
    for referral in await _gone_to(session, returnee_id, partner_ids):
        was_counted_on = referral.state in _COUNTED_ON
        await end(session, referral, Ending(ReferralState.REVOKED))
        if was_counted_on:
            await tell_giver(session, referral, "taken-back")
    await _close_talks(session, returnee_id, partner_ids)


async def leave(session: Session, returnee_id: UUID, partner_id: UUID) -> None:
    """That organisation forgets the person: they are not helped by it any more, and hear so. Needs
    the service's scope.
    """
    for referral in await _gone_to(session, returnee_id, [partner_id]):
        was_counted_on = referral.state in _COUNTED_ON
        await end_and_say_so(session, referral, Ending(ReferralState.LAPSED))
        if was_counted_on:
            await tell_giver(session, referral, "alone-again")
    await _close_talks(session, returnee_id, [partner_id])


async def _gone_to(
    session: Session, returnee_id: UUID, partner_ids: Collection[UUID]
) -> Sequence[Referral]:
    """What is under way to them, but for questions: nothing of these has gone yet, and nobody is to
    learn what the person answered.
    """
    found = await session.scalars(
        select(Referral)
        .where(
            Referral.returnee_id == returnee_id,
            func.coalesce(Referral.partner_id, Referral.mail_partner_id).in_(partner_ids),
            Referral.state.in_(UNDER_WAY),
            Referral.state != ReferralState.ASKED,
        )
        .with_for_update()
    )
    return found.all()


async def _close_talks(session: Session, returnee_id: UUID, partner_ids: Collection[UUID]) -> None:
    """They read along in nobody else's case any more."""
    theirs = select(Case.id).where(Case.returnee_id == returnee_id)
    await session.execute(
        delete(CaseAccess).where(
            CaseAccess.organisation_id.in_(partner_ids), CaseAccess.case_id.in_(theirs)
        )
    )


def together_in(case: Case | type[Case]) -> tuple[ColumnElement[bool], ...]:
    """Within a query of referrals: those by which others are with the person beside that case's
    organisation.
    """
    return (
        Referral.case_id == case.id,
        Referral.state == ReferralState.ACCEPTED,
        Referral.partner_id.is_not(None),
    )


async def accompanying_with(session: Session, case: Case) -> Sequence[UUID]:
    """Those who were given it from that case, and are with the person beside the giver."""
    found = await session.scalars(select(Referral.partner_id).where(*together_in(case)))
    return [partner_id for partner_id in found if partner_id is not None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a referral comes to nothing."""

    state: ReferralState
    staff_id: UUID | None = None
    kind: CaseEventKind = CaseEventKind.REFERRAL_ENDED
    #: Who takes over from the giver, where both accompanied the person already.
    heir: UUID | None = None
    #: The code that the case gives for it, where its state does not say why.
    reason: str | None = None


async def end(session: Session, referral: Referral, ending: Ending) -> None:
    """Where both accompanied the person already, only the giver does now, or the heir. Those who
    were asked hear so, if it is not their own answer.
    """
    before = referral.state
    if before is ReferralState.ACCEPTED and referral.partner_id is not None:
        await _close_joint_period(session, referral, ending.heir or referral.organisation_id)
    referral.state = ending.state
    referral.look_at = referral.alert_at = None
    case = await session.get_one(Case, referral.case_id)
    has_helped = before is ReferralState.ACCEPTED and ending.state is ReferralState.LAPSED
    why = ending.reason or ("referral.over" if has_helped else f"referral.{ending.state}")
    happened(session, case, ending.kind, staff_id=ending.staff_id, reasons=[why])
    was_told = before in _COUNTED_ON and referral.partner_id is not None
    if was_told and ending.state is not ReferralState.REJECTED:
        await tell_asked(session, referral, case)


async def end_and_say_so(session: Session, referral: Referral, ending: Ending) -> None:
    """The same, where the person didn't end it: if they may wait for that help, they hear that
    none comes.
    """
    waits_for_it = referral.state in _COUNTED_ON
    await end(session, referral, ending)
    if waits_for_it:
        await tell_person(session, referral, Notice.REFERRAL_ENDED)


def ends_without(organisation_id: UUID) -> ColumnElement[bool]:
    """Within a query of referrals: what ends once that organisation accompanies the person no
    longer, since it could hand them over to nobody. What a mailbox has accepted needs no giver
    beside it.
    """
    by_mail = and_(Referral.state == ReferralState.ACCEPTED, Referral.partner_id.is_(None))
    under_way = Referral.state.in_(UNDER_WAY)
    return and_(Referral.organisation_id == organisation_id, under_way, ~by_mail)


async def end_all(
    session: Session, referral: Referral, which: ColumnElement[bool], *, heir: UUID
) -> Sequence[Referral]:
    """Others of the same person, as end_and_say_so; which ones these are."""
    found = await session.scalars(
        select(Referral)
        .where(Referral.returnee_id == referral.returnee_id, Referral.id != referral.id, which)
        .with_for_update()
    )
    others = found.all()
    for each in others:
        await end_and_say_so(session, each, Ending(ReferralState.LAPSED, heir=heir))
    return others


async def _close_joint_period(session: Session, referral: Referral, goes_on_with: UUID) -> None:
    await session.execute(
        delete(CaseAccess).where(
            CaseAccess.case_id == referral.case_id,
            CaseAccess.organisation_id == referral.partner_id,
        )
    )
    ended = await session.execute(
        update(Enrolment)
        .where(
            Enrolment.returnee_id == referral.returnee_id,
            Enrolment.organisation_id == referral.partner_id,
            STILL_ENROLLED,
            *_comes_of(referral),
        )
        .values(until_at=session.now, file_number=None, file_number_key=None)
        .returning(Enrolment.id)
    )
    if ended.all():
        await call_off_words(session, referral.returnee_id, referral.asks)
        await _take_case_along(session, referral, goes_on_with)
        given = ends_without(referral.asks)
        await end_all(session, referral, given, heir=goes_on_with)


def _comes_of(referral: Referral) -> tuple[ColumnElement[bool], ...]:
    """Within a query of the partner's enrolments: those that end with it. One that was there
    before, or to which they invited the person, is their own; one that another giver's referral
    began, or keeps, ends with the last of them.
    """
    other = aliased(Referral)
    of_another = (
        other.returnee_id == referral.returnee_id,
        other.partner_id == referral.partner_id,
        other.id != referral.id,
    )
    ended = other.state.in_((ReferralState.REVOKED, ReferralState.LAPSED))
    began = exists().where(*of_another, ended, other.answered_at == Enrolment.from_at)
    goes_on = or_(other.state == ReferralState.ACCEPTED, other.handed_over_at >= Enrolment.from_at)
    return (
        ~by_own_invite(),
        or_(Enrolment.from_at >= referral.answered_at, began),
        ~exists().where(*of_another, goes_on),
    )


async def _take_case_along(session: Session, referral: Referral, goes_on_with: UUID) -> None:
    """A case that the partner has of them meanwhile ends there: as grave as it is, whoever goes on
    begins one of their own.
    """
    await lock_person(session, referral.returnee_id)
    returnee = await session.get_one(Returnee, referral.returnee_id)
    theirs = await newest_case(session, returnee, lock=True)
    if theirs is None or theirs.state is CaseState.RESOLVED:
        return
    if theirs.organisation_id != referral.partner_id:
        return
    is_back = goes_on_with == referral.organisation_id
    reason = "referral.back" if is_back else "referral"
    await go_on_with(session, theirs, goes_on_with, reason)
