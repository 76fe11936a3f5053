"""The list of sealed columns is complete; whether its contexts are right, the drill shows."""

from sqlalchemy import LargeBinary

from storage.inbox import InboxRow
from storage.outbox import OutboxLane, OutboxRow
from storage.returnees import DataKey, Invite, Safety, Trace
from storage.sealed_columns import BY_EPOCH, BY_PERSON, CHATS_BY_HASH
from storage.service import DialogState, KeyEpoch, KeyInUse
from storage.staff import Passkey, StaffCode, StaffSession
from storage.tables import Base

WRAPPED = {DataKey.wrapped}
# Whose original is kept nowhere.
HASHES = {
    DialogState.chat_key,
    DialogState.key,
    InboxRow.lane,
    Invite.code_hash,
    KeyEpoch.fingerprint,
    KeyInUse.fingerprint,
    OutboxLane.lane,
    OutboxRow.sameness,
    Safety.stop_word,
    StaffCode.code_hash,
    StaffSession.token_hash,
    Trace.chat_key,
}
OPEN = {Passkey.credential_id, Passkey.public_key}


def test_every_binary_column_is_known_as_sealed_hashed_or_open() -> None:
    known = [*BY_EPOCH, *BY_PERSON, *CHATS_BY_HASH, *WRAPPED, *HASHES, *OPEN]
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]

    assert sorted(f"{each.class_.__tablename__}.{each.key}" for each in known) == sorted(found)
