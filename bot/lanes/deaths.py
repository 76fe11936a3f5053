"""Whether a process has died, and which updates it may have died of.

A handler that fails is tried again a few times; one that kills its process would be taken up by the
next, and the next. So what had arrived when somebody died is suspect: it is counted before it is
taken up, once more with others and then alone, until it is handled or has killed too many.
"""

from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from bot.errors import code_of
from bot.replica.replica import Replica
from bot.stopping import Stopping
from storage.away import AWAY
from storage.inbox.arrivals import newest
from storage.sessions import SERVICE, Database, Session
from storage.tables.service import Fact, RunningReplica

log = structlog.get_logger()

_FACT = "deaths"
# From its row to the lock that shows that it lives.
_BIRTH = timedelta(seconds=10)


class Deaths:
    """What this replica knows of its own kind's deaths."""

    def __init__(self, database: Database, replica: Replica) -> None:
        self._database = database
        self._replica = replica
        #: Updates up to this number had arrived when somebody died.
        self.suspect_to = 0

    async def begin(self, stopping: Stopping) -> None:
        """Before the first update: from now on, this process is missed when it dies."""
        while not stopping.is_set():
            try:
                async with self._database.begin(SERVICE) as session:
                    await self.look(session)
            except AWAY as error:
                log.warning("the database is away", action="lanes.wait", error=code_of(error))
                await stopping.pause(1.0)
            else:
                return

    async def end(self) -> None:
        """Everything in hand is finished. Without a database it is missed, which harms nobody."""
        with suppress(*AWAY):
            async with self._database.begin(SERVICE) as session:
                mine = RunningReplica.number == self._replica.number
                await session.execute(delete(RunningReplica).where(mine))

    async def look(self, session: Session) -> int:
        """The tick: notices who is gone without a word."""
        me = {"number": self._replica.number, "since": session.database_now}
        await session.execute(insert(RunningReplica).values(me).on_conflict_do_nothing())
        # Others whose connections broke with this one's are not dead, and need a moment, too.
        if not self._replica.was_cut_off:
            await self._miss(session)
        self.suspect_to = await session.scalar(_SUSPECT_TO) or 0
        return 0

    async def _miss(self, session: Session) -> None:
        """Who lacks a connection is gone; what they had in hand may have killed them."""
        gone = await session.scalars(
            delete(RunningReplica)
            .where(
                RunningReplica.number.not_in(await self._replica.living(session)),
                RunningReplica.since < session.database_now - _BIRTH,
            )
            .returning(RunningReplica.number)
        )
        if gone.all():
            log.warning("a replica has died", action="replica.died")
            await self._suspect(session, await newest(session))

    async def _suspect(self, session: Session, number: int) -> None:
        fact = {"name": _FACT, "value": {"to": number}, "changed_at": session.now}
        writing = insert(Fact).values(fact)
        await session.execute(
            writing.on_conflict_do_update(index_elements=["name"], set_=fact | {"name": _FACT})
        )


_SUSPECT_TO = select(func.coalesce(Fact.value["to"].as_integer(), 0)).where(Fact.name == _FACT)
