"""Messages on people's phones that Telegram still lets us delete, written down by the batch."""

from collections.abc import Sequence

from sqlalchemy import insert

from storage.returnees import Trace
from storage.sessions import Session

_TRACES = insert(Trace)


async def leave_traces(session: Session, messages: Sequence[tuple[bytes, int]]) -> None:
    """By the hash of their chat and their number there; they came or went just now."""
    if messages:
        rows = [
            {"chat_key": chat, "message_id": number, "sent_at": session.now}
            for chat, number in messages
        ]
        await session.execute(_TRACES, rows)
