"""What an organisation has added to the lexicons, and what of them it mutes, opened."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import exists, select

from domain.actors import Actor, Right
from domain.distress.lexicon import Entry
from domain.distress.own import Own, own_entry, own_name
from domain.errors import Refused
from storage.keys.keyring import Keyring, SealError
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.lexicon import LexiconEntry, LexiconMuting
from storage.tables.organisations import Organisation

log = structlog.get_logger()

ENTRY, MUTING = "lexicon entry", "lexicon muting"
#: Of an entry.
IS_MUTED = exists().where(
    LexiconMuting.entry_id == LexiconEntry.id,
    LexiconMuting.since.is_not(None),
    LexiconMuting.until.is_(None),
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """One entry of the organisation's own."""

    id: UUID
    language: str
    category: str
    severity: Severity
    phrase: str
    note: str
    #: What whoever added it says that it must hear, and that it must not.
    hears: Sequence[str]
    ignores: Sequence[str]
    added_at: datetime
    since: int | None
    #: It was in force, and is heard no more.
    is_muted: bool = False

    @property
    def code(self) -> str:
        """The reason that a signal of it gives."""
        return f"{self.category}.{own_name(self.id)}"

    def as_entry(self) -> Entry | None:
        return own_entry(self.id, self.language, self.category, self.severity, self.phrase)


async def list_own(session: Session, actor: Actor) -> list[OwnWords]:
    """In force, muted or only tried, the newest first. Raises NotAllowed."""
    actor.ensure_may(Right.KEEP_LEXICON)
    found = await session.execute(
        select(LexiconEntry, IS_MUTED)
        .where(LexiconEntry.organisation_id == actor.organisation_id)
        .order_by(LexiconEntry.added_at.desc(), LexiconEntry.id)
    )
    rows = found.all()
    muted = {row.id for row, is_muted in rows if is_muted}
    words = _readable(session.keys, [row for row, _ in rows])
    return [replace(each, is_muted=each.id in muted) for each in words]


async def read_own(session: Session, actor: Actor, entry_id: UUID) -> OwnWords:
    """One of them. Raises NotAllowed, and Refused where there is none that can be read."""
    for words in await list_own(session, actor):
        if words.id == entry_id:
            return words
    raise Refused("There is no such entry.")


async def own_row(session: Session, actor: Actor, entry_id: UUID) -> LexiconEntry:
    """Locked. Raises NotAllowed and Refused."""
    actor.ensure_may(Right.KEEP_LEXICON)
    row = await session.scalar(
        select(LexiconEntry)
        .where(LexiconEntry.id == entry_id, LexiconEntry.organisation_id == actor.organisation_id)
        .with_for_update()
    )
    if row is None:
        raise Refused("There is no such entry.")
    return row


async def own_in(session: Session, organisation_id: UUID, version: int) -> Own:
    """What the organisation listened for, and muted, in that version of its own."""
    mutings = await session.scalars(
        select(LexiconMuting).where(
            LexiconMuting.organisation_id == organisation_id,
            LexiconMuting.since <= version,
            (LexiconMuting.until.is_(None)) | (LexiconMuting.until > version),
        )
    )
    muted, lines = set(), set()
    for muting in mutings:
        muted.add(muting.entry_id)
        lines.add(muting.built_in or "")
    rows = await session.scalars(
        select(LexiconEntry).where(
            LexiconEntry.organisation_id == organisation_id, LexiconEntry.since <= version
        )
    )
    heard = _readable(session.keys, (row for row in rows if row.id not in muted))
    entries = (words.as_entry() for words in heard)
    return Own(version, [each for each in entries if each], frozenset(lines - {""}))


async def own_now(session: Session, organisation_id: UUID) -> Own:
    """What it listens for today."""
    organisation = await session.get_one(Organisation, organisation_id)
    return await own_in(session, organisation_id, organisation.lexicon_version)


def _readable(keys: Keyring, rows: Iterable[LexiconEntry]) -> list[OwnWords]:
    """Without those that the keys open no more, and what a newer Wayhome keeps otherwise: the rest
    is heard all the same.
    """
    words, unread = [], 0
    for row in rows:
        try:
            each = opened(keys, row)
            each.as_entry()
        except (SealError, ValueError, TypeError, KeyError):
            unread += 1
        else:
            words.append(each)
    if unread:
        log.error("own words can't be read", action="lexicons.unread", number=unread)
    return words


def opened(keys: Keyring, row: LexiconEntry) -> OwnWords:
    body: dict[str, Any] = json.loads(keys.open(row.body, ENTRY))
    return OwnWords(
        id=row.id,
        language=row.language,
        category=row.category,
        severity=row.severity,
        phrase=body["phrase"],
        note=body["note"],
        hears=body["hears"],
        ignores=body["ignores"],
        added_at=row.added_at,
        since=row.since,
    )
