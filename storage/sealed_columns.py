"""Every sealed column with the context that it is sealed in, so that all of them can be opened:
after a restore, to see that the keys fit.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from storage.cases import Case, CaseEvent, Message
from storage.check_ins import Answer, CampaignTally
from storage.inbox import InboxRow
from storage.keys import Keyring, SealError
from storage.organisations import Organisation
from storage.outbox import OutboxRow
from storage.privacy import Erasure
from storage.returnees import (
    AgreedWords,
    ChildProtection,
    DataKey,
    Invite,
    Returnee,
    Safety,
    TurningPoints,
)
from storage.service import DialogState
from storage.staff import Staff

Column = InstrumentedAttribute[Any]
Query = Select[*tuple[Any, ...]]
Fits = Callable[..., bool]

#: Under an epoch's key.
BY_EPOCH: Mapping[Column, str] = {
    CampaignTally.counts: "campaign tally",
    Case.staff_topic: "topic",
    DialogState.data: "dialog state",
    Erasure.chat: "erasure chat",
    InboxRow.payload: "inbox",
    Invite.words: "agreed words",
    Organisation.staff_chat: "staff chat",
    OutboxRow.chat: "outbox chat",
    OutboxRow.content: "outbox content",
    Returnee.chat: "returnee chat",
    Staff.name: "staff name",
    Staff.telegram_chat: "staff telegram",
    Staff.totp_secret: "totp secret",
}
#: Under the key of a person.
BY_PERSON: Mapping[Column, str] = {
    AgreedWords.words: "agreed words",
    Answer.body: "answer",
    ChildProtection.decision: "best interests",
    CaseEvent.body: "case note",
    Message.body: "message body",
    Safety.window: "safe window",
    TurningPoints.days: "turning points",
}
#: Keyed hashes of a sealed chat beside them.
CHATS_BY_HASH: Mapping[Column, Column] = {
    Organisation.staff_chat_key: Organisation.staff_chat,
    OutboxRow.lane: OutboxRow.chat,
    Returnee.chat_key: Returnee.chat,
    Staff.telegram_chat_key: Staff.telegram_chat,
}


async def open_all(connection: AsyncConnection, keys: Keyring) -> Counter[bool]:
    """How many sealed values and hashes there are that the keys open (True), and that they do not.

    Needs to see every row, and every column as this code knows it.
    """
    tally: Counter[bool] = Counter()
    for query, fits in _looks(keys):
        async for row in await connection.stream(query):
            tally[_without_seal_error(fits, *row)] += 1
    return tally


def _looks(keys: Keyring) -> Iterator[tuple[Query, Fits]]:
    """What to read, and whether the keys fit what was read."""
    yield select(DataKey.wrapped), partial(_unwraps, keys)
    for column, context in BY_EPOCH.items():
        yield _there(column), partial(_opens, keys, context)
    for column, context in BY_PERSON.items():
        yield _with_key(column), partial(_opens_by_person, keys, context)
    for hashed, chat in CHATS_BY_HASH.items():
        yield _there(hashed, chat), partial(_finds, keys, BY_EPOCH[chat])


def _there(*columns: Column) -> Query:
    return select(*columns).where(columns[0].is_not(None))


def _with_key(column: Column) -> Query:
    """What is sealed, and the wrapped key of the person whose it is."""
    query: Query = select(column, DataKey.wrapped).where(column.is_not(None))
    owner = column.class_
    if owner is CaseEvent:
        owner, query = Case, query.join(Case, Case.id == CaseEvent.case_id)
    return query.join(Returnee, Returnee.id == owner.returnee_id).join(
        DataKey, DataKey.id == Returnee.data_key_id
    )


def _unwraps(keys: Keyring, wrapped: bytes) -> bool:
    return len(keys.unwrap(wrapped).secret) > 0


def _opens(keys: Keyring, context: str, sealed: bytes) -> bool:
    return keys.open(sealed, context) is not None


def _opens_by_person(keys: Keyring, context: str, sealed: bytes, wrapped: bytes) -> bool:
    return keys.unwrap(wrapped).open(sealed, context) is not None


def _finds(keys: Keyring, context: str, hashed: bytes, chat: bytes) -> bool:
    return hashed == keys.look_up(keys.open(chat, context), "chat")


def _without_seal_error(fits: Fits, *values: bytes) -> bool:
    try:
        return fits(*values)
    except SealError:
        return False
