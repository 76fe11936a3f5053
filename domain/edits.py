"""One message and its edits, whichever arrives first: the newest words, and no cry taken back.

A message is known by its number in its chat, of which only a keyed hash is kept in the clear. Its
body is {"text": …, "file_id": …, "number": …, "edited": …, "cry": …, "earlier": …}, as far as
there is any: `edited` is when it was edited last, on Telegram's clock; `cry`, that the watch heard
something in it; `earlier` are cries that an edit took out of it, oldest first.
"""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storage.cases import Message
from storage.returnees import Trace
from storage.service import DialogState
from storage.sessions import Session

Body = dict[str, Any]

_CONTEXT = "early edit"


def message_id(session: Session, chat_key: bytes, body: Body) -> UUID | None:
    """The id of its row, the same for a message and its edits; None for what has no number."""
    if "number" not in body:
        return None
    return UUID(bytes=_hash(session, chat_key, body, "message")[:16], version=4)


def merged(kept: Body, come: Body) -> Body:
    """What two editions of a message are together. Of two in the same second, the later comer is
    the newer.
    """
    older, newer = sorted((kept, come), key=_edited)
    cries = [*kept.get("earlier", ()), *come.get("earlier", ())]
    if older.get("cry"):
        cries.append({"text": older["text"], "edited": _edited(older)})
    return {**newer, "earlier": sorted(cries, key=_edited)} if cries else newer


async def remember_early(session: Session, chat_key: bytes, body: Body) -> None:
    """An edit that lies in no case waits for its original, if that has not come yet: sealed, and
    for two days at most.
    """
    if await session.get(Message, message_id(session, chat_key, body)) is not None:
        return
    seen = select(Trace.id).where(Trace.chat_key == chat_key, Trace.message_id == body["number"])
    if await session.scalar(seen.limit(1)) is not None:
        return
    # Another edit may wait there already.
    before = await early_edit(session, chat_key, body)
    await session.flush()
    waits = json.dumps(merged(before, body) if before else body)
    session.add(
        DialogState(
            key=_hash(session, chat_key, body, _CONTEXT),
            data=session.keys.seal(waits, _CONTEXT),
            changed_at=session.now,
        )
    )


async def early_edit(session: Session, chat_key: bytes, body: Body) -> Body | None:
    """The edit of this message that came before it, if one did."""
    if "number" not in body:
        return None
    row = await session.get(DialogState, _hash(session, chat_key, body, _CONTEXT))
    if row is None or row.data is None:
        return None
    found: Body = json.loads(session.keys.open(row.data, _CONTEXT))
    await session.delete(row)
    return found


def _edited(body: Body) -> int:
    edited: int = body.get("edited") or 0
    return edited


def _hash(session: Session, chat_key: bytes, body: Body, kind: str) -> bytes:
    return session.keys.look_up(f"{chat_key.hex()}:{body['number']}", kind)
