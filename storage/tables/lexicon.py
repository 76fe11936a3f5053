"""What an organisation listens for besides the lexicons that come along, and what it mutes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import Severity
from storage.tables.base import OF_ORGANISATION, Base, Identified


class LexiconEntry(Identified, Base):
    """A word or phrase of the organisation's own; tried first, and in force from a version on."""

    __tablename__ = "lexicon_entry"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    language: Mapped[str]
    #: A kind of signal, such as "threat".
    category: Mapped[str]
    #: `none` only asks.
    severity: Mapped[Severity]
    #: {"phrase": …, "note": …, "hears": […], "ignores": […]}, sealed.
    body: Mapped[bytes]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]
    #: The organisation's version from which on it counts; None while it is only tried.
    since: Mapped[int | None]


class LexiconMuting(Identified, Base):
    """An entry, of the organisation's own or of those that come along, that is heard no more.

    Proposed first, where it is urgent or an emergency: it counts once a second person has agreed.
    """

    __tablename__ = "lexicon_muting"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: One of the organisation's own, or else a line of a lexicon, as `Entry.key` names it.
    entry_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("lexicon_entry.id", ondelete="CASCADE"), index=True
    )
    built_in: Mapped[str | None]
    severity: Mapped[Severity]
    #: Why, sealed.
    reason: Mapped[bytes]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: The organisation's versions from which on it counts, and from which on it does no more.
    since: Mapped[int | None]
    until: Mapped[int | None]
