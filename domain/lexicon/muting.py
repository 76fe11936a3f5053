"""Entries that are heard no more: the lexicons' and the organisation's own.

What is urgent or an emergency is only proposed for it; it counts once a second person has agreed.
Each verb raises NotAllowed and Refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select

from domain import audit
from domain.actors import Actor, Right, roles_with
from domain.channels.reaching import reach_staff
from domain.distress import Watch
from domain.distress.lexicon import Entry, Rule
from domain.errors import NotAllowed, Refused
from domain.illegible import legible
from domain.lexicon.adding import next_version
from domain.lexicon.reading import MUTING, list_own, own_row
from domain.notices import Notice
from domain.staff.accounts import name_of
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.lexicon import LexiconMuting
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff, works_for

_LONGEST_REASON = 500
_KEEPING: Final = roles_with(Right.KEEP_LEXICON)


@dataclass(frozen=True, slots=True)
class Muted:
    """`entry` is None where a newer Wayhome has that line of a lexicon no more."""

    id: UUID
    severity: Severity
    entry: Entry | None
    reason: str
    #: Who wants it, and whether that is who asks.
    by: str
    mine: bool
    proposed_at: datetime
    in_force: bool


async def mute_line(session: Session, actor: Actor, key: str, reason: str, watch: Watch) -> bool:
    """A line of a lexicon. False where a second person has to agree first."""
    actor.ensure_may(Right.KEEP_LEXICON)
    entry = watch.line(key)
    if entry is None or not isinstance(entry.meaning, Rule):
        raise Refused("There is no such entry.")
    muting = LexiconMuting(built_in=key, severity=entry.meaning.severity)
    return await _mute(session, actor, muting, LexiconMuting.built_in == key, reason)


async def mute_own(session: Session, actor: Actor, entry_id: UUID, reason: str) -> bool:
    """An entry of the organisation's own. False where a second person has to agree first."""
    row = await own_row(session, actor, entry_id)
    if row.since is None:
        raise Refused("It is not in force.")
    muting = LexiconMuting(entry_id=row.id, severity=row.severity)
    return await _mute(session, actor, muting, LexiconMuting.entry_id == row.id, reason)


async def confirm(session: Session, actor: Actor, muting_id: UUID) -> None:
    """A second person agrees, and it is heard no more."""
    muting = await _standing(session, actor, muting_id)
    if muting.since is not None:
        raise Refused("It is muted already.")
    if muting.proposed_by == actor.staff_id:
        raise NotAllowed("A second person has to confirm this.")
    muting.confirmed_by = actor.staff_id
    muting.since = await next_version(session, actor)
    _record(session, actor, "lexicon.muted", muting)


async def lift(session: Session, actor: Actor, muting_id: UUID) -> None:
    """It is heard again, or the proposal is dropped: for that one person is enough."""
    muting = await _standing(session, actor, muting_id)
    _record(session, actor, "lexicon.unmuted", muting)
    if muting.since is None:
        await session.delete(muting)
    else:
        muting.until = await next_version(session, actor)


async def list_muted(session: Session, actor: Actor, watch: Watch) -> list[Muted]:
    """And what is proposed for it, the newest first."""
    own = {words.id: words.as_entry() for words in await list_own(session, actor)}
    found = await session.execute(
        select(LexiconMuting, Staff)
        .outerjoin(Staff, Staff.id == LexiconMuting.proposed_by)
        .where(
            LexiconMuting.organisation_id == actor.organisation_id,
            LexiconMuting.until.is_(None),
        )
        .order_by(LexiconMuting.proposed_at.desc(), LexiconMuting.id)
    )
    return [
        Muted(
            id=muting.id,
            severity=muting.severity,
            entry=_entry(muting, own, watch),
            reason=legible(session.keys, muting.reason, MUTING),
            by=name_of(session, staff) if staff else "",
            mine=muting.proposed_by == actor.staff_id,
            proposed_at=muting.proposed_at,
            in_force=muting.since is not None,
        )
        for muting, staff in found
    ]


def waiting_for(actor: Actor) -> Select[int]:
    """How many proposals of others they could confirm."""
    return select(func.count()).where(
        literal(actor.may(Right.KEEP_LEXICON)),
        LexiconMuting.organisation_id == actor.organisation_id,
        LexiconMuting.since.is_(None),
        LexiconMuting.proposed_by.is_distinct_from(actor.staff_id),
    )


def _entry(muting: LexiconMuting, own: Mapping[UUID, Entry | None], watch: Watch) -> Entry | None:
    if muting.entry_id is not None:
        return own.get(muting.entry_id)
    return watch.line(muting.built_in or "")


def needs_two(severity: Severity) -> bool:
    return severity.rank >= Severity.URGENT.rank


async def _mute(
    session: Session,
    actor: Actor,
    muting: LexiconMuting,
    same: ColumnElement[bool],
    reason: str,
) -> bool:
    if not reason or len(reason) > _LONGEST_REASON:
        raise Refused("Say in a sentence why.")
    # Whoever else mutes something here waits.
    await session.get_one(Organisation, actor.organisation_id, with_for_update=True)
    there = select(LexiconMuting.id).where(
        LexiconMuting.organisation_id == actor.organisation_id, same, LexiconMuting.until.is_(None)
    )
    if await session.scalar(there) is not None:
        raise Refused("It is muted or proposed for it already.")
    muting.organisation_id = actor.organisation_id
    muting.reason = session.keys.seal(reason, MUTING)
    muting.proposed_by, muting.proposed_at = actor.staff_id, session.now
    proposed = needs_two(muting.severity)
    if not proposed:
        muting.since = await next_version(session, actor)
    session.add(muting)
    await session.flush()
    _record(session, actor, "lexicon.mute-proposed" if proposed else "lexicon.muted", muting)
    if proposed:
        await _tell_whoever_may_confirm(session, actor)
    return not proposed


async def _tell_whoever_may_confirm(session: Session, actor: Actor) -> None:
    """That something waits, and not what: they read it in the console."""
    others = await session.scalars(
        select(Staff).where(
            works_for(actor.organisation_id),
            Staff.id != actor.staff_id,
            Staff.role.in_(_KEEPING),
        )
    )
    await reach_staff(session, actor.organisation_id, others.all(), Notice.STAFF_MUTING, {})


async def _standing(session: Session, actor: Actor, muting_id: UUID) -> LexiconMuting:
    actor.ensure_may(Right.KEEP_LEXICON)
    muting = await session.scalar(
        select(LexiconMuting)
        .where(
            LexiconMuting.id == muting_id,
            LexiconMuting.organisation_id == actor.organisation_id,
            LexiconMuting.until.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if muting is None:
        raise Refused("There is no such entry.")
    return muting


def _record(session: Session, actor: Actor, action: str, muting: LexiconMuting) -> None:
    audit.done_by(
        session,
        actor,
        action,
        muting.id,
        severity=muting.severity,
        rule=":".join((muting.built_in or "").split(":", 3)[:3]),
        own=str(muting.entry_id or ""),
    )
