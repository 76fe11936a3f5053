from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import (
    CaseEventKind,
    CaseState,
    Direction,
    MessageKind,
    Outcome,
    Severity,
    TaskKind,
)
from storage.tables.base import OF_CASE, OF_ORGANISATION, Base, Identified

#: Somebody has the case, and it is not resolved.
AT_WORK = (CaseState.CLAIMED, CaseState.WAITING, CaseState.SNOOZED)
_AT_WORK = "state IN ('claimed', 'waiting', 'snoozed')"
# The order of the queue, in the words of its indexes: a parameter in it would pass them by.
_DANGER = "array_position(ARRAY['emergency', 'urgent', 'concern', 'none'], severity::text)"
_DUE = "coalesce(deadline_at, opened_at)"

# Nobody asks a line that was just written for the number it got. To be told it, as many as go at
# once are one statement, and that is another for each count of them: each connection would parse,
# plan and keep them all.
_NOT_ASKED_FOR_NUMBERS: Final = MappingProxyType({"eager_defaults": False})


class Case(Identified, Base):
    __tablename__ = "case"
    __table_args__ = (
        Index(
            "ix_case_nobody_has",
            "organisation_id",
            text(_DANGER),
            text(_DUE),
            "id",
            postgresql_where="state = 'open'",
        ),
        Index(
            "ix_case_came",
            "organisation_id",
            "came_at",
            postgresql_where="state = 'open' AND came_at IS NOT NULL",
        ),
        Index(
            "ix_case_at_work",
            "organisation_id",
            text(_DANGER),
            text(_DUE),
            "id",
            postgresql_where=_AT_WORK,
        ),
        Index(
            "ix_case_with",
            "claimed_by",
            text(_DANGER),
            text(_DUE),
            "id",
            postgresql_where=_AT_WORK,
        ),
        Index(
            "ix_case_closed",
            "organisation_id",
            "resolved_at",
            "id",
            postgresql_where="state = 'resolved'",
        ),
        Index(
            "uq_case_one_open",
            "returnee_id",
            unique=True,
            postgresql_where="state <> 'resolved'",
        ),
        Index("ix_case_follows_id", "follows_id", postgresql_where="follows_id IS NOT NULL"),
        Index(
            "ix_case_next_alert_at",
            "next_alert_at",
            postgresql_where="state <> 'resolved'",
        ),
        Index("ix_case_erase_at", "erase_at", postgresql_where="erase_at IS NOT NULL"),
        OF_CASE,
    )

    #: What alerts and staff call it; says nothing about the person.
    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[CaseState]
    severity: Mapped[Severity]
    language: Mapped[str]
    opened_at: Mapped[datetime]
    #: When it last came, came back or became graver; not known of what came before migration 0098.
    came_at: Mapped[datetime | None]
    #: When a human must have acted; frozen when it is set.
    deadline_at: Mapped[datetime | None]
    #: When somebody first tried to reach the person: what stops the clock.
    first_action_at: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff.id", ondelete="SET NULL"), index=True
    )
    #: Not written any more: the case's history says it. Goes a version later (decision 0009).
    claimed_at: Mapped[datetime | None]
    #: Past it without an action, the claim falls back to the queue; none while supervisors advise.
    #: While the case waits or is put off, until when that clock ran.
    claim_deadline_at: Mapped[datetime | None]
    #: While the case waits, until when it was put off before.
    snoozed_until: Mapped[datetime | None]
    alerts_sent: Mapped[int] = mapped_column(server_default=text("0"))
    next_alert_at: Mapped[datetime | None]
    #: When the person was last told, in a crisis, what this bot can do and where to call.
    crisis_told_at: Mapped[datetime | None]
    #: When the person was told that nobody has answered yet.
    told_waiting_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    #: When the person last asked for somebody, or agreed to this talk. Of one that others opened
    #: after a no of theirs: when they last did in the talk before it.
    agreed_at: Mapped[datetime | None]
    #: Closed, and the person agreed to nothing of it: then it is erased.
    erase_at: Mapped[datetime | None]
    #: The case this one follows, when the earlier one was closed too long ago to reopen.
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id", ondelete="SET NULL"))
    #: When what was said in it went, after it had been kept long enough.
    words_forgotten_at: Mapped[datetime | None]
    #: When somebody was last asked whether it must still be open.
    reviewed_at: Mapped[datetime | None]
    #: The topic of the staff group, sealed, where the organisation has one.
    staff_topic: Mapped[bytes | None]


#: 0 for the most dangerous.
DANGER = literal_column(_DANGER, Integer)
DUE = func.coalesce(Case.deadline_at, Case.opened_at)
#: Of a case that still needs somebody.
UNRESOLVED = Case.state != CaseState.RESOLVED


class CaseEvent(Identified, Base):
    """A line of a case's history: only ever added."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case_id_number", "case_id", "number"), OF_CASE)
    __mapper_args__ = _NOT_ASKED_FOR_NUMBERS

    #: The order in which things happened.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[CaseEventKind]
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    severity: Mapped[Severity | None]
    #: Codes of rules, never words of a person.
    reasons: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)
    #: Of a signal of the watch: by which of its versions, as `Assessment.version` names it.
    decided_by: Mapped[str | None]
    #: A note, sealed under the person's key.
    body: Mapped[bytes | None]


class CaseTask(Identified, Base):
    """Something that one of the team owes in a case, until an instant."""

    __tablename__ = "case_task"
    __table_args__ = (
        Index("ix_case_task_owed", "staff_id", "due_at", postgresql_where="done_at IS NULL"),
        Index(
            "ix_case_task_kind_owed",
            "organisation_id",
            "kind",
            "due_at",
            postgresql_where="done_at IS NULL",
        ),
        OF_CASE,
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[TaskKind]
    #: Who owes it.
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    #: What is to be done or was asked, or what somebody wrote afterwards; under the person's key.
    body: Mapped[bytes | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class CaseAccess(Identified, Base):
    """Another organisation's right to work on a case: a joint period or an accepted hand-over."""

    __tablename__ = "case_access"
    __table_args__ = (
        Index("ix_case_access_case_id_organisation_id", "case_id", "organisation_id"),
        OF_ORGANISATION,
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    #: "full" or "read"
    scope: Mapped[str]
    until_at: Mapped[datetime | None]


class Message(Identified, Base):
    """Something said between a person and their caseworkers."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_case_id_number", "case_id", "number"),
        Index(
            "ix_message_listen_by",
            "listen_by",
            postgresql_where="listen_by IS NOT NULL AND heard_at IS NULL",
        ),
        Index("ix_message_forget_at", "forget_at", postgresql_where="forget_at IS NOT NULL"),
        OF_CASE,
    )
    __mapper_args__ = _NOT_ASKED_FOR_NUMBERS

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    direction: Mapped[Direction]
    kind: Mapped[MessageKind]
    at: Mapped[datetime]
    #: {"text": …, "file_id": …}, sealed under the person's key.
    body: Mapped[bytes]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: Words to the person travel in this row of the outbox, and its state is their delivery.
    outbox_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("outbox.id", ondelete="SET NULL"), index=True
    )
    #: Until when a human must have heard a voice note or seen a photo.
    listen_by: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    heard_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: It names a person, a place or a time: shown only to somebody whose identity is confirmed.
    only_confirmed: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    #: A worker chose when it leaves, so that writing it was no attempt to reach anybody.
    planned: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    #: When the way to a recording is forgotten, since the person does not want it kept.
    forget_at: Mapped[datetime | None]
