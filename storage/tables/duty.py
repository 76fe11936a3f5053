"""Shifts, how they are planned, and whether whoever has one hears an alert."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, QueryableAttribute, mapped_column

from storage.kinds import Role
from storage.tables.base import OF_ORGANISATION, Base, Identified
from storage.tables.staff import Staff, works_for


class Shift(Identified, Base):
    """A time somebody is on duty. An open end means: until they say otherwise or have time off."""

    __tablename__ = "shift"
    __table_args__ = (
        Index("ix_shift_organisation_time", "organisation_id", "starts_at", "ends_at"),
        Index("ix_shift_organisation_id_ends_at", "organisation_id", "ends_at"),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    #: Before whoever has it ended it by saying that they are off: until then they may have it back.
    was_to_end_at: Mapped[datetime | None]
    #: By which weekly shift it was planned. These name rows without a constraint, which would lock
    #: this table while it is added.
    weekly_shift_id: Mapped[UUID | None]
    #: Time off that calls it off: nobody is on duty by it.
    time_off_id: Mapped[UUID | None]
    #: Whoever has it would rather not: since when, and to whom alone they offer it.
    offered_at: Mapped[datetime | None]
    offered_to: Mapped[UUID | None]


class WeeklyShift(Identified, Base):
    """A shift that somebody has every week, by the organisation's clocks."""

    __tablename__ = "weekly_shift"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"), index=True)
    #: Monday is 0.
    weekday: Mapped[int]
    begins: Mapped[time]
    #: Not after the beginning: on the day after.
    ends: Mapped[time]
    first_day: Mapped[date]
    #: Up to this day, exclusively, its shifts are planned.
    planned_to: Mapped[date]
    ended_at: Mapped[datetime | None]


class TimeOff(Identified, Base):
    """Days on which somebody has no shifts; without somebody, on which no weekly shift is worked
    and no hours are declared.
    """

    __tablename__ = "time_off"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(Staff.id, ondelete="CASCADE"), index=True
    )
    first_day: Mapped[date]
    last_day: Mapped[date]


class Drill(Identified, Base):
    """A test alert to everyone on duty, and whether all of them answered in time."""

    __tablename__ = "drill"
    __table_args__ = (
        Index("ix_drill_organisation_id_started_at", "organisation_id", "started_at"),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    started_at: Mapped[datetime]
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey(Staff.id, ondelete="SET NULL"))
    answer_by: Mapped[datetime]
    passed_at: Mapped[datetime | None]


class DrillCall(Identified, Base):
    """That somebody was called in a drill."""

    __tablename__ = "drill_call"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    drill_id: Mapped[UUID] = mapped_column(ForeignKey("drill.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"), index=True)
    answered_at: Mapped[datetime | None]


def are_there(
    organisation_id: UUID | QueryableAttribute[UUID], at: ColumnElement[datetime]
) -> tuple[ColumnElement[bool], ...]:
    """Within a query of staff: those on duty at that instant whose access has not ended. Of whoever
    has a role of a newer release's this one does not know what they may do.
    """
    return (
        works_for(organisation_id),
        Staff.role.in_(tuple(Role)),
        Staff.id.in_(select(Shift.staff_id).where(*covering(organisation_id, at))),
    )


def covering(
    organisation_id: UUID | QueryableAttribute[UUID], at: ColumnElement[datetime]
) -> tuple[ColumnElement[bool], ...]:
    """Within a query of shifts: those that cover this instant, found by their end, since those of
    years lie before it.
    """
    return Shift.organisation_id == organisation_id, *running(at)


def running(at: ColumnElement[datetime] | datetime) -> tuple[ColumnElement[bool], ...]:
    """`covering`, of whatever organisation."""
    return (
        Shift.time_off_id.is_(None),
        Shift.starts_at <= at,
        or_(Shift.ends_at.is_(None), Shift.ends_at > at),
    )
