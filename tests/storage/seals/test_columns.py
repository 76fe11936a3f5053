"""The list of sealed columns is complete, so that a rotation forgets none; whether its contexts are
right, the drill shows.
"""

from sqlalchemy import LargeBinary

from storage.seals.columns import ALSO_OF_CHATS, BY_EPOCH, BY_HASH, BY_PERSON
from storage.tables.audit import AuditAnchor, AuditSeal
from storage.tables.every import Base
from storage.tables.outbox import OutboxLane, OutboxRow
from storage.tables.partners import MailLink
from storage.tables.returnees import Invite, NewPhone, PictureLock, Safety, WrappedKey
from storage.tables.service import KeyEpoch, KeyInUse
from storage.tables.staff import Passkey, StaffCode, StaffSession

WRAPPED = {WrappedKey.wrapped}
# Made without a key.
OF_TOKENS = {
    Invite.code_hash,
    MailLink.key_hash,
    MailLink.token_hash,
    NewPhone.code_hash,
    StaffCode.code_hash,
    StaffSession.token_hash,
}
# Under the key of a person.
OF_PERSONS = {PictureLock.row, Safety.stop_word}
# Of a chat's last hours, or of a code on the telephone: whoever is not found under them any more is
# only told once more.
PASSING = {MailLink.code_hash, OutboxLane.lane, OutboxRow.sameness}
OPEN = {
    AuditAnchor.hash,
    AuditSeal.hash,
    KeyEpoch.fingerprint,
    KeyInUse.fingerprint,
    Passkey.credential_id,
    Passkey.public_key,
}


def test_every_binary_column_is_known_as_sealed_hashed_or_open_and_how_it_is_rotated() -> None:
    sealed = [*BY_EPOCH, *BY_PERSON, *WRAPPED]
    known = [*sealed, *BY_HASH, *ALSO_OF_CHATS, *OF_TOKENS, *OF_PERSONS, *PASSING, *OPEN]
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]

    assert sorted(f"{each.class_.__tablename__}.{each.key}" for each in known) == sorted(found)
