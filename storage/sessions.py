"""Transactions. Each begins by becoming the application's role and naming its scope.

Row-level security reads the scope: an organisation's id, or "service" for the machinery that
serves all of them. Without one, no row is seen. Within an organisation it also reads for whom of
the staff it is: what stands in conflict with them is not there.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    ExceptionContext,
    Insert,
    event,
    func,
    inspect,
    literal,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.pool import QueuePool

from storage.away import ONLY_READS
from storage.batches import by_column
from storage.connections import IN_TIME
from storage.keys.keychain import Keychain
from storage.keys.keyring import Keyring
from storage.lifespans import end_in_turn
from storage.sqlstates import sqlstate_of
from storage.wakes import Topic, Wakes

SERVICE: Final = "service"
Scope = UUID | str
Row = TypeVar("Row", bound=object)

# Connections beyond the pool, for a while.
_OVERFLOW = 6
_CONNECTION_FREE_WITHIN = 10
_BEGIN = text(
    "SELECT set_config('role', 'wayhome_app', true),"
    " set_config('wayhome.scope', :scope, true), set_config('wayhome.staff', :staff, true),"
    " set_config('plan_cache_mode', coalesce(:plans, current_setting('plan_cache_mode')), true),"
    " now() AS now, key.fingerprint, key.oldest"
    " FROM (SELECT) AS here LEFT JOIN key_in_use AS key ON true"
)


@dataclass
class Clock:
    """The time of the rules: the database's, moved by an offset that only demo and tests set."""

    offset: timedelta = field(default_factory=timedelta)

    def move_to(self, seconds: float) -> None:
        """Sets how far the rules' clock is ahead of the database's."""
        self.offset = timedelta(seconds=seconds)


class Session(AsyncSession):
    """A transaction with its instant and its keys at hand."""

    @cached_property
    def info(self) -> dict[Any, Any]:
        """SQLAlchemy's own, which it finds by way of another session: an update asks for it a
        hundred times.
        """
        return self.sync_session.info

    @property
    def now(self) -> datetime:
        """When this transaction began, on the rules' clock."""
        instant: datetime = self.info["now"]
        return instant

    @property
    def is_moved(self) -> bool:
        """The rules' clock is not the database's, as in a demo or a test."""
        return self.now != self.database_now

    @property
    def due(self) -> ColumnElement[datetime]:
        """`now` within a query: what is due by then.

        As the database's own word it is no parameter, and a statement without any is planned once,
        however many people there are.
        """
        return literal(self.now) if self.is_moved else func.now()

    @property
    def asked_at(self) -> datetime:
        """When the person wrote or pressed what is handled now, on the rules' clock: after an
        outage that is a while ago (P4). Now, where nobody asked.
        """
        instant: datetime = self.info.get("asked_at", self.now)
        return instant

    @asked_at.setter
    def asked_at(self, instant: datetime) -> None:
        self.info["asked_at"] = instant

    @property
    def database_now(self) -> datetime:
        """Now by the database's own clock, which leases and browser sessions go by."""
        instant: datetime = self.info["database_now"]
        return instant

    @property
    def keys(self) -> Keyring:
        keys: Keyring = self.info["keys"]
        return keys

    async def find(self, kind: type[Row], key: UUID) -> Row | None:
        """As `get`, which takes a detour through another stack also for what is at hand."""
        known = self.identity_map.get(self.identity_key(kind, key))
        if known is None or inspect(known).expired:
            return await self.get(kind, key)
        return cast("Row", known)

    def insert_later(self, statement: Insert, row: Mapping[str, Any]) -> None:
        """With all that are put off like this, by one execution (storage/batches.py), before the
        database is asked anything by way of its objects, and before the commit.
        """
        self.info["put_off"].setdefault(statement, []).append(row)

    def wakes(self, topic: Topic) -> None:
        """Once this is committed, whoever waits for the topic looks again."""
        self.info["topics"].add(topic)


