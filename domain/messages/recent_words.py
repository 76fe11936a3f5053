"""The short messages that somebody wrote just before, since a cry may be split over several.

Whichever replica has the next message must know of them, so they lie in the database for five
minutes: sealed, under the hash of their chat, and whole only with the message after them.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import ARRAY, LargeBinary, bindparam, delete, select, text

from domain.distress.watch import RECENT_MESSAGES
from storage.batches import at_most, by_column, delete_chosen, insert_given
from storage.keys.keyring import SealError
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.recent_words import RecentWords

#: So long a message is read together with the next.
WITHIN = timedelta(minutes=5)
#: Letters. Nobody splits a cry into longer messages.
SHORT = 200
SEALED = "recent words"
_MOST_FORGOTTEN = 1000

# Of each chat the newest, as last edited, and one more, since this one's edit may be among them.
_LATELY = text(
    "SELECT said.* FROM unnest(CAST(:chats AS bytea[])) AS chat (key) CROSS JOIN LATERAL ("
    "SELECT DISTINCT ON (message_id) chat_key, message_id, words FROM recent_words"
    " WHERE chat_key = chat.key AND said_at > :since"
    " ORDER BY message_id DESC, said_at DESC LIMIT :most) said"
).bindparams(bindparam("chats", type_=ARRAY(LargeBinary)))
_KEEP = insert_given(table_of(RecentWords), "id", "chat_key", "message_id", "said_at", "words")


async def know_recent(session: Session, chat_ids: Sequence[int]) -> None:
    """Asks for what was said in these chats in one question, before each is asked for."""
    keys = session.keys.all_look_ups(chat_ids, "chat")
    known = _known(session)
    known.update((chat, {}) for chat in keys.values())
    given = {"chats": list(keys), "since": session.now - WITHIN, "most": RECENT_MESSAGES + 1}
    for row in await session.execute(_LATELY, given):
        # What no key opens any more, as after a restore, must not keep the next message from us.
        with suppress(SealError):
            known[keys[row.chat_key]][row.message_id] = session.keys.open(row.words, SEALED)


async def said_before(session: Session, chat_id: int, number: int) -> list[str]:
    """What the chat said just before the message of that number, oldest first."""
    chat = session.keys.look_up(chat_id, "chat")
    if chat not in _known(session):
        await know_recent(session, [chat_id])
    before = sorted((at, said) for at, said in _known(session)[chat].items() if at < number)
    return [said for _, said in before[-RECENT_MESSAGES:]]


def remember(session: Session, chat_id: int, number: int, words: str) -> None:
    """These words are kept once `keep_recent` is called: unless there are none, or many."""
    if words and len(words) <= SHORT:
        _to_keep(session)[session.keys.look_up(chat_id, "chat"), number] = words


def leave_out(session: Session, chat_id: int, number: int) -> None:
    """These words are for nobody to keep, though the watch has looked at them."""
    _to_keep(session).pop((session.keys.look_up(chat_id, "chat"), number), None)


async def keep_recent(session: Session) -> None:
    """Writes down what is to be remembered of this transaction's messages."""
    rows = [
        {
            "id": uuid4(),
            "chat_key": chat,
            "message_id": number,
            "said_at": session.now,
            "words": session.keys.seal(words, SEALED),
        }
        for (chat, number), words in _to_keep(session).items()
    ]
    if rows:
        await session.execute(_KEEP, by_column(rows))
        _to_keep(session).clear()


async def forget_recent(session: Session) -> int:
    """The tick: takes the oldest whose time is over, and returns how many that were."""
    old = (
        select(RecentWords.id)
        .where(RecentWords.said_at <= session.now - WITHIN)
        .order_by(RecentWords.said_at)
        .limit(at_most(_MOST_FORGOTTEN))
        .with_for_update(skip_locked=True)
    )
    return await delete_chosen(session, RecentWords.id, old)


async def forget_recent_of(session: Session, chat: Sequence[bytes]) -> None:
    """What was said in the chat with these hashes, at once."""
    await session.execute(delete(RecentWords).where(RecentWords.chat_key.in_(chat)))


def _known(session: Session) -> dict[bytes, dict[int, str]]:
    known: dict[bytes, dict[int, str]] = session.info.setdefault("recent words", {})
    return known


def _to_keep(session: Session) -> dict[tuple[bytes, int], str]:
    to_keep: dict[tuple[bytes, int], str] = session.info.setdefault("words to keep", {})
    return to_keep
