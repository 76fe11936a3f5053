"""What staff see of referrals: those that they gave, and those that they are offered."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from domain import audit
from domain.actors import Actor
from domain.cases.finding import open_case_of
from domain.casework.tasks import is_something_left
from domain.illegible import if_legible
from domain.messages.arrival import has_come
from domain.messages.sealing import as_far_as_it_opens, as_shown
from domain.paging import MOST, Page
from domain.referrals.finding import find_either, given_by, received_by, seen
from domain.referrals.letter import ReferralLetter, letter_of
from domain.referrals.mailing import Mailing, mailing_of
from domain.referrals.making import SECOND_WITHIN
from domain.referrals.partners import names_of
from domain.referrals.telephone import telephone_to
from domain.returnees.keys import data_key, legible_of
from domain.returnees.phone import who_is_there
from domain.safeguarding.readings import NeedsReason, ensure_may_look, ensure_may_read
from domain.staff import name_of
from storage.batches import at_most
from storage.kinds import (
    Direction,
    Identity,
    MessageKind,
    Received,
    ReferralState,
    Severity,
    Travels,
)
from storage.sessions import Session
from storage.tables.cases import Case, CaseAccess, Message
from storage.tables.referrals import UNDER_WAY, Referral
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Line:
    id: UUID
    #: Both sides call it by this, by telephone too.
    code: str
    severity: Severity
    #: The other organisation.
    other: str
    given: bool
    #: To whoever has a mailbox only: then the case stays with the giver.
    by_mail: bool
    state: ReferralState
    #: It was accepted, and they help no longer, though nobody took it back.
    helped_before: bool
    made_at: datetime
    offered_at: datetime | None
    received: Received | None
    received_by_person: Received | None

    @property
    def waits_for_us(self) -> bool:
        if self.given:
            return self.state is ReferralState.TO_DECIDE
        return self.state is ReferralState.OFFERED

    @property
    def is_to_be_handed_over(self) -> bool:
        """By the reader's organisation, sooner or later."""
        return self.given and not self.by_mail and self.state in UNDER_WAY


@dataclass(frozen=True, slots=True)
class File:
    line: Line
    #: Of the giver's case, and of the person where they are with the reader's organisation.
    case_id: UUID
    returnee_id: UUID
    fields: Sequence[Travels]
    letter: ReferralLetter | None
    vital: bool
    joint_days: int
    #: Who of the reader's own colleagues began it, or answered it.
    by: str | None
    mine: bool
    #: From when on one alone may decide.
    alone_from: datetime
    reason: str | None
    answered_at: datetime | None
    #: When it goes back, both stop accompanying the person, or somebody is asked again.
    look_at: datetime | None
    #: Whether somebody has made sure who holds the phone: until then nobody is asked there.
    confirmed: bool
    #: The giver's team has still to do something in a case that is to be handed over: that does
    #: not go along.
    tasks_left: bool
    #: Of one that goes to a mailbox, for whoever gives it.
    mailing: Mailing | None
    #: Why none of its words is shown, until the reader has said why they need them.
    shut: NeedsReason | None
    #: By which number the other organisation is called; nothing where it named none.
    telephone: str
    #: Words of the giver's team that never came to the person, or have not yet: nobody else is
    #: told them.
    not_come: Set[UUID]


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    by_them: bool
    kind: MessageKind
    text: str | None


async def given(session: Session, actor: Actor, after: UUID | None = None) -> Page[Line]:
    """Those that the organisation gave. Needs the service's scope. Raises NotAllowed."""
    return await _page(session, actor, given_by(actor), after)


async def beside_case(session: Session, actor: Actor, case_id: UUID) -> list[Line]:
    """Those that were given from a case of the actor's organisation, and those by which the person
    came there, the newest first. Needs the service's scope.
    """
    own = select(Case.returnee_id).where(
        Case.id == case_id, Case.organisation_id == actor.organisation_id
    )
    came = and_(received_by(actor), Referral.returnee_id == own.scalar_subquery())
    found = await session.execute(
        seen(actor, or_(and_(given_by(actor), Referral.case_id == case_id), came)).order_by(
            Referral.made_at.desc()
        )
    )
    return await _in_words(session, actor, [(referral, case) for referral, case in found])


async def received(session: Session, actor: Actor, after: UUID | None = None) -> Page[Line]:
    """Those that it is offered. Needs the service's scope. Raises NotAllowed."""
    return await _page(session, actor, received_by(actor), after)


