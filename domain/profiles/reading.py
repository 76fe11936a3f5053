"""What staff see of the people whom their organisation accompanies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select

from domain import audit
from domain.actors import Actor, Right
from domain.consent.ledger import texts_read
from domain.errors import Refused
from domain.paging import MOST, Page
from domain.privacy.passing_on import Leaving, known_to_leave, leaving
from domain.returnees.chats import chat_id_if_it_opens
from domain.returnees.enrolments import has_invited, pseudonym_of
from domain.returnees.file_numbers import file_number_of
from domain.returnees.person import accompanied
from domain.returnees.phone import who_is_there
from domain.safeguarding.readings import ensure_may_look
from domain.safety.safe_contact import SafeContact, safe_contact
from storage.batches import at_most
from storage.kinds import Identity, Purpose, Severity
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.consent import Consent, NoticeText
from storage.tables.referrals import Referral
from storage.tables.returnees import AgreedWords, Enrolment, Returnee


class Reachability(StrEnum):
    """Whether messages get to a person now."""

    OPEN = "open"
    PAUSED = "paused"
    FROZEN = "frozen"
    BLOCKED = "blocked"
    #: No key opens the number of their chat; once they write, it is known again.
    SHUT = "shut"
    #: They asked to be forgotten, and it is not done yet.
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class PersonLine:
    id: UUID
    pseudonym: str
    language: str
    country: str | None
    identity: Identity
    reach: Reachability
    enrolled_at: datetime
    #: They came by an invite, and didn't only cry for help.
    invited: bool
    case_id: UUID | None
    #: Of that open case.
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class Person:
    line: PersonLine
    returnee: Returnee
    contact: SafeContact
    #: The ledger, newest line first; None for whoever is not to know what was refused.
    consents: Sequence[Consent] | None
    #: What stood before them when they gave those answers, the newest first.
    notices: Sequence[NoticeText]
    #: When two words were agreed on, and until when an answer in the chat is waited for.
    words_agreed_at: datetime | None
    words_asked_until: datetime | None
    #: They asked to be forgotten, and it is not done yet.
    leaving: Leaving | None
    #: Of the organisation's own file on them.
    file_number: str | None

    @property
    def agreed(self) -> dict[Purpose, bool]:
        """What they said last; a purpose that they were never asked is missing."""
        return {line.purpose: line.granted for line in reversed(self.consents or ())}


async def list_people(
    session: Session, actor: Actor, after: UUID | None = None
) -> Page[PersonLine]:
    """A page of those who are with the organisation now, by pseudonym, after that person.

    Raises NotAllowed.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    query = _people(actor).order_by(Enrolment.pseudonym).limit(at_most(MOST + 1))
    if after is not None:
        query = query.where(Enrolment.pseudonym > await pseudonym_of(session, actor, after))
    return Page.of(await _lines(session, query))


async def read_person(session: Session, actor: Actor, returnee_id: UUID) -> Person:
    """One of them, with consent and how to reach them safely. Reading is recorded (P10).

    Raises NotAllowed, and Refused for somebody else's person as for nobody; NeedsReason without an
    open case.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    lines = await _lines(session, _person(actor, returnee_id))
    if not lines:
        raise Refused("There is no such person.")
    if lines[0].case_id is None:
        await ensure_may_look(session, actor, returnee_id)
    audit.done_by(
        session, actor, "person.read", returnee_id, with_case=lines[0].case_id is not None
    )
    returnee = await session.get_one(Returnee, returnee_id)
    ledger = await _ledger(session, actor, returnee_id)
    return Person(
        lines[0],
        returnee,
        await safe_contact(session, returnee_id, actor.organisation_id),
        ledger,
        await texts_read(session, ledger or ()),
        await session.scalar(
            select(AgreedWords.agreed_at).where(AgreedWords.returnee_id == returnee_id)
        ),
        returnee.words_asked_until,
        await leaving(session, actor, returnee_id),
        await file_number_of(session, actor, returnee_id),
    )


async def _ledger(session: Session, actor: Actor, returnee_id: UUID) -> Sequence[Consent] | None:
    """For those who must be able to prove it; but whoever enrolled somebody never learns what that
    person refused.

    Of what they said of partners only where something of ours went to them by it: neither a no to
    our own question is for anybody to learn, nor anything that others asked.
    """
    if not actor.may(Right.PROVE_CONSENT) or await has_invited(session, actor, returnee_id):
        return None
    went = exists().where(
        Referral.returnee_id == returnee_id,
        Referral.organisation_id == actor.organisation_id,
        Referral.offered_at.is_not(None),
        func.coalesce(Referral.partner_id, Referral.mail_partner_id) == Consent.partner_id,
    )
    lines = await session.scalars(
        select(Consent)
        .where(Consent.returnee_id == returnee_id, or_(Consent.partner_id.is_(None), went))
        .order_by(Consent.given_at.desc(), Consent.id)
    )
    return lines.all()


async def countries_and_languages(session: Session, actor: Actor) -> tuple[list[str], list[str]]:
    """Where those people are, and what they speak. Reads all of them. Raises NotAllowed."""
    actor.ensure_may(Right.SEE_PEOPLE)
    found = await session.execute(
        select(Returnee.country, Returnee.language)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(*accompanied(actor))
        .distinct()
    )
    pairs = found.all()
    countries = {country for country, _ in pairs if country is not None}
    return sorted(countries), sorted({language for _, language in pairs})


_Found = Select[Enrolment, Returnee, Case, bool]


def _people(actor: Actor) -> _Found:
    # Another organisation's that is open to be read along is no case of theirs.
    ours = Case.organisation_id == actor.organisation_id
    return (
        select(Enrolment, Returnee, Case, known_to_leave(actor, Enrolment.returnee_id))
        .join(Returnee, Returnee.id == Enrolment.returnee_id)
        .outerjoin(Case, and_(Case.returnee_id == Returnee.id, ours, UNRESOLVED))
        .where(*accompanied(actor))
    )


def _person(actor: Actor, returnee_id: UUID) -> _Found:
    return _people(actor).where(Returnee.id == returnee_id)


async def _lines(session: Session, query: _Found) -> list[PersonLine]:
    return [
        PersonLine(
            id=returnee.id,
            pseudonym=enrolment.pseudonym,
            language=returnee.language,
            country=returnee.country,
            identity=who_is_there(returnee, session.now),
            reach=_reach(session, returnee, leaves),
            enrolled_at=enrolment.from_at,
            invited=enrolment.invite_id is not None,
            case_id=case.id if case else None,
            severity=case.severity if case else None,
        )
        for enrolment, returnee, case, leaves in await session.execute(query)
    ]


def _reach(session: Session, returnee: Returnee, leaves: bool) -> Reachability:
    if returnee.frozen_at is not None:
        return Reachability.FROZEN
    if leaves:
        return Reachability.LEAVING
    if returnee.blocked_at is not None:
        return Reachability.BLOCKED
    if chat_id_if_it_opens(session, returnee) is None:
        return Reachability.SHUT
    if returnee.paused_until is not None and returnee.paused_until > session.now:
        return Reachability.PAUSED
    return Reachability.OPEN
