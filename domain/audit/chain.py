"""The audit ledger as a chain: what is written down can't be changed later without it showing.

Each line is sealed with SHA-256 over the seal before it, in the order of the lines' numbers, one
chain for each organisation. The last seal is the chain's head: whoever keeps one elsewhere can
tell, for ever and without any of our keys, that everything before it is as it was.
docs/decisions/0017-the-audit-ledger-is-a-chain.md says why it is done so.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, text

from domain.errors import Refused
from storage.batches import at_most, by_column, insert_given
from storage.sessions import Session
from storage.tables.audit import AuditAnchor, AuditEntry, AuditSeal
from storage.tables.base import table_of
from storage.tables.organisations import Organisation

_BATCH = 1000
#: How the ledger says that its beginning went.
SHORTENED = "retention.audit"
# Of all replicas, the one that holds this seals.
_SEALER = 0x77617968_73656C
# Those who are writing lines now have locked the table, each in its own transaction.
_WRITING = text(
    "SELECT virtualtransaction FROM pg_locks WHERE relation = 'audit_entry'::regclass"
    " AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
)
_LOOKS, _PAUSE = 20, 0.1
_LINE = (
    AuditEntry.number,
    AuditEntry.organisation_id,
    AuditEntry.at,
    AuditEntry.staff_id,
    AuditEntry.action,
    AuditEntry.subject,
    AuditEntry.detail,
)
_SEAL = insert_given(table_of(AuditSeal), "number", "organisation_id", "position", "hash")
_HEAD = re.compile(r"(\d{1,18})-([0-9a-f]{64})")


class Fault(StrEnum):
    """What was done to a line after it was sealed."""

    EDITED = "edited"
    REMOVED = "removed"
    INSERTED = "inserted"
    #: The seals themselves were touched.
    UNSEALED = "unsealed"
    #: The beginning is gone, and no line of the ledger says that it was time.
    CUT_OFF = "cut-off"


@dataclass(frozen=True, slots=True)
class Broken:
    #: The number of the first line that is not as it was.
    line: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Chain:
    organisation_id: UUID
    name: str
    #: How many lines went from its beginning, since they were kept long enough, and when the last
    #: of them did.
    shortened: int
    shortened_at: datetime | None
    #: How many lines are sealed, and how many wait for the next tick.
    sealed: int
    waiting: int
    #: Such as "12-6f1e…": how many lines, and the last seal. None while nothing is sealed.
    head: str | None
    broken: Broken | None


async def seal(session: Session) -> int:
    """The tick: seals some of the lines that no earlier one can precede any more.

    Returns how many. Needs the service's scope.
    """
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(_SEALER))):
        return 0
    through = await session.scalar(select(func.max(AuditEntry.number))) or 0
    sealed = await session.scalar(select(func.max(AuditSeal.number))) or 0
    if through <= sealed or not await _has_settled(session):
        return 0
    found = await session.execute(
        select(*_LINE)
        .where(AuditEntry.number > sealed, AuditEntry.number <= through)
        .order_by(AuditEntry.number)
        .limit(at_most(_BATCH))
    )
    lines = found.all()
    ours = {line.organisation_id for line in lines}
    ends = {organisation_id: await last_seal(session, organisation_id) for organisation_id in ours}
    seals = []
    for line in lines:
        position, before = ends[line.organisation_id]
        last = _sealed(before, line)
        ends[line.organisation_id] = position + 1, last
        seals.append(
            {
                "number": line.number,
                "organisation_id": line.organisation_id,
                "position": position + 1,
                "hash": last,
            }
        )
    if seals:
        await session.execute(_SEAL, by_column(seals))
    return len(seals)


async def check(session: Session) -> list[Chain]:
    """Every organisation's chain, each line looked at anew. Needs the service's scope."""
    organisations = (await session.scalars(select(Organisation).order_by(Organisation.name))).all()
    return [await _check(session, organisation) for organisation in organisations]


async def is_in_a_chain(session: Session, head: str) -> bool:
    """Whether a head that somebody kept is still there, or is what a chain begins from. Raises
    Refused for what is none.
    """
    read = _HEAD.fullmatch(head.strip().lower())
    if read is None:
        raise Refused(
            "A head is a number, a hyphen and 64 letters and digits: copy it as it was printed."
        )
    position, last = int(read[1]), bytes.fromhex(read[2])
    for table in (AuditSeal, AuditAnchor):
        found = await session.scalar(
            select(table.number).where(table.position == position, table.hash == last)
        )
        if found is not None:
            return True
    return False


async def head_of(session: Session, organisation_id: UUID) -> str | None:
    """For somebody outside to keep."""
    position, last = await last_seal(session, organisation_id)
    return _shown(position, last) if position else None


async def _has_settled(session: Session) -> bool:
    """A line's number is taken before it is committed. Whoever was writing when we began could
    still bring one that belongs before others: so they are waited for, and nobody waits for us.
    """
    writing = set(await session.scalars(_WRITING))
    for _ in range(_LOOKS):
        if not writing:
            return True
        await asyncio.sleep(_PAUSE)
        writing &= set(await session.scalars(_WRITING))
    return not writing


async def last_seal(session: Session, organisation_id: UUID) -> tuple[int, bytes]:
    """How long a chain is, and its last seal."""
    found = await session.execute(
        select(AuditSeal.position, AuditSeal.hash)
        .where(AuditSeal.organisation_id == organisation_id)
        .order_by(AuditSeal.position.desc())
        .limit(at_most(1))
    )
    position, last = found.one_or_none() or (await begins(session, organisation_id))[:2]
    return position, last


async def begins(session: Session, organisation_id: UUID) -> tuple[int, bytes, int]:
    """What the first line there is follows: its position, its seal, its number."""
    anchor = await session.get(AuditAnchor, organisation_id, populate_existing=True)
    return (anchor.position, anchor.hash, anchor.number) if anchor else (0, b"", 0)


def sealed_lines(organisation_id: UUID) -> Select[*tuple[Any, ...]]:
    """Every seal of a chain with its line, in order."""
    return (
        select(AuditSeal.number.label("sealed"), AuditSeal.position, AuditSeal.hash, *_LINE)
        .outerjoin(AuditEntry, AuditEntry.number == AuditSeal.number)
        .where(AuditSeal.organisation_id == organisation_id)
        .order_by(AuditSeal.position)
    )


async def _check(session: Session, organisation: Organisation) -> Chain:
    shortened, before, number = await begins(session, organisation.id)
    position = shortened
    broken: list[Broken] = []
    if shortened and not await _was_written_down(session, organisation.id, shortened):
        broken.append(Broken(number, Fault.CUT_OFF))
    async for row in await session.stream(sealed_lines(organisation.id)):
        fault = fault_of(row, position, before, number)
        if fault is not None and not broken:
            broken.append(Broken(row.sealed, fault))
        position, before, number = row.position, row.hash, row.sealed
    last = await session.scalar(select(func.max(AuditSeal.number))) or 0
    inserted, waiting = await _unsealed(session, organisation.id, last)
    if inserted is not None:
        broken.append(Broken(inserted, Fault.INSERTED))
    return Chain(
        organisation.id,
        organisation.name,
        shortened=shortened,
        shortened_at=await _shortened_at(session, organisation.id),
        sealed=position,
        waiting=waiting,
        head=_shown(position, before) if position else None,
        broken=min(broken, key=lambda each: each.line, default=None),
    )


async def _shortened_at(session: Session, organisation_id: UUID) -> datetime | None:
    anchor = await session.get(AuditAnchor, organisation_id)
    return anchor.cut_at if anchor else None


def fault_of(row: Row[Any], position: int, before: bytes, number: int) -> Fault | None:
    if row.position != position + 1 or row.sealed <= number:
        return Fault.UNSEALED
    if row.number is None:
        return Fault.REMOVED
    return None if _sealed(before, row) == row.hash else Fault.EDITED


async def _was_written_down(session: Session, organisation_id: UUID, through: int) -> bool:
    line = await session.scalar(
        select(AuditEntry.number)
        .where(
            AuditEntry.organisation_id == organisation_id,
            AuditEntry.action == SHORTENED,
            AuditEntry.detail["through"].as_integer() == through,
        )
        .limit(at_most(1))
    )
    return line is not None


async def first_without_a_seal(session: Session, organisation_id: UUID, last: int) -> int | None:
    """Among the lines up to this one: it was slipped in."""
    return (await _unsealed(session, organisation_id, last))[0]


async def _unsealed(session: Session, organisation_id: UUID, last: int) -> tuple[int | None, int]:
    """The first line without a seal among those that have one, and how many come after these."""
    has_seal = select(AuditSeal.number).where(AuditSeal.number == AuditEntry.number).exists()
    row = await session.execute(
        select(
            func.min(AuditEntry.number).filter(AuditEntry.number <= last),
            func.count().filter(AuditEntry.number > last),
        ).where(AuditEntry.organisation_id == organisation_id, ~has_seal)
    )
    inserted, waiting = row.one()
    return inserted, waiting


def _sealed(before: bytes, line: Row[Any]) -> bytes:
    return hashlib.sha256(before + _canonical(line)).digest()


def _canonical(line: Row[Any]) -> bytes:
    """The one way to write a line down: JSON without spaces, keys in order, UTC."""
    parts: Sequence[object] = [
        line.number,
        str(line.organisation_id),
        line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(line.staff_id) if line.staff_id else None,
        line.action,
        str(line.subject) if line.subject else None,
        line.detail,
    ]
    return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()


def _shown(position: int, last: bytes) -> str:
    return f"{position}-{last.hex()}"
