"""The single-use codes by which somebody newly added gets into the chat and into the console."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update

from domain.codes.handed import as_issued, new_code
from domain.errors import Refused
from storage.keys.keyring import hash_of_token
from storage.sessions import Session
from storage.tables.staff import StaffCode

LIFE = timedelta(hours=72)


class Use(StrEnum):
    TELEGRAM = "telegram"
    CONSOLE = "console"


# A returnee's code begins with "r-": whoever holds one kind can't be taken for the other.
_PREFIX = {Use.TELEGRAM: "s-", Use.CONSOLE: ""}
# A set-up link hands over an account by itself, so it is longer.
_LENGTH = {Use.TELEGRAM: 16, Use.CONSOLE: 32}


async def issue(session: Session, staff_id: UUID, use: Use) -> str:
    """A new code for this; an older one ends."""
    await session.execute(
        delete(StaffCode).where(
            StaffCode.staff_id == staff_id, StaffCode.use == use, StaffCode.used_at.is_(None)
        )
    )
    code = new_code(_PREFIX[use], _LENGTH[use])
    session.add(
        StaffCode(
            staff_id=staff_id,
            code_hash=hash_of_token(code, "staff code"),
            use=use,
            expires_at=session.now + LIFE,
        )
    )
    await session.flush()
    return code


async def owner_of(session: Session, code: str, use: Use) -> UUID:
    """Whose code it is, left unused. Raises Refused with the reason."""
    row = await session.scalar(select(StaffCode).where(*_named(code, use)))
    if row is None:
        raise Refused("This code is not one of ours. Ask whoever gave it to you for a new one.")
    if row.used_at is not None:
        raise Refused("This code was used already. Ask whoever gave it to you for a new one.")
    if row.expires_at <= session.now:
        raise Refused("This code is too old. Ask whoever gave it to you for a new one.")
    return row.staff_id


async def redeem(session: Session, code: str, use: Use) -> UUID:
    """Whose code it is; of two who try at once, one gets it. Raises Refused with the reason."""
    staff_id: UUID | None = await session.scalar(
        update(StaffCode)
        .where(
            *_named(code, use),
            StaffCode.used_at.is_(None),
            StaffCode.expires_at > session.now,
        )
        .values(used_at=session.now)
        .returning(StaffCode.staff_id)
    )
    return staff_id or await owner_of(session, code, use)


async def were_used(session: Session, staff_id: UUID) -> bool:
    """Whether any code of theirs ever let somebody in."""
    used = StaffCode.staff_id == staff_id, StaffCode.used_at.is_not(None)
    return bool(await session.scalar(select(exists().where(*used))))


def _named(code: str, use: Use) -> tuple[ColumnElement[bool], ...]:
    found = hash_of_token(as_issued(code), "staff code")
    return StaffCode.code_hash == found, StaffCode.use == use
