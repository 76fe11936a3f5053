"""This process among its equals: one connection of its own that listens, tells and may lead."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from math import inf
from typing import Any

import structlog
from sqlalchemy import make_url, text

from bot.errors import code_of
from bot.replica.standstill import SETTINGS, end_standstills
from bot.stopping import Stopping
from storage.away import AWAY
from storage.connections import connect
from storage.keys.files import KeyFileError
from storage.keys.keychain import Keychain
from storage.sessions import Session
from storage.wakes import Topic, Wakes

log = structlog.get_logger()

_CHANNEL = "wayhome"
# Any constant of ours: whoever holds this advisory lock polls Telegram.
_LEADER = 0x57415948
# The first half of the lock that says that a replica is alive; its number is the other.
_ALIVE = 0x414C4956
_LEAST_BETWEEN_TELLS = 0.05
_TELL = "SELECT pg_notify($1, topic) FROM unnest($2::text[]) AS topic"
_ASK_TO_LEAD = 2.0
_ANSWERS_WITHIN = 10.0
# From a connection that broke to the next try.
_PAUSE = 1.0
# Whoever was cut off together with this replica is back by then: after a try that hung, the pause,
# and the next one.
_BACK_WITHIN = 15.0


class Replica:
    def __init__(self, url: str, wakes: Wakes, keychain: Keychain) -> None:
        #: Where and how the pool connects, too, encrypted or not.
        self._place = _place_of(url)
        self._wakes = wakes
        self._keychain = keychain
        self.leads = False
        #: Names it in the rows that it has taken, as long as it lives.
        self.number = secrets.randbits(31)
        #: Set when leading begins or ends.
        self.changed = asyncio.Event()
        # A connection does one thing at a time.
        self._turn = asyncio.Lock()
        # Since when a connection that broke has a successor, on the monotonic clock; no end of it
        # while it has none.
        self._back_since = -inf

    @property
    def was_cut_off(self) -> bool:
        """Whether its connection broke so lately that others may still lack theirs, and live."""
        return time.monotonic() < self._back_since + _BACK_WITHIN

    async def living(self, session: Session) -> Sequence[int]:
        """The numbers of all whose connection stands, and its own: it lives, also while the server
        has no connection left for it.
        """
        return [*await replicas_alive(session), self.number]

    async def run(self, stopping: Stopping, finished: Stopping | None = None) -> None:
        """Keeps the connection, and makes it anew when it breaks.

        It may lead until it is time to stop, and is alive for the others until it has `finished`
        what it had in hand then: they would do it once more.
        """
        finished = finished or stopping
        while not finished.is_set():
            try:
                async with self._connection() as connection:
                    await self._serve(connection, stopping, finished)
            except* AWAY as errors:
                log.warning("the database is away", action="replica.wait", error=code_of(errors))
                await finished.pause(_PAUSE)
            finally:
                self._set_leads(False)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        connection = await connect(
            **self._place,
            timeout=_ANSWERS_WITHIN,
            # Also tells a connection that is lost without a word, as when a cable is pulled.
            command_timeout=_ANSWERS_WITHIN,
            server_settings=SETTINGS,
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=2)

    async def _serve(self, connection: Any, stopping: Stopping, finished: Stopping) -> None:
        await connection.execute("SELECT pg_advisory_lock($1, $2)", _ALIVE, self.number)
        await connection.add_listener(_CHANNEL, self._heard)
        lost = self._stands(connection)
        shown: set[int] = set()
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell(connection))
            while not finished.is_set() and not lost.is_set():
                shown = await self._show_keys(connection, shown)
                await self._lead(connection, stopping)
                await self._end_standstills(connection)
                until = finished if stopping.is_set() else stopping
                await until.wait_for(lost, _ASK_TO_LEAD)
            telling.cancel()

    def _stands(self, connection: Any) -> asyncio.Event:
        """What it gives is set when the connection breaks."""
        lost = asyncio.Event()

        def broke(_: object) -> None:
            lost.set()
            self._back_since = inf

        connection.add_termination_listener(broke)
        if self._back_since == inf:
            self._back_since = time.monotonic()
        return lost

    async def _lead(self, connection: Any, stopping: Stopping) -> None:
        """Asks to; when it is time to stop, another one may at once."""
        if not stopping.is_set():
            self._set_leads(await self._ask_to_lead(connection))
        elif self.leads:
            async with self._turn:
                await connection.execute("SELECT pg_advisory_unlock($1)", _LEADER)
            self._set_leads(False)

    async def _ask_to_lead(self, connection: Any) -> bool:
        question = "SELECT 1" if self.leads else f"SELECT pg_try_advisory_lock({_LEADER})"
        async with self._turn:
            return bool(await connection.fetchval(question))

    async def _end_standstills(self, connection: Any) -> None:
        async with self._turn:
            ended = await end_standstills(connection)
        if ended:
            log.warning("a process stood still", action="replica.standstill", number=ended)

    async def _show_keys(self, connection: Any, shown: set[int]) -> set[int]:
        """Reads the key file again, and lets others know which keys this replica has."""
        try:
            if self._keychain.look_again():
                log.info("other keys are in the key file", action="keys.read")
        except KeyFileError:
            # Those at hand still do. A key that is missing is told by /readyz.
            return shown
        held = {_lock_of(each) for each in self._keychain.held.fingerprints().values()}
        async with self._turn:
            for lock in held - shown:
                await connection.execute(
                    "SELECT pg_advisory_lock_shared($1, $2)", lock, self.number
                )
            for lock in shown - held:
                await connection.execute(
                    "SELECT pg_advisory_unlock_shared($1, $2)", lock, self.number
                )
        return held

    async def _tell(self, connection: Any) -> None:
        while True:
            topics = await self._wakes.to_tell()
            async with self._turn:
                await connection.execute(_TELL, _CHANNEL, list(topics))
            await asyncio.sleep(_LEAST_BETWEEN_TELLS)

    def _heard(self, connection: Any, pid: int, channel: str, topic: str) -> None:
        if pid != connection.get_server_pid() and topic in set(Topic):
            self._wakes.heard(Topic(topic))

    def _set_leads(self, leads: bool) -> None:
        if leads != self.leads:
            self.leads = leads
            self.changed.set()
            log.info("leading" if leads else "not leading", action="replica.leads")


async def replicas_alive(session: Session) -> Sequence[int]:
    """The numbers of all replicas whose connection stands."""
    return await _holders(session, _ALIVE)


async def replicas_with_key(session: Session, fingerprint: bytes) -> Sequence[int]:
    """The numbers of those that have read this key."""
    return await _holders(session, _lock_of(fingerprint))


def _lock_of(fingerprint: bytes) -> int:
    """The first half of the lock that says that a replica has a key."""
    return int.from_bytes(fingerprint[:4]) >> 1


async def _holders(session: Session, lock: int) -> Sequence[int]:
    numbers = await session.scalars(
        text(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = :lock AND database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
        ),
        {"lock": lock},
    )
    return numbers.all()


def _place_of(url: str) -> Mapping[str, Any]:
    made = make_url(url)
    return made.get_dialect()().create_connect_args(made)[1]
