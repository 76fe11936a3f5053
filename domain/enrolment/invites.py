"""Single-use invites: how a person comes to be with an organisation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update

from domain import audit
from domain.actors import Actor, Right
from domain.alerts.used_codes import tell_whoever_gave
from domain.codes.handed import InviteUnknown, as_issued, new_code
from domain.errors import NotAllowed, Refused
from domain.identity.agreed_words import checked, sealed_for_invite
from domain.pathways import shelf
from domain.returnees.file_numbers import new_file_number
from domain.staff.accounts import ensure_works_here
from storage.keys.keyring import hash_of_token
from storage.sessions import Session
from storage.tables.returnees import Enrolment, Invite
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff, works_for

LIFE = timedelta(hours=72)
MOST_AT_ONCE = 200


class InviteExpired(Refused):
    """A code that nobody used in time, or that was withdrawn."""


class PhoneTaken(Refused):
    """A chat that is somebody's already: one chat is for one person."""


@dataclass(frozen=True, slots=True, repr=False)
class NewInvite:
    """The one time that the code is seen."""

    code: str
    expires_at: datetime


class InviteUsed(Refused):
    """A code that somebody else used before."""

    def __init__(self, sentence: str, invite: Invite) -> None:
        super().__init__(sentence)
        self.invite = invite


async def issue_invites(
    session: Session,
    organisation_id: UUID,
    count: int = 1,
    *,
    actor: Actor | None = None,
    words: tuple[str, str] | None = None,
    pathway: str | None = None,
    file_number: str = "",
) -> list[NewInvite]:
    """Codes for so many people, each good once and for 72 hours. No actor means the operator.

    `words` were agreed on with the one person whom it is for, to know them again by (P13).
    Whoever comes by one is put on the `pathway`. The actor may give the one person the
    `file_number` of the organisation's own file. Raises NotAllowed, Refused.
    """
    if actor is not None:
        _ensure_may_invite(actor, organisation_id)
        await ensure_works_here(session, actor)
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused("Make between 1 and {most} invites at a time.", most=MOST_AT_ONCE)
    if words is not None and count != 1:
        raise Refused("Words are agreed on with one person: make one invite.")
    if file_number and count != 1:
        raise Refused("A file number is one person’s: make one invite.")
    sealed = sealed_for_invite(session.keys, checked(*words)) if words else None
    if pathway is not None:
        await shelf.newest(session, organisation_id, pathway)
    number = await new_file_number(session, actor, file_number) if actor and file_number else None
    issued_by = actor.staff_id if actor else None
    invites = [NewInvite(new_code("r-"), session.now + LIFE) for _ in range(count)]
    session.add_all(
        Invite(
            organisation_id=organisation_id,
            code_hash=_hash(invite.code),
            issued_by=issued_by,
            issued_at=session.now,
            expires_at=invite.expires_at,
            words=sealed,
            pathway=pathway,
            file_number=number.sealed if number else None,
            file_number_key=number.key if number else None,
        )
        for invite in invites
    )
    audit.record(session, organisation_id, "invites.issued", staff_id=issued_by, count=count)
    await session.flush()
    return invites


def _ensure_may_invite(actor: Actor, organisation_id: UUID) -> None:
    actor.ensure_may(Right.ENROL_PEOPLE)
    if actor.organisation_id != organisation_id:
        raise NotAllowed("You can invite people for your own organisation only.")


def _usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Withdrawn in the very moment, it ends later than a transaction that waited for it began."""
    return Invite.used_at.is_(None), Invite.withdrawn_at.is_(None), Invite.expires_at > now


async def organisation_inviting(session: Session, code: str) -> UUID | None:
    """Whose invite this is, while it can still be used."""
    return await session.scalar(
        select(Invite.organisation_id).where(
            Invite.code_hash == _hash(code),
            *_usable(session.now),
        )
    )


async def redeem_invite(session: Session, code: str, *, returnee_id: UUID | None = None) -> Invite:
    """Uses the code up; of two who open it at once, one gets in. Needs the service's scope.

    Whoever enrolled with it (`returnee_id`) may open it again. When anybody else does, an alert
    to its issuer is on its way once the caller commits, and InviteUsed is raised.

    Raises InviteUnknown, InviteExpired or InviteUsed.
    """
    code_hash = _hash(code)
    invite = await session.scalar(
        update(Invite)
        .where(
            Invite.code_hash == code_hash,
            *_usable(session.now),
        )
        .values(used_at=session.now)
        .returning(Invite)
    )
    return invite or await _unusable(session, code_hash, returnee_id)


async def _unusable(session: Session, code_hash: bytes, returnee_id: UUID | None) -> Invite:
    """The person's own invite after all, or the reason why it is none."""
    invite = await session.scalar(select(Invite).where(Invite.code_hash == code_hash))
    if invite is None:
        raise InviteUnknown("This invitation is not one of ours.")
    if invite.used_at is None:
        raise InviteExpired("This invitation is too old.")
    if returnee_id is not None and await _came_with(session, returnee_id, invite):
        return invite
    await _alert_issuer(session, invite)
    raise InviteUsed("This invitation was used already.", invite)


async def _came_with(session: Session, returnee_id: UUID, invite: Invite) -> bool:
    enrolment = await session.scalar(
        select(Enrolment.id).where(
            Enrolment.returnee_id == returnee_id,
            Enrolment.invite_id == invite.id,
            # To whom they were referred it went along.
            Enrolment.organisation_id == invite.organisation_id,
        )
    )
    return enrolment is not None


async def _alert_issuer(session: Session, invite: Invite) -> None:
    """Whoever must not know of the person who came with it is told to ask them nothing (P10)."""
    is_kept_apart = exists().where(
        Enrolment.invite_id == invite.id, ~clear_of(Enrolment.returnee_id)
    )
    issuer = await session.scalars(
        select(Staff).where(
            Staff.id == invite.issued_by, works_for(invite.organisation_id), ~is_kept_apart
        )
    )
    params = {"issued_at": invite.issued_at.isoformat()}
    await tell_whoever_gave(
        session,
        invite.organisation_id,
        invite.id,
        issuer.all(),
        params,
        action="invite.opened-again",
    )


def _hash(code: str) -> bytes:
    return hash_of_token(as_issued(code), "invite")
