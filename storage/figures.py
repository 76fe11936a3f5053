from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import OF_ORGANISATION, Base


class YearFigures(Base):
    """What a year came to, counted once: groups too large to point at anybody."""

    __tablename__ = "year_figures"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime]
    #: As domain/figures/year.py writes them.
    figures: Mapped[dict[str, Any]]
