"""Which bot people write to. To every other one their chats are shut: Telegram would say of each
who is written to what it says of somebody who has left, and we would book it as theirs.
"""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.errors import CannotOpen
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.service import Fact

_FACT = "telegram.bot"


def number_in(token: str) -> int:
    """What Telegram knows the bot by. A new token for the same one has the same."""
    return int(token.partition(":")[0])


async def ensure_same_bot(session: Session, number: int) -> None:
    """Raises CannotOpen, unless nobody has written to any yet. Needs the service's scope."""
    fact = await session.get(Fact, _FACT, populate_existing=True)
    if fact is None or fact.value["number"] == number:
        return
    if await session.scalar(select(Returnee.id).limit(at_most(1))) is not None:
        raise CannotOpen(
            f"WAYHOME_BOT_TOKEN is of another bot than the one that people write to, which is"
            f" number {fact.value['number']}: bring a token of that one. If that one is gone for"
            " good, or was never theirs, 'wayhome another-bot' takes this one in its place."
        )


async def note_bot(session: Session, number: int) -> None:
    """Telegram knows us by this. Raises CannotOpen where another was noted by now, as by a replica
    with another token. Needs the service's scope.
    """
    noted = insert(Fact).values(name=_FACT, value={"number": number}, changed_at=session.now)
    await session.execute(noted.on_conflict_do_nothing())
    await ensure_same_bot(session, number)
    await take_bot(session, number)


async def take_bot(session: Session, number: int) -> None:
    """From now on people write to this one. Needs the service's scope."""
    await session.merge(Fact(name=_FACT, value={"number": number}, changed_at=session.now))
