"""Which bot people write to. To every other one their chats are shut: Telegram would say of each
who is written to what it says of somebody who has left, and we would book it as theirs.
"""

from sqlalchemy.dialects.postgresql import insert

from bot.errors import CannotOpen
from storage.sessions import Session
from storage.tables.service import Fact

_FACT = "telegram.bot"


def number_in(token: str) -> int:
    """What Telegram knows the bot by. A new token for the same one has the same."""
    return int(token.partition(":")[0])


async def ensure_same_bot(session: Session, token: str) -> None:
    """Raises CannotOpen. Needs the service's scope."""
    fact = await session.get(Fact, _FACT)
    if fact is not None and fact.value["number"] != number_in(token):
        raise CannotOpen(
            f"WAYHOME_BOT_TOKEN is of another bot than the one that people write to, which is"
            f" number {fact.value['number']}: bring a token of that one. If it is gone for good,"
            " 'wayhome another-bot' takes this one in its place."
        )


async def note_bot(session: Session, number: int) -> None:
    """Telegram knows us by this. Needs the service's scope."""
    noted = insert(Fact).values(name=_FACT, value={"number": number}, changed_at=session.now)
    await session.execute(noted.on_conflict_do_nothing())


async def take_another_bot(session: Session, token: str) -> None:
    """From now on people write to this one. Needs the service's scope."""
    fact = Fact(name=_FACT, value={"number": number_in(token)}, changed_at=session.now)
    await session.merge(fact)
