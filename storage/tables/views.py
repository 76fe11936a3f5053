from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, Base, Identified


class SavedView(Identified, Base):
    """A view of the queue that somebody of the staff comes back to."""

    __tablename__ = "saved_view"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    #: Its name and what it lets in, sealed: whoever names it may name a person.
    body: Mapped[bytes]
    #: The queue begins with it.
    first: Mapped[bool]
    saved_at: Mapped[datetime]
