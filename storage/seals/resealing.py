"""Bringing rows from older keys to the newest, a batch at a time, while others work on them.

A row that somebody has locked is left for the next pass. What is found by a hash of a chat, but
does not say of which, moves together with the rows that do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    TableValuedAlias,
    and_,
    cast,
    delete,
    func,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from storage.batches import at_most
from storage.keys.keyring import Keyring, SealError
from storage.seals.columns import ALSO_OF_CHATS, BY_EPOCH, BY_HASH, CHAT, Column
from storage.sessions import Session
from storage.tables.base import Base
from storage.tables.returnees import Returnee, WrappedKey

_MOST = 500
_EPOCH = 2

# Under an epoch's key, all of them.
_SEALED = (WrappedKey.wrapped, *BY_EPOCH)

Table = type[Base]
Change = dict[str, Any]


@dataclass(slots=True)
class Batch:
    #: The key of its last row, behind which the next batch begins; None when there was none.
    last: Any = None
    resealed: int = 0
    #: Values that no key opens: they are noise, and stay as they are.
    unreadable: int = 0
    #: Those in which there is one.
    noisy_rows: int = 0
    chats: set[str] = field(default_factory=set)


def tables() -> list[Table]:
    """All that hold something under an epoch's key. People come first, and with them the traces
    on their phones, so that the sweep knows whose they are.
    """
    return list(dict.fromkeys(column.parent.class_ for column in (Returnee.chat, *_SEALED)))


async def reseal(session: Session, table: Table, *which: ColumnElement[bool], after: Any) -> Batch:
    """Some of the table's rows in which something is under an older key, in the order of theirs."""
    (key,) = inspect(table).primary_key
    query = (
        select(key, *_sealed_in(table))
        .where(is_older(table, session.keys), *which)
        .order_by(key)
        .limit(at_most(_MOST))
        .with_for_update(skip_locked=True)
    )
    if after is not None:
        query = query.where(key > after)
    batch = Batch()
    changes: list[Change] = []
    for row in (await session.execute(query)).mappings():
        batch.last = row[key.name]
        change = _resealed(table, row, session.keys, batch)
        if change:
            changes.append({key.name: batch.last, **change})
    await _write(table, changes, session)
    await _move_what_lies_under(batch.chats, session)
    return batch


def is_older(table: Table, keys: Keyring) -> ColumnElement[bool]:
    """Whether anything in a row is sealed with another key than the newest."""
    newest = keys.current.to_bytes(_EPOCH)
    return or_(
        *(
            and_(column.is_not(None), func.substring(column, 1, _EPOCH) != newest)
            for column in _sealed_in(table)
        )
    )


def _sealed_in(table: Table) -> list[Column]:
    return [column for column in _SEALED if column.class_ is table]


def _resealed(table: Table, row: Mapping[Any, Any], keys: Keyring, batch: Batch) -> Change:
    change: Change = {}
    noise = batch.unreadable
    for column in _sealed_in(table):
        sealed = row[column.key]
        if sealed is None or sealed.startswith(keys.current.to_bytes(_EPOCH)):
            continue
        try:
            if column is WrappedKey.wrapped:
                change |= _rewrapped(sealed, keys)
            else:
                change |= _sealed_anew(column, sealed, keys, batch)
        except SealError:
            batch.unreadable += 1
        else:
            batch.resealed += 1
    batch.noisy_rows += batch.unreadable > noise
    return change


def _rewrapped(wrapped: bytes, keys: Keyring) -> Change:
    return {
        WrappedKey.wrapped.key: keys.wrap(keys.unwrap(wrapped)),
        WrappedKey.epoch.key: keys.current,
    }


def _sealed_anew(column: Column, sealed: bytes, keys: Keyring, batch: Batch) -> Change:
    words = keys.open(sealed, BY_EPOCH[column])
    change: Change = {column.key: keys.seal(words, BY_EPOCH[column])}
    for hashed, original in BY_HASH.items():
        if original.column is column:
            value = original.value_in(words)
            change[hashed.key] = keys.look_up(value, original.kind)
            if original.kind == CHAT:
                batch.chats.add(value)
    return change


async def _write(table: Table, changes: Sequence[Change], session: Session) -> None:
    """In one statement for all rows in which the same columns change: others wait meanwhile."""
    (key,) = inspect(table).primary_key
    columns = inspect(table).columns
    for names in {tuple(change) for change in changes}:
        rows = [change for change in changes if tuple(change) == names]
        lists = [cast([row[name] for row in rows], ARRAY(columns[name].type)) for name in names]
        new = func.unnest(*lists).table_valued(*names, name="new").render_derived()
        await session.execute(
            update(table)
            .where(key == new.c[key.name])
            .values({name: new.c[name] for name in names if name != key.name})
            .execution_options(synchronize_session=False)
        )


async def _move_what_lies_under(chats: set[str], session: Session) -> None:
    for column, kind in ALSO_OF_CHATS.items():
        hashes = session.keys.all_look_ups(sorted(chats), kind)
        moves = {old: new for old, new in hashes.items() if old != new}
        if moves and column.primary_key:
            await _replace(column, _pairs(moves), session)
        elif moves:
            await _rename(column, _pairs(moves), session)


def _pairs(moves: Mapping[bytes, bytes]) -> TableValuedAlias:
    hashes = ARRAY(LargeBinary)
    old, new = cast(list(moves), hashes), cast(list(moves.values()), hashes)
    return func.unnest(old, new).table_valued("old", "new", name="move").render_derived()


async def _rename(column: Column, move: TableValuedAlias, session: Session) -> None:
    await session.execute(
        update(column.class_)
        .where(column == move.c.old)
        .values({column: move.c.new})
        .execution_options(synchronize_session=False)
    )


async def _replace(column: Column, move: TableValuedAlias, session: Session) -> None:
    """A chat that wrote meanwhile has its row under the newest hash already, which counts."""
    table = column.class_
    others = [each for each in inspect(table).columns if not each.primary_key]
    gone = delete(table).where(column == move.c.old).returning(move.c.new, *others).cte("gone")
    await session.execute(
        insert(table).from_select([column, *others], select(gone)).on_conflict_do_nothing()
    )
