from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, Base


class YearFigures(Base):
    """What a year came to, counted once: groups too large to point at anybody."""

    __tablename__ = "year_figures"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime]
    #: As domain/figures/year/values.py writes them.
    figures: Mapped[dict[str, Any]]


class PathwayFigures(Base):
    """What the check-ins of pathways came to in a quarter, counted once: groups too large to point
    at anybody.
    """

    __tablename__ = "pathway_figures"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    #: Its first day.
    quarter: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]
    #: As domain/figures/quarter/values.py writes them.
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
