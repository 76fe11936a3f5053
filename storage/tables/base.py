"""What every table shares."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import DateTime, LargeBinary, MetaData, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage import kinds
from storage.tables.kind_columns import KindColumn

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_KINDS: list[type[StrEnum]] = [
    each for each in vars(kinds).values() if isinstance(each, type) and each.__base__ is StrEnum
]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        UUID: PG_UUID(as_uuid=True),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
        **{kind: KindColumn(kind) for kind in _KINDS},
    }


def table_of(kind: type[Base]) -> Table:
    """For statements that are asked all day long and load no objects: a fraction of the work."""
    table = kind.__table__
    assert isinstance(table, Table)
    return table


class Identified:
    """A random id, so that nothing about order or number can be guessed from it."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


# Who sees a table's rows, by row-level security. Migrations carry the policies themselves.
SERVICE_ONLY = {"info": {"scope": "service"}}
OF_ORGANISATION = {"info": {"scope": "organisation"}}
OF_RETURNEE = {"info": {"scope": "returnee"}}
OF_KEY_OWNER = {"info": {"scope": "key-owner"}}
OF_CASE = {"info": {"scope": "case"}}
# The giver, and once it is offered whoever is asked to help.
OF_REFERRAL = {"info": {"scope": "referral"}}
# What safeguarding knows of staff, which those whom it is about must not see.
OF_SAFEGUARDING = {"info": {"scope": "safeguarding"}}
# No policy: published services, and rows that hold nothing about anybody.
PUBLIC = {"info": {"scope": "public"}}