def _begin(session: SyncSession, begun: SessionTransaction, connection: Connection) -> None:
    if begun.nested:
        # A savepoint belongs to the transaction's role, scope and instant.
        return
    staff_id = session.info["for_staff"]
    terms = {
        "scope": str(session.info["scope"]),
        "staff": str(staff_id or ""),
        "plans": "force_generic_plan" if session.info["planned_once"] else None,
    }
    row = connection.execute(_BEGIN, terms).one()
    session.info["database_now"] = row.now
    session.info["now"] = row.now + session.info["clock"].offset
    session.info["keys"] = session.info["keychain"].in_use(row.fingerprint, row.oldest)


def _committed(session: SyncSession) -> None:
    if session.in_nested_transaction():
        # A savepoint was let go; nobody else can see anything yet.
        return
    topics: set[Topic] = session.info["topics"]
    session.info["wakes"].wake(topics)
    topics.clear()


class Database:
    """The one way to the tables."""

    def __init__(
        self,
        url: str,
        keys: Keyring,
        clock: Clock,
        wakes: Wakes,
        pool: int = 12,
        *,
        reread_keys: Callable[[], Keyring] | None = None,
    ) -> None:
        # Parameters are people's words and ids: they must not reach a traceback.
        self.engine: AsyncEngine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=pool,
            # Each connection plans for itself: of a few that are always used, all have planned.
            pool_use_lifo=True,
            max_overflow=_OVERFLOW,
            pool_timeout=_CONNECTION_FREE_WITHIN,
            connect_args=IN_TIME,
        )
        end_in_turn(self.engine.sync_engine)
        event.listen(self.engine.sync_engine, "handle_error", _leave_who_only_reads)
        #: How many connections this process may use at once.
        self.most_connections = pool + _OVERFLOW
        self.keychain = Keychain(keys, reread_keys)
        self.clock = clock
        self.wakes = wakes
        self._sessions = async_sessionmaker(
            self.engine, class_=Session, sync_session_class=_WatchedSession, expire_on_commit=False
        )

    @property
    def keys(self) -> Keyring:
        """As the newest transaction used them."""
        return self.keychain.keys

    @property
    def connections(self) -> int:
        """How many are in use now."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()

    @asynccontextmanager
    async def begin(
        self, scope: Scope, staff: UUID | None = None, *, planned_once: bool = False
    ) -> AsyncIterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises.

        `staff`: whoever of the organisation's staff it is for. `planned_once`: its statements go
        by one way to the rows whatever is asked for, so each connection plans them once (decision
        0041); for those that only look up what they are told, by its key.
        """
        async with self._sessions() as session:
            session.info.update(
                scope=scope,
                for_staff=staff,
                planned_once=planned_once,
                keychain=self.keychain,
                clock=self.clock,
                wakes=self.wakes,
                topics=set(),
                put_off={},
            )
            await _connect(session)
            yield session
            await session.commit()

    async def close(self) -> None:
        await self.engine.dispose()


async def _connect(session: Session) -> None:
    """Begins. A connection that broke while nobody used it is replaced without a word."""
    try:
        await session.connection()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        await session.rollback()
        await session.connection()


def _leave_who_only_reads(context: ExceptionContext) -> None:
    """After a fail-over somebody else leads. Connections to whoever led before, or was taken for
    that one, need not break: all of them are made anew, as if they had.
    """
    if sqlstate_of(context.original_exception) == ONLY_READS:
        context.is_disconnect = True


class _WatchedSession(SyncSession):
    """A session whose every transaction is scoped."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Objects first, which rows that were put off may point to."""
        super().flush(objects)
        put_off = self.info["put_off"]
        while put_off:
            statement, rows = put_off.popitem()
            self.execute(statement, by_column(rows))


def _forget_put_off(session: SyncSession, _: SessionTransaction) -> None:
    """Whatever was put off before a savepoint was written when that was set."""
    session.info["put_off"].clear()


event.listen(_WatchedSession, "after_begin", _begin)
event.listen(_WatchedSession, "before_commit", _WatchedSession.flush)
event.listen(_WatchedSession, "after_commit", _committed)
event.listen(_WatchedSession, "after_soft_rollback", _forget_put_off)
