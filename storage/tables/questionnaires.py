from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, Base, Identified


class ImportedQuestionnaire(Identified, Base):
    """One version of a form that an organisation brought along, for ever as it is."""

    __tablename__ = "questionnaire"
    __table_args__ = (UniqueConstraint("organisation_id", "key", "version"), OF_ORGANISATION)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str]
    version: Mapped[int]
    #: As domain/questionnaires/keeping.py writes it: what is asked, and nothing of anybody.
    document: Mapped[dict[str, Any]]
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    imported_at: Mapped[datetime]


class QuestionnaireUse(Base):
    """Whether an organisation's campaigns may choose a questionnaire, where that is not as usual.

    A scale that measures health needs a clinician who looks after its results.
    """

    __tablename__ = "questionnaire_use"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    clinician_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: The edition that what was planned with an older one asks, where nobody has begun that.
    asked_instead: Mapped[str | None]
    changed_at: Mapped[datetime]
