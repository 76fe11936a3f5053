"""Updates taken in hand: the oldest of some chats, locked; what may kill, apart from the rest."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import takewhile

from bot.lanes.deaths import Deaths
from storage.inbox.failed import count_deaths, count_survival, reserve
from storage.inbox.lanes import heads_of_lanes, unhandled
from storage.sessions import SERVICE, Database, Session
from storage.tables.inbox import InboxRow

# Innocents that were in hand with it should not share its fate.
_ALONE_AFTER = 2
# Where another replica was faster each time, there is a moment for it to go on.
_MOST_LOOKS = 5


@dataclass(slots=True)
class Taken:
    """Updates in hand: nobody else is given one of their chats until the transaction ends."""

    rows: Sequence[InboxRow]
    session: Session
    #: What ends with it: the transaction, and what keeps suspects apart.
    transaction: AsyncExitStack
    #: Still known when the transaction is over.
    numbers: Sequence[int] = field(init=False)
    #: Where the database gave up over them: whether it was there all the same.
    database_answered: bool = False

    def __post_init__(self) -> None:
        self.numbers = [row.number for row in self.rows]


@dataclass(frozen=True, slots=True)
class Taking:
    database: Database
    #: None where nobody dies, as in a test.
    deaths: Deaths | None
    _one_suspect: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: Suspects that this process has taken up.
    _counted: set[int] = field(default_factory=set)
    #: Of these, what it did not finish, and did not die of.
    _survived: set[int] = field(default_factory=set)

    async def take(self, most: int) -> Taken | None:
        """The oldest of so many chats at most; None where nothing waits that is for us."""
        if self._survived:
            await self._count_survival()
        for _ in range(_MOST_LOOKS):
            async with AsyncExitStack() as transaction:
                session = await transaction.enter_async_context(self.database.begin(SERVICE))
                rows = await heads_of_lanes(session, most)
                if not rows:
                    return None
                if not self._is_suspect(rows[0]):
                    return Taken(rows, session, transaction.pop_all())
            suspects = list(takewhile(lambda row: row.deaths < _ALONE_AFTER, rows))
            taken = await self._take_suspects(suspects or rows[:1], alone=not suspects)
            if taken is not None:
                return taken
        return None

    async def take_one(self, number: int) -> Taken | None:
        """This one, if it still waits."""
        async with AsyncExitStack() as transaction:
            session = await transaction.enter_async_context(self.database.begin(SERVICE))
            rows = await unhandled(session, [number])
            return Taken(rows, session, transaction.pop_all()) if rows else None

    def survived(self, taken: Taken) -> None:
        """This process lives, though it did not finish them."""
        self._survived.update(self._counted.intersection(taken.numbers))

    async def _count_survival(self) -> None:
        """Each outage of the database would make them look deadlier otherwise."""
        async with self.database.begin(SERVICE) as session:
            survived = await count_survival(session, self._survived)
        self._counted.difference_update(survived)
        self._survived.clear()

    def _is_suspect(self, row: InboxRow) -> bool:
        return self.deaths is not None and row.number <= self.deaths.suspect_to

    async def _take_suspects(self, rows: Sequence[InboxRow], *, alone: bool) -> Taken | None:
        """Counted before anything is tried, once in a process's life; None where others have them.

        Reserved first: what somebody else has in hand must not be counted for us, or replicas that
        look at once would make a killer of it without a death.

        `alone`: nothing else that some have died with is in hand meanwhile.
        """
        async with AsyncExitStack() as holding:
            if alone:
                await holding.enter_async_context(self._one_suspect)
            session = await holding.enter_async_context(self.database.begin(SERVICE))
            mine = await reserve(session, [row.number for row in rows])
            if not mine:
                return None
            async with self.database.begin(SERVICE) as counting:
                await count_deaths(counting, set(mine) - self._counted)
            self._counted.update(mine)
            counted = await unhandled(session, mine, wait=True)
            return Taken(counted, session, holding.pop_all()) if counted else None
