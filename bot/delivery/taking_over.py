"""What dead replicas had in hand goes to others: within seconds, never while its taker lives."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select, union, update

from bot.delivery import claiming
from bot.replica.replica import Replica
from domain.channels import calling
from domain.referrals.mailing import free_mails
from storage.kinds import OutboxState
from storage.sessions import Session
from storage.tables.channels import ChannelCall
from storage.tables.outbox import OutboxRow
from storage.tables.partners import MailLink
from storage.wakes import Topic

# A send takes so long at the most before another replica may take a dead one's row for unsent.
_LAST_BREATH = timedelta(seconds=5)
# Whose connection alone broke has another by then: a replica tries again after a second.
_MISSED_FOR = 3.0


@dataclass(slots=True)
class Heir:
    """One replica, as it looks for what others have left."""

    replica: Replica
    clock: Callable[[], float] = time.monotonic
    #: Since when takers are missed, on that clock.
    _missed_since: dict[int, float] = field(default_factory=dict)

    async def take_over(self, session: Session) -> int:
        """The tick: frees what dead replicas have leased, and returns how many rows of the outbox
        that was.

        What they had on its way a moment ago may have arrived: it is sent once more (P12).
        """
        dead = await self._dead(session)
        if not dead:
            return 0
        await calling.free(session, dead)
        await free_mails(session, dead)
        freed = await session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.state == OutboxState.WAITING,
                OutboxRow.leased_until.is_not(None),
                OutboxRow.leased_until < session.database_now + claiming.LEASE - _LAST_BREATH,
                OutboxRow.taker.in_(dead),
            )
            .values(leased_until=None, tries=OutboxRow.tries + 1)
            .returning(OutboxRow.id)
            .execution_options(synchronize_session=False)
        )
        session.wakes(Topic.OUTBOX)
        return len(freed.all())

    async def _dead(self, session: Session) -> Collection[int]:
        """The takers that have been missed for a while.

        After an outage that this replica saw itself, the others get time to come back first: what
        they sent before it they know, and are about to write down.
        """
        if self.replica.was_cut_off:
            self._missed_since = {}
            return ()
        alive = await self.replica.living(session)
        sending = select(OutboxRow.taker).where(
            OutboxRow.leased_until.is_not(None), OutboxRow.taker.not_in(alive)
        )
        speaking = select(ChannelCall.taker).where(ChannelCall.taker.not_in(alive))
        mailing = select(MailLink.taker).where(
            MailLink.mail_at.is_not(None), MailLink.taker.not_in(alive)
        )
        gone = await session.scalars(union(sending, speaking, mailing))
        now = self.clock()
        self._missed_since = {
            taker: self._missed_since.get(taker, now) for taker in gone if taker is not None
        }
        return [taker for taker, since in self._missed_since.items() if now - since >= _MISSED_FOR]
