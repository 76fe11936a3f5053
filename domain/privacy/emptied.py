"""What goes off a phone before it was answered, as they empty the chat, freeze it or leave it for
another phone, or as it lay there unopened: nobody answers what is not there.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from domain.check_ins import postponing
from domain.consent import renewal
from domain.one_by_one import if_possible
from domain.referrals import asking_again
from storage.outbox.traces import read_messages
from storage.sessions import Session
from storage.tables.returnees import Returnee

# Not at once: whoever empties a chat may hand the phone to somebody.
_ONCE_MORE_IN = timedelta(days=1)


async def ask_once_more(session: Session, gone: Collection[tuple[UUID, int]]) -> None:
    """These people's messages of these numbers go off their phones now. What they were asked there
    comes once more, and not for ever (P12). The people are locked. Needs the service's scope.
    """
    at = session.now + _ONCE_MORE_IN
    await renewal.ask_once_more(session, gone, at)
    await asking_again.ask_once_more(session, gone, at)
    await postponing.ask_once_more(session, gone, at)


async def ask_again(session: Session, returnee: Returnee, chat_id: int) -> None:
    """Their chat is about to be emptied, with what stands there. Whatever fails at this, it is."""
    async with if_possible(session, "hide.unasked"):
        stood = await read_messages(session, chat_id, only_theirs=False)
        await ask_once_more(session, {(returnee.id, number) for number in stood})
