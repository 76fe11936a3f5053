"""Invites that were given out: who made which, what became of it, and how one is withdrawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, tuple_

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.paging import MOST, Page
from domain.returnees.file_numbers import forget_file_number, read_file_number
from domain.staff.team import names_of_all
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.privacy import gone_for_the_team
from storage.tables.returnees import Enrolment, Invite
from storage.tables.safeguarding import seen_by

#: For so long they are shown; longer than any of them lasts.
LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class GivenOut:
    """One of them, as those who may invite see it."""

    id: UUID
    issued_at: datetime
    #: None: the operator, on the shell.
    issued_by: str | None
    pathway: str | None
    expires_at: datetime
    used_at: datetime | None
    withdrawn_at: datetime | None
    waits: bool
    #: Of the organisation's own file on whoever it is for, until they come.
    file_number: str | None


async def given_out_lately(
    session: Session, actor: Actor, after: UUID | None = None
) -> Page[GivenOut]:
    """Their organisation's, newest first. Needs its scope. Raises NotAllowed."""
    actor.ensure_may(Right.ENROL_PEOPLE)
    place = tuple_(Invite.issued_at, Invite.id)
    query = select(Invite).where(
        Invite.organisation_id == actor.organisation_id,
        Invite.issued_at > session.now - LATELY,
        _may_be_known(actor),
    )
    last = await session.get(Invite, after) if after else None
    if last is not None:
        query = query.where(place < tuple_(last.issued_at, last.id))
    newest = query.order_by(Invite.issued_at.desc(), Invite.id.desc()).limit(at_most(MOST + 1))
    names = await names_of_all(session, actor.organisation_id)
    found = await session.scalars(newest)
    return Page.of([_line(session, invite, names) for invite in found])


def _may_be_known(actor: Actor) -> ColumnElement[bool]:
    """One by which somebody came is left out with them, as where they are kept apart (P10)."""
    came = exists().where(
        Enrolment.invite_id == Invite.id,
        Enrolment.organisation_id == actor.organisation_id,
        seen_by(actor.staff_id, Enrolment.returnee_id),
        ~gone_for_the_team(actor.organisation_id, Enrolment.returnee_id),
    )
    return Invite.used_at.is_(None) | came


def _line(session: Session, invite: Invite, names: dict[UUID | None, str]) -> GivenOut:
    return GivenOut(
        invite.id,
        invite.issued_at,
        names.get(invite.issued_by),
        invite.pathway,
        invite.expires_at,
        invite.used_at,
        invite.withdrawn_at,
        waits=invite.used_at is None and invite.expires_at > session.now,
        file_number=read_file_number(session.keys, invite.file_number),
    )


async def withdraw_invite(session: Session, actor: Actor, invite_id: UUID) -> None:
    """Whoever opens it from now on is told that it is too old; a second time changes nothing.

    Raises NotAllowed, and Refused for what nobody can use any more.
    """
    actor.ensure_may(Right.ENROL_PEOPLE)
    invite = await session.scalar(
        select(Invite)
        .where(Invite.id == invite_id, Invite.organisation_id == actor.organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invite is not None and invite.withdrawn_at is not None:
        return
    if invite is None or invite.used_at is not None or invite.expires_at <= session.now:
        raise Refused("This invite was used, or has run out.")
    # A replica of an older release looks at its end alone.
    invite.withdrawn_at = invite.expires_at = session.now
    invite.words = None
    forget_file_number(invite)
    audit.done_by(session, actor, "invite.withdrawn", invite.id)
