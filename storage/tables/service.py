"""What the service keeps for itself; nothing here belongs to an organisation."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import PUBLIC, SERVICE_ONLY, Base

#: The kind of hash under which a chat's dialogs are found.
DIALOGS = "dialog"


class DialogState(Base):
    """What is remembered of a chat for a short while, sealed under the epoch key: where its dialogs
    stand, and an edit that came before its original.
    """

    __tablename__ = "dialog_state"
    __table_args__ = (
        Index("ix_dialog_state_chat_key", "chat_key", postgresql_where="chat_key IS NOT NULL"),
        SERVICE_ONLY,
    )

    key: Mapped[bytes] = mapped_column(primary_key=True)
    data: Mapped[bytes]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    #: The look-up hash of the chat that an early edit belongs to, by which it can be forgotten.
    chat_key: Mapped[bytes | None]


class Fact(Base):
    """A small thing the service must remember about itself, such as its last tick."""

    __tablename__ = "fact"
    __table_args__ = (SERVICE_ONLY,)

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class KeyEpoch(Base):
    """Which keys this database is written with, known by a fingerprint; one that is newer than the
    key in use is announced, so that every replica can get it first.
    """

    __tablename__ = "key_epoch"
    __table_args__ = (SERVICE_ONLY,)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[bytes]
    created_at: Mapped[datetime]


class KeyInUse(Base):
    """One row, which every transaction reads as it begins: with which key it writes, and since
    which one there may be something to open or find. Whoever changes it locks the table, so that
    no transaction has begun before and ends after.
    """

    __tablename__ = "key_in_use"
    __table_args__ = (PUBLIC,)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[bytes]
    oldest: Mapped[int]


class RunningReplica(Base):
    """A process at work, until it ends in order: a row without a process tells of a death."""

    __tablename__ = "running_replica"
    __table_args__ = (SERVICE_ONLY,)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]


class SendBudget(Base):
    """One row: the sends that all replicas together may still make, refilled as time passes."""

    __tablename__ = "send_budget"
    __table_args__ = (SERVICE_ONLY,)

    name: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    filled_at: Mapped[datetime]
    #: Telegram asked everybody to wait until then.
    closed_until: Mapped[datetime | None]