async def read_referral(session: Session, actor: Actor, referral_id: UUID) -> File:
    """One of them, with what travels, as long as its reader may read the case that it belongs to.
    Reading is recorded (P10). Needs the service's scope.

    Raises as find_case.
    """
    referral = await find_either(session, actor, referral_id)
    audit.done_by(session, actor, "referral.read", referral.id)
    case = await session.get_one(Case, referral.case_id)
    [line] = await _in_words(session, actor, [(referral, case)])
    returnee = await session.get_one(Returnee, referral.returnee_id)
    own = referral.made_by if line.given else referral.answered_by
    shut = await _shut(session, actor, referral, case)
    colleague = await session.get(Staff, own) if own else None
    return File(
        line=line,
        case_id=referral.case_id,
        returnee_id=referral.returnee_id,
        fields=[Travels(each) for each in referral.fields],
        letter=await letter_of(session, referral) if not shut else None,
        vital=referral.vital,
        joint_days=referral.joint_days,
        by=name_of(session, colleague) if colleague else None,
        mine=referral.made_by == actor.staff_id,
        alone_from=referral.made_at + SECOND_WITHIN,
        reason=await legible_of(session, referral.returnee_id, referral.reason, "referral reason")
        if referral.reason and not shut
        else None,
        answered_at=referral.answered_at,
        look_at=referral.look_at,
        confirmed=who_is_there(returnee, session.now) is Identity.CONFIRMED,
        tasks_left=line.is_to_be_handed_over and await is_something_left(session, case),
        mailing=await mailing_of(session, referral) if line.given else None,
        shut=shut,
        telephone=await telephone_to(
            session, referral.partner_id if line.given else referral.organisation_id
        ),
        not_come=await _not_come(session, case) if not line.given else frozenset(),
    )


async def _not_come(session: Session, case: Case) -> Set[UUID]:
    """Asked here, since what is on its way for others lies beyond the reader's own scope."""
    found = await session.scalars(select(Message.id).where(Message.case_id == case.id, ~has_come()))
    return frozenset(found)


async def _shut(
    session: Session, actor: Actor, referral: Referral, case: Case
) -> NeedsReason | None:
    """The words are the giver's case's, and, once it is handed over, the person's with whoever took
    over: where nobody has to work on these, reading them needs a reason.
    """
    try:
        if referral.organisation_id == actor.organisation_id:
            await ensure_may_read(session, actor, case)
        elif referral.state is ReferralState.HANDED_OVER:
            newer = await open_case_of(session, referral.returnee_id)
            if newer is None or newer.organisation_id != actor.organisation_id:
                await ensure_may_look(session, actor, referral.returnee_id)
    except NeedsReason as needed:
        return needed
    return None


async def read_along(session: Session, actor: Actor, file: File) -> list[Said]:
    """What was said in the giver's case and came to the person, where that was picked and is not
    shut, within the reader's own scope: the database lets them see no more than they were given
    (design rule 12).
    """
    if file.shut:
        return []
    access = await session.scalar(
        select(CaseAccess.id).where(
            CaseAccess.case_id == file.case_id,
            CaseAccess.organisation_id == actor.organisation_id,
            CaseAccess.until_at > session.now,
        )
    )
    if access is None:
        return []
    key = await if_legible(data_key(session, file.returnee_id))
    messages = await session.scalars(
        select(Message)
        .where(Message.case_id == file.case_id, Message.id.not_in(file.not_come))
        .order_by(Message.number)
    )
    said = []
    for message in messages:
        body, kind = as_far_as_it_opens(key, message)
        text, by_them = body.get("text"), message.direction is Direction.FROM_RETURNEE
        said.append(Said(message.at, by_them, kind, as_shown(text) if text else None))
    return said


async def _page(
    session: Session, actor: Actor, whose: ColumnElement[bool], after: UUID | None
) -> Page[Line]:
    """Those that are under way before any that has ended, however old they are; then the newest."""
    order = Referral.is_under_way(), Referral.made_at, Referral.id
    query = seen(actor, whose)
    last = await session.scalar(query.with_only_columns(Referral).where(Referral.id == after))
    if last is not None:
        query = query.where(tuple_(*order) < tuple_(last.state in UNDER_WAY, last.made_at, last.id))
    found = await session.execute(
        query.order_by(*(each.desc() for each in order)).limit(at_most(MOST + 1))
    )
    page = Page.of([(referral, case) for referral, case in found])
    return Page(await _in_words(session, actor, page.lines), page.more)


async def _in_words(
    session: Session, actor: Actor, rows: Sequence[tuple[Referral, Case]]
) -> list[Line]:
    both = {each for referral, _ in rows for each in (referral.asks, referral.organisation_id)}
    names = await names_of(session, list(both))
    return [_line(actor, referral, case, names) for referral, case in rows]


def _line(actor: Actor, referral: Referral, case: Case, names: dict[UUID, str]) -> Line:
    is_given = referral.organisation_id == actor.organisation_id
    return Line(
        id=referral.id,
        code=case.code,
        severity=case.severity,
        other=names[referral.asks if is_given else referral.organisation_id],
        given=is_given,
        by_mail=referral.mail_partner_id is not None,
        state=referral.state,
        helped_before=referral.state is ReferralState.LAPSED and referral.answered_at is not None,
        made_at=referral.made_at,
        offered_at=referral.offered_at,
        received=referral.received,
        received_by_person=referral.received_by_person,
    )
