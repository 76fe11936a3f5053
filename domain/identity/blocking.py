"""Whether somebody has blocked the bot, as far as it is known by now. It may be the safest thing
that they could do, and is only noted.

That they did, or that Telegram refused a send, may come late: what tells of a moment before they
were last heard of tells nothing any more.
"""

from datetime import datetime

from domain.identity.trust import Doubt, doubt
from storage.sessions import Session
from storage.tables.returnees import Returnee


def note_block(session: Session, returnee: Returnee, at: datetime) -> None:
    """They had blocked us at that instant."""
    heard = [each for each in (returnee.last_wrote_at, returnee.unblocked_at) if each is not None]
    if not heard or max(heard) <= at:
        returnee.blocked_at = returnee.blocked_at or session.now


async def note_unblock(session: Session, returnee: Returnee) -> None:
    """The block is off. Whoever took it off need not be who set it (P13). Needs the service's
    scope.
    """
    returnee.unblocked_at = session.asked_at
    if returnee.blocked_at is not None:
        returnee.blocked_at = None
        await doubt(session, returnee, Doubt.UNBLOCKED)
