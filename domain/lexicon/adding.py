"""An organisation's own words: added, tried, and put in force or thrown away.

Each verb raises NotAllowed and Refused.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import func, select

from domain import audit
from domain.actors import Actor, Right
from domain.distress import Watch
from domain.distress.own import VIEW_OF, can_be_heard
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.lexicon.accuracy import CATEGORIES
from domain.lexicon.reading import ENTRY, IS_MUTED, OwnWords, own_now, own_row, read_own
from domain.lexicon.trying import Trial, try_out
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.lexicon import LexiconEntry
from storage.tables.organisations import Organisation
from storage.wakes import Topic

MOST_ENTRIES, MOST_EXAMPLES = 200, 20
_LONGEST_NOTE, _LONGEST_EXAMPLE = 500, 300
_MARKS = set("*|()[]…") | {"..."}


@dataclass(frozen=True, slots=True)
class NewWords:
    """As a coordinator writes them down; a line is an example."""

    language: str
    category: str
    severity: Severity
    phrase: str
    note: str
    hears: Sequence[str]
    ignores: Sequence[str]


async def add_own(session: Session, actor: Actor, new: NewWords, once: str = "") -> UUID:
    """Kept, and not in force yet."""
    actor.ensure_may(Right.KEEP_LEXICON)
    _ensure_sound(new)
    row_id = id_of(actor.organisation_id, actor, once, asdict(new))
    if await came_before(session, LexiconEntry, row_id) is not None:
        return row_id
    # What is muted can't be thrown away, since it explains what was decided; nor does it count.
    there = select(func.count()).where(
        LexiconEntry.organisation_id == actor.organisation_id, ~IS_MUTED
    )
    if (await session.scalar(there) or 0) >= MOST_ENTRIES:
        raise Refused("There are enough entries already. Mute or throw away one first.")
    body = {
        "phrase": new.phrase,
        "note": new.note,
        "hears": list(new.hears),
        "ignores": list(new.ignores),
    }
    row = LexiconEntry(
        id=row_id,
        organisation_id=actor.organisation_id,
        language=new.language,
        category=new.category,
        severity=new.severity,
        body=session.keys.seal(json.dumps(body, ensure_ascii=False), ENTRY),
        added_by=actor.staff_id,
        added_at=session.now,
    )
    session.add(row)
    await session.flush()
    _record(session, actor, "lexicon.added", row)
    return row.id


async def trial_of(
    session: Session, actor: Actor, entry_id: UUID, watch: Watch
) -> tuple[OwnWords, Trial]:
    """What it would change."""
    words = await read_own(session, actor, entry_id)
    own = await own_now(session, actor.organisation_id)
    return words, await asyncio.to_thread(try_out, watch, own, words)


async def put_in_force(session: Session, actor: Actor, entry_id: UUID, watch: Watch) -> None:
    """It counts from now on, in every replica within seconds, unless its trial went wrong."""
    row = await own_row(session, actor, entry_id)
    _, trial = await trial_of(session, actor, entry_id, watch)
    if row.since is not None:
        raise Refused("It is in force already.")
    if trial.unheard:
        raise Refused("It does not hear all that it must.")
    if trial.overheard:
        raise Refused("It hears something that it must not.")
    if trial.too_loud:
        raise Refused("It would raise too many false alarms: make it longer.")
    row.since = await next_version(session, actor)
    _record(session, actor, "lexicon.in-force", row, version=row.since)


async def discard(session: Session, actor: Actor, entry_id: UUID) -> None:
    """What never was in force; what was is muted instead, so that signals can be explained."""
    row = await own_row(session, actor, entry_id)
    if row.since is not None:
        raise Refused("It is in force already.")
    _record(session, actor, "lexicon.discarded", row)
    await session.delete(row)


async def next_version(session: Session, actor: Actor) -> int:
    """Of what the organisation listens for. All replicas read it anew."""
    organisation = await session.get_one(
        Organisation, actor.organisation_id, with_for_update=True, populate_existing=True
    )
    organisation.lexicon_version += 1
    session.wakes(Topic.LEXICONS)
    return organisation.lexicon_version


def _ensure_sound(new: NewWords) -> None:
    if new.language not in VIEW_OF or new.category not in CATEGORIES:
        raise Refused("Choose a language and a kind.")
    if any(mark in new.phrase for mark in _MARKS):
        raise Refused("Write plain words only, as a person would type them.")
    if not can_be_heard(new.language, new.phrase):
        raise Refused("Write one longer word, or two to eight words.")
    if not new.hears:
        raise Refused("Give at least one message that it must hear.")
    if max(len(new.hears), len(new.ignores)) > MOST_EXAMPLES or any(
        len(each) > _LONGEST_EXAMPLE for each in (*new.hears, *new.ignores)
    ):
        raise Refused("Give at most twenty messages of each kind, none longer than 300 letters.")
    if len(new.note) > _LONGEST_NOTE:
        raise Refused("The note is too long.")


def _record(session: Session, actor: Actor, action: str, row: LexiconEntry, **more: int) -> None:
    audit.done_by(
        session,
        actor,
        action,
        row.id,
        language=row.language,
        category=row.category,
        severity=row.severity,
        **more,
    )
