from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import CheckInState
from storage.tables.base import OF_ORGANISATION, Base, Identified
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Enrolment


class WrittenPathway(Identified, Base):
    """One version of a pathway that an organisation wrote, for ever as it is."""

    __tablename__ = "pathway"
    __table_args__ = (UniqueConstraint("organisation_id", "key", "version"), OF_ORGANISATION)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str]
    version: Mapped[int]
    #: As domain/pathways/shelf.py keeps it: what is done when, and nothing of anybody.
    document: Mapped[dict[str, Any]]
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    written_at: Mapped[datetime]


class PathwayDraft(Base):
    """What the next version of a pathway is to be; it holds for nobody yet."""

    __tablename__ = "pathway_draft"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    #: The version that it was begun from.
    based_on: Mapped[int]
    revision: Mapped[int]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class OnPathway(Base):
    """Somebody is on a pathway of an organisation."""

    __tablename__ = "on_pathway"
    __table_args__ = (
        Index("ix_on_pathway_moves_to", "moves_to", postgresql_where="moves_to IS NOT NULL"),
        Index("ix_on_pathway_organisation_id_pathway", "organisation_id", "pathway"),
        Index(
            "ix_on_pathway_stage_until",
            "stage_until",
            postgresql_where="stage_until IS NOT NULL",
        ),
        OF_ORGANISATION,
    )

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    #: The edition, by which domain/pathways/shelf.py finds it.
    pathway: Mapped[str]
    #: Sealed under the person's key: {"departure": "YYYY-MM-DD", "arrival": "YYYY-MM-DD"}.
    days: Mapped[bytes | None]
    #: The keys of the optional stages that were chosen for them.
    chosen: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    since: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    #: When the last of its check-ins is due, once all their days are known: behind that, none is to
    #: come.
    asks_until: Mapped[datetime | None]
    #: The key of the stage that began last; None before the first, and where no day is known.
    stage: Mapped[str | None]
    #: When the next one begins; a tick sees to it.
    stage_until: Mapped[datetime | None] = mapped_column(
        server_default=text("'2000-01-01T00:00:00Z'")
    )
    #: A code for why.
    paused_why: Mapped[str | None]
    #: The newer edition that they are to go on with; a tick sees to it.
    moves_to: Mapped[str | None]


class Information(Identified, Base):
    """Something that a pathway tells one person, once."""

    __tablename__ = "information"
    __table_args__ = (
        UniqueConstraint("returnee_id", "organisation_id", "pathway", "step", "version"),
        Index("ix_information_due", "due_at", postgresql_where="state IN ('planned', 'held')"),
        Index("ix_information_sending", "due_at", postgresql_where="state = 'sending'"),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    returnee_id: Mapped[UUID] = mapped_column(ForeignKey("returnee.id", ondelete="CASCADE"))
    pathway: Mapped[str]
    version: Mapped[int]
    step: Mapped[str]
    state: Mapped[CheckInState]
    reason: Mapped[str | None]
    #: When the pathway wants it; what holds it moves only due_at.
    planned_for: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    outbox_id: Mapped[UUID | None]


class Task(Identified, Base):
    """Something that a pathway asks of the staff, about one person."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("returnee_id", "organisation_id", "pathway", "step", "version"),
        Index(
            "ix_task_open",
            "organisation_id",
            "due_at",
            "id",
            postgresql_where="done_at IS NULL",
        ),
        Index(
            "ix_task_done",
            "organisation_id",
            "done_at",
            postgresql_where="done_at IS NOT NULL",
        ),
        Index("ix_task_staff_id", "staff_id", postgresql_where="staff_id IS NOT NULL"),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    returnee_id: Mapped[UUID] = mapped_column(ForeignKey("returnee.id", ondelete="CASCADE"))
    pathway: Mapped[str]
    version: Mapped[int]
    step: Mapped[str]
    due_at: Mapped[datetime]
    #: Who took it. This names a row without a constraint, which would lock that table while it is
    #: added.
    staff_id: Mapped[UUID | None]
    #: When the team is told of it again: None before it was told, for ever once it was told that it
    #: is overdue.
    tell_again_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


def stage_reached(theirs: type[Enrolment] | type[CheckIn]) -> ColumnElement[str | None]:
    """Within a query: the stage of their pathway that they have come to, as a group names it."""
    return (
        select(func.split_part(OnPathway.pathway, "@", 1) + "/" + OnPathway.stage)
        .where(
            OnPathway.returnee_id == theirs.returnee_id,
            OnPathway.organisation_id == theirs.organisation_id,
        )
        .correlate(theirs)
        .scalar_subquery()
    )
