from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, and_, text
from sqlalchemy.orm import Mapped, QueryableAttribute, mapped_column

from storage.kinds import Gender, Role
from storage.tables.base import OF_ORGANISATION, SERVICE_ONLY, Base, Identified


class Staff(Identified, Base):
    __tablename__ = "staff"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Sealed under the epoch key: staff are persons too.
    name: Mapped[bytes]
    #: What is typed to sign in: random, not a name, not an address.
    sign_in_code: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role]
    language: Mapped[str] = mapped_column(server_default="en")
    #: By hand: English is what anybody has who never chose.
    language_chosen: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Only where they said it themselves.
    gender: Mapped[Gender | None]
    #: Languages in which they can talk with somebody, where they said so themselves.
    speaks: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)
    telegram_chat: Mapped[bytes | None]
    telegram_chat_key: Mapped[bytes | None] = mapped_column(unique=True)
    #: They have blocked the bot, or their account is gone.
    telegram_fails_since: Mapped[datetime | None]
    #: When they last wrote there, took a block off, or joined.
    telegram_heard_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None]
    #: The last TOTP time step that was used up; each works once.
    totp_step: Mapped[int | None]
    failed_sign_ins: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffCode(Identified, Base):
    """A single-use code for a staff member: one joins in the chat, one sets up the console."""

    __tablename__ = "staff_code"
    __table_args__ = (SERVICE_ONLY,)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    #: "telegram" or "console"
    use: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Identified, Base):
    __tablename__ = "passkey"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    #: With which it was made: its make and system, such as "Firefox · Android".
    browser: Mapped[str | None]


class StaffSession(Identified, Base):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "staff_session"
    __table_args__ = (SERVICE_ONLY,)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    #: Database time: sessions don't follow the rules' clock.
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: Its make and system, such as "Firefox · Android".
    browser: Mapped[str | None]


def works_for(
    organisation_id: UUID | QueryableAttribute[UUID] | QueryableAttribute[UUID | None],
) -> ColumnElement[bool]:
    """Within a query of staff: those of that organisation whose access has not ended."""
    return and_(Staff.organisation_id == organisation_id, Staff.disabled_at.is_(None))
