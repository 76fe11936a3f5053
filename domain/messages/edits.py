"""One message and its edits, whichever arrives first: the newest words, and no cry taken back.

A message is known by its number in its chat, of which only a hash under the person's own key is
kept in the clear: no rotation changes it.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from sqlalchemy import delete, select

from domain.messages.body import Body, Cry
from domain.returnees.chats import returnee_of_chat
from domain.returnees.keys import data_key
from storage.keys.keyring import DataKey, SealError
from storage.outbox.traces import was_here
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.service import DialogState

_SEALED = "dialog state"
_EARLY = "early edit"


def message_id(key: DataKey, chat_id: int, body: Body, *beside: object) -> UUID | None:
    """The id of its row, the same for a message and its edits; None for what has no number.

    `beside`: what tells its row from one that is there already, such as the case in which it was
    edited, where another one had it first.
    """
    if "number" not in body:
        return None
    name = ":".join([_name(chat_id, body), *map(str, beside)])
    return UUID(bytes=key.look_up(name, "message")[:16], version=4)


def merged(kept: Body, come: Body) -> Body:
    """What two editions of a message are together. Of two in the same second, the later comer is
    the newer.
    """
    older, newer = sorted((kept, come), key=_edited)
    if kept.get("corrections"):
        newer = {**newer, "corrections": kept["corrections"]}
    cries = [*kept.get("earlier", ()), *come.get("earlier", ())]
    if older.get("cry") and older.get("text"):
        cries.append({"text": older["text"], "edited": _edited(older)})
    return {**newer, "earlier": sorted(cries, key=_edited)} if cries else newer


async def remember_early(session: Session, chat_id: int, body: Body) -> None:
    """An edit that lies in no case waits for its original, if that has not come yet: sealed, and
    for two days at most.
    """
    if await _is_kept(session, chat_id, body) or await was_here(session, chat_id, body["number"]):
        return
    # Another edit may wait there already.
    before = await early_edit(session, chat_id, body)
    await session.flush()
    waits = json.dumps(merged(before, body) if before else body)
    session.add(
        DialogState(
            key=session.keys.look_up(_name(chat_id, body), _EARLY),
            data=session.keys.seal(waits, _SEALED),
            changed_at=session.now,
            chat_key=session.keys.look_up(chat_id, "chat"),
        )
    )


async def forget_early(session: Session, chat: Sequence[bytes]) -> None:
    """Whatever waits for an original of the chat with these hashes."""
    await session.execute(delete(DialogState).where(DialogState.chat_key.in_(chat)))


async def as_edited(session: Session, chat_id: int, body: Body) -> Body:
    """What it says by now, where an edit of it came first."""
    early = await early_edit(session, chat_id, body)
    return merged(body, early) if early else body


async def early_edit(session: Session, chat_id: int, body: Body) -> Body | None:
    """The edit of this message that came before it, if one did."""
    if "number" not in body:
        return None
    keys = early_keys(session, chat_id, body)
    row = await session.scalar(select(DialogState).where(DialogState.key.in_(keys)))
    if row is None or row.data is None:
        return None
    await session.delete(row)
    # One that no key opens must not keep its original from us.
    with suppress(SealError):
        found: Body = json.loads(session.keys.open(row.data, _SEALED))
        return found
    return None


def early_keys(session: Session, chat_id: int, body: Body) -> list[bytes]:
    """Under which an edit waits for its original."""
    return session.keys.look_ups(_name(chat_id, body), _EARLY)


async def _is_kept(session: Session, chat_id: int, body: Body) -> bool:
    returnee = await returnee_of_chat(session, chat_id)
    if returnee is None:
        return False
    key = await data_key(session, returnee.id)
    return await session.get(Message, message_id(key, chat_id, body)) is not None


def _edited(body: Body | Cry) -> int:
    return body.get("edited") or 0


def _name(chat_id: int, body: Body) -> str:
    return f"{chat_id}:{body['number']}"
