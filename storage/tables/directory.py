"""The published directory. It names no returnee and belongs to nobody, so no policy walls it off,
which keeps its indexes in use. What people say of its services, and which of them an organisation
withholds from its people, is for that organisation alone.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    and_,
    exists,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, PUBLIC, Base, Identified

_SEARCH = (
    "setweight(to_tsvector('simple'::regconfig, title_words), 'A')"
    " || setweight(to_tsvector('simple'::regconfig, other_words), 'D')"
)


class DirectoryService(Identified, Base):
    __tablename__ = "directory_service"
    __table_args__ = (
        UniqueConstraint("source", "hsds_id"),
        Index("ix_directory_service_search", "search", postgresql_using="gin"),
        Index("ix_directory_service_needs", "needs", postgresql_using="gin"),
        PUBLIC,
    )

    #: Whose directory it is from; within one source HSDS's ids are unique.
    source: Mapped[str]
    hsds_id: Mapped[str]
    status: Mapped[str]
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    assured_date: Mapped[date | None]
    imported_at: Mapped[datetime]
    #: The whole service, as domain/directory/documents.py writes it.
    document: Mapped[dict[str, Any]]
    #: What it is called and what else is said of it, folded, in all its languages.
    title_words: Mapped[str]
    other_words: Mapped[str]
    search: Mapped[str] = mapped_column(TSVECTOR(), Computed(_SEARCH, persisted=True))


class DirectoryPlace(Base):
    """Where a service is, or which area it serves; without a name, the whole country."""

    __tablename__ = "directory_place"
    __table_args__ = (Index("ix_directory_place_country_key", "country", "key"), PUBLIC)

    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("directory_service.id", ondelete="CASCADE"), primary_key=True
    )
    #: The location's place in the service's list, or beyond that list for an area.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    country: Mapped[str]
    #: The same for every place of the same name in a country, and short enough for a button.
    key: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    #: Its name in other languages.
    names: Mapped[dict[str, Any]]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class DirectoryReport(Base):
    """That a service did not work, as people of an organisation said. Who said it is not kept."""

    __tablename__ = "directory_report"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("directory_service.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: On how many days somebody said so, and on which last.
    days: Mapped[int]
    last_on: Mapped[date]


class DirectoryWithheld(Identified, Base):
    """That an organisation does not show a service to its people. It is named as its source names
    it, so that it stays withheld where it is removed and imported again.
    """

    __tablename__ = "directory_withheld"
    __table_args__ = (UniqueConstraint("organisation_id", "source", "hsds_id"), OF_ORGANISATION)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    source: Mapped[str]
    hsds_id: Mapped[str]
    #: Why, sealed.
    reason: Mapped[bytes]
    since: Mapped[datetime]


class HotlineCall(Base):
    """That staff called a support line last on that day, and whether it answered. It is nobody's
    secret: what one organisation finds out serves the people of all.
    """

    __tablename__ = "hotline_call"
    __table_args__ = (PUBLIC,)

    country: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    called_on: Mapped[date]
    answered: Mapped[bool]


#: Of what an organisation withholds: it is this service.
IS_THIS_SERVICE = and_(
    DirectoryWithheld.source == DirectoryService.source,
    DirectoryWithheld.hsds_id == DirectoryService.hsds_id,
)


def withheld_by(organisations: Collection[UUID]) -> ColumnElement[bool]:
    """Within a query of services: any of these organisations does not show them to its people."""
    theirs = DirectoryWithheld.organisation_id.in_(organisations)
    return exists().where(theirs, IS_THIS_SERVICE)
