"""Every sealed column with the context that it is sealed in, so that all of them can be opened:
after a restore, to see that the keys fit.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from storage.cases import Case, CaseEvent, Message
from storage.check_ins import Answer
from storage.inbox import InboxRow
from storage.keys import Keyring, SealError
from storage.organisations import Organisation
from storage.outbox import OutboxRow
from storage.returnees import DataKey, Returnee, Safety
from storage.service import DialogState
from storage.staff import Staff

Column = InstrumentedAttribute[Any]
Query = Select[*tuple[Any, ...]]

#: Under an epoch's key.
BY_EPOCH: Mapping[Column, str] = {
    Case.staff_topic: "topic",
    DialogState.data: "dialog state",
    InboxRow.payload: "inbox",
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
    Answer.body: "answer",
    CaseEvent.body: "case note",
    Message.body: "message body",
    Safety.window: "safe window",
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

    async def look(query: Query, fits: Callable[..., bool]) -> None:
        async for row in await connection.stream(query):
            tally[_opens(fits, *row)] += 1

    def unwraps(wrapped: bytes) -> bool:
        return bool(keys.unwrap(wrapped).secret)

    await look(select(DataKey.wrapped), unwraps)
    for column, context in BY_EPOCH.items():
        await look(_there(column), lambda sealed, of=context: keys.open(sealed, of) is not None)
    for column, context in BY_PERSON.items():
        await look(
            _with_key(column),
            lambda body, wrapped, of=context: keys.unwrap(wrapped).open(body, of) is not None,
        )
    for hashed, chat in CHATS_BY_HASH.items():
        await look(
            _there(hashed, chat),
            lambda found, sealed, of=BY_EPOCH[chat]: (
                found == keys.look_up(keys.open(sealed, of), "chat")
            ),
        )
    return tally


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


def _opens(fits: Callable[..., bool], *values: bytes) -> bool:
    try:
        return fits(*values)
    except SealError:
        return False
