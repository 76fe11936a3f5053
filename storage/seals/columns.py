"""Every sealed column with the context that it is sealed in, and every hash that something is found
by: so that all of them can be opened after a restore, and none is forgotten when the keys are
rotated.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from storage.inbox.updates import chat_of_update
from storage.keys.keyring import Keyring, SealError
from storage.tables.campaigns import CampaignTally
from storage.tables.cases import Case, CaseEvent, CaseTask, Message
from storage.tables.channels import AlertChannel
from storage.tables.check_ins import Answer
from storage.tables.directory import DirectoryWithheld
from storage.tables.inbox import InboxRow
from storage.tables.lexicon import LexiconEntry, LexiconMuting
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.partners import MailLink, MailPartner
from storage.tables.pathways import OnPathway
from storage.tables.privacy import Erasure
from storage.tables.recent_words import RecentWords
from storage.tables.referrals import Referral
from storage.tables.returnees import (
    AgreedWords,
    ChildDecision,
    ChildProtection,
    Enrolment,
    Invite,
    PictureLock,
    Returnee,
    Safety,
    TurningPoints,
    WrappedKey,
)
from storage.tables.safeguarding import ComplaintMessage, Reading
from storage.tables.service import DIALOGS, DialogState
from storage.tables.staff import Staff
from storage.tables.traces import Trace
from storage.tables.views import SavedView

Column = InstrumentedAttribute[Any]
Query = Select[*tuple[Any, ...]]
Fits = Callable[..., bool]

CHAT: Final = "chat"

#: Under an epoch's key.
BY_EPOCH: Mapping[Column, str] = {
    AlertChannel.address: "alert channel",
    CampaignTally.counts: "campaign tally",
    Case.staff_topic: "topic",
    DialogState.data: "dialog state",
    DirectoryWithheld.reason: "withheld reason",
    Enrolment.file_number: "file number",
    Erasure.chat: "erasure chat",
    InboxRow.payload: "inbox",
    Invite.file_number: "file number",
    Invite.words: "agreed words",
    LexiconEntry.body: "lexicon entry",
    LexiconMuting.reason: "lexicon muting",
    Organisation.staff_chat: "staff chat",
    MailLink.accepted_as: "accepted as",
    MailLink.token: "mail link",
    MailPartner.card: "partner card",
    OutboxRow.chat: "outbox chat",
    OutboxRow.content: "outbox content",
    RecentWords.words: "recent words",
    Returnee.chat: "returnee chat",
    SavedView.body: "saved view",
    Staff.name: "staff name",
    Staff.telegram_chat: "staff telegram",
    Staff.totp_secret: "totp secret",
}
#: Under the key of a person.
BY_PERSON: Mapping[Column, str] = {
    AgreedWords.words: "agreed words",
    Answer.body: "answer",
    ChildDecision.decision: "best interests",
    ChildProtection.decision: "best interests",
    CaseEvent.body: "case note",
    CaseTask.body: "case task",
    ComplaintMessage.body: "complaint words",
    Reading.reason: "reading reason",
    Referral.letter: "referral letter",
    Referral.reason: "referral reason",
    Message.body: "message body",
    OnPathway.days: "journey",
    PictureLock.pending: "pictures tapped",
    Safety.other: "somebody named",
    Safety.window: "safe window",
    Safety.wishes: "wishes",
    TurningPoints.days: "turning points",
}


def _of_update(payload: str) -> str:
    return str(chat_of_update(json.loads(payload)))


def _sought(number: str) -> str:
    """Of a file's number its organisation's form of it, which stands beside it as it was typed."""
    _, sought = json.loads(number)
    return str(sought)


@dataclass(frozen=True, slots=True)
class Original:
    """Where that stands which a hash is of: sealed, in the same row."""

    column: Column
    value_in: Callable[[str], str] = str
    kind: str = CHAT


#: Keyed hashes of what is sealed beside them; of an update only until it is handled.
BY_HASH: Mapping[Column, Original] = {
    Enrolment.file_number_key: Original(Enrolment.file_number, _sought, "file number"),
    Invite.file_number_key: Original(Invite.file_number, _sought, "file number"),
    InboxRow.lane: Original(InboxRow.payload, _of_update),
    Organisation.staff_chat_key: Original(Organisation.staff_chat),
    OutboxRow.lane: Original(OutboxRow.chat),
    Returnee.chat_key: Original(Returnee.chat),
    Staff.telegram_chat_key: Original(Staff.telegram_chat),
}
#: Hashes, of these kinds, of a chat that is known from those above.
ALSO_OF_CHATS: Mapping[Column, str] = {
    DialogState.key: DIALOGS,
    DialogState.chat_key: CHAT,
    RecentWords.chat_key: CHAT,
    Trace.chat_key: CHAT,
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
    yield select(WrappedKey.wrapped), partial(_unwraps, keys)
    for column, context in BY_EPOCH.items():
        yield _there(column), partial(_opens, keys, context)
    for column, context in BY_PERSON.items():
        yield _with_key(column), partial(_opens_by_person, keys, context)
    for hashed, original in BY_HASH.items():
        both = select(hashed, original.column).where(original.column.is_not(None))
        yield both, partial(_finds, keys, original)


def _there(column: Column) -> Query:
    return select(column).where(column.is_not(None))


def _with_key(column: Column) -> Query:
    """What is sealed, and the wrapped key of the person whose it is."""
    query: Query = select(column, WrappedKey.wrapped).where(column.is_not(None))
    owner = column.class_
    if owner is CaseEvent:
        owner, query = Case, query.join(Case, Case.id == CaseEvent.case_id)
    return query.join(Returnee, Returnee.id == owner.returnee_id).join(
        WrappedKey, WrappedKey.id == Returnee.data_key_id
    )


def _unwraps(keys: Keyring, wrapped: bytes) -> bool:
    return len(keys.unwrap(wrapped).secret) > 0


def _opens(keys: Keyring, context: str, sealed: bytes) -> bool:
    return keys.open(sealed, context) is not None


def _opens_by_person(keys: Keyring, context: str, sealed: bytes, wrapped: bytes) -> bool:
    return keys.unwrap(wrapped).open(sealed, context) is not None


def _finds(keys: Keyring, original: Original, hashed: bytes, sealed: bytes) -> bool:
    value = original.value_in(keys.open(sealed, BY_EPOCH[original.column]))
    return hashed in keys.look_ups(value, original.kind)


def _without_seal_error(fits: Fits, *values: bytes) -> bool:
    try:
        return fits(*values)
    except SealError:
        return False
