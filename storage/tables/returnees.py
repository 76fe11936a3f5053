from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import AgeBand, Discretion, Identity, SilencePlan, Visible
from storage.tables.base import OF_KEY_OWNER, OF_ORGANISATION, OF_RETURNEE, Base, Identified


class WrappedKey(Identified, Base):
    """One person's own key, wrapped by the key of an epoch. Without it their words are noise."""

    __tablename__ = "data_key"
    __table_args__ = (OF_KEY_OWNER,)

    epoch: Mapped[int]
    wrapped: Mapped[bytes]


class Returnee(Identified, Base):
    __tablename__ = "returnee"
    __table_args__ = (Index("ix_returnee_notice_version", "notice_version"), OF_RETURNEE)

    data_key_id: Mapped[UUID] = mapped_column(ForeignKey("data_key.id"), unique=True)
    chat: Mapped[bytes]
    chat_key: Mapped[bytes] = mapped_column(unique=True)
    language: Mapped[str]
    #: ISO 3166 alpha-2, as the person says it; never closer than a region they agreed to (P14).
    country: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    age_band: Mapped[AgeBand] = mapped_column(server_default=AgeBand.UNKNOWN)
    identity: Mapped[Identity] = mapped_column(server_default=Identity.UNCONFIRMED)
    discretion: Mapped[Discretion] = mapped_column(server_default=Discretion.OPEN)
    #: Somebody else reads this phone too.
    shared_phone: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    last_wrote_at: Mapped[datetime | None]
    #: Nothing is sent first until then (or for ever, in the year 9999).
    paused_until: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    #: Until then, what they write is for safeguarding and not for the team.
    confides_until: Mapped[datetime | None]
    #: The complaint that it is for.
    confides_in: Mapped[UUID | None]
    blocked_at: Mapped[datetime | None]
    #: Of which block, by its `blocked_at`, a caseworker was last called.
    block_told: Mapped[datetime | None]
    #: When they last took a block off, or came to another phone.
    unblocked_at: Mapped[datetime | None]
    #: When they were last told that something old of theirs goes in two weeks; while that is on
    #: its way, until when it may come.
    retention_told_at: Mapped[datetime | None]
    #: When they last wrote or pressed something, to within a day.
    last_seen_at: Mapped[datetime | None]
    #: When a worker last made sure who holds the phone.
    confirmed_at: Mapped[datetime | None]
    #: Until then, a few words from the phone are taken for the two that were agreed on (in the year
    #: 9999, while the question for them has not come there).
    words_asked_until: Mapped[datetime | None]
    #: The check-in whose question was the last thing said to them, and wants to be typed.
    typing_for: Mapped[UUID | None]
    #: Since when they are back; what they agreed to before is asked again then.
    arrived_at: Mapped[datetime | None]
    #: Where in that country, as the directory calls its regions, if they agreed to have it written
    #: down; nothing closer (P14).
    region: Mapped[str | None]
    #: The day on which they leave the host country, or left it, as staff wrote it down.
    departs_on: Mapped[date | None]
    #: When they last said that they are a child; staff find out, and set the age band.
    said_child_at: Mapped[datetime | None]
    #: The complaint in which they said so in confidence: the team knows nothing of it.
    child_in: Mapped[UUID | None]
    #: The notice that they were asked under last, or an earlier one that a yes is still from under.
    notice_version: Mapped[str | None]


#: Others may read along on the phone, or may have.
GUARDED = or_(Returnee.discretion != Discretion.OPEN, Returnee.frozen_at.is_not(None))


class Enrolment(Identified, Base):
    """A person with an organisation. Somebody who only cried for help has one without an invite;
    one by a referral to which they said yes has the giver's.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("organisation_id", "pseudonym"),
        Index(
            "uq_enrolment_current",
            "returnee_id",
            "organisation_id",
            unique=True,
            postgresql_where="until_at IS NULL",
        ),
        Index("ix_enrolment_invite_id", "invite_id", postgresql_where="invite_id IS NOT NULL"),
        Index(
            "ix_enrolment_file_number",
            "organisation_id",
            "file_number_key",
            postgresql_where="file_number_key IS NOT NULL",
        ),
        OF_ORGANISATION,
    )

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    #: A random non-word, different in each organisation; staff know the person by it.
    pseudonym: Mapped[str]
    invite_id: Mapped[UUID | None] = mapped_column(ForeignKey("invite.id", ondelete="SET NULL"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    #: Of the organisation's own file on them, sealed, and what it is found by:
    #: domain/returnees/file_numbers.py.
    file_number: Mapped[bytes | None]
    file_number_key: Mapped[bytes | None]


#: Of an enrolment that has not ended: the organisation accompanies the person.
STILL_ENROLLED = Enrolment.until_at.is_(None)
#: In this order the first is with whoever accompanies a person now, or with whoever did last.
NEWEST_FIRST = (
    Enrolment.until_at.desc().nulls_first(),
    Enrolment.from_at.desc(),
    Enrolment.id.desc(),
)


class Invite(Identified, Base):
    __tablename__ = "invite"
    __table_args__ = (
        Index("ix_invite_words", "expires_at", postgresql_where="words IS NOT NULL"),
        Index("ix_invite_unused", "expires_at", postgresql_where="used_at IS NULL"),
        Index(
            "ix_invite_file_number", "expires_at", postgresql_where="file_number_key IS NOT NULL"
        ),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    #: None when the operator made it on the command line.
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    #: The words agreed on with whoever it is for, sealed, until they come.
    words: Mapped[bytes | None]
    #: The key of the pathway that whoever comes by it is put on.
    pathway: Mapped[str | None]
    #: Of the organisation's own file on whoever it is for, until they come.
    file_number: Mapped[bytes | None]
    file_number_key: Mapped[bytes | None]


class TurningPoints(Base):
    """Days after which somebody is asked anew, as staff wrote them down."""

    __tablename__ = "turning_points"
    __table_args__ = (Index("ix_turning_points_looked_at", "looked_at"), OF_RETURNEE)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    #: Sealed under the person's key: {"arrives": "YYYY-MM-DD", "turns_18": "YYYY-MM"}.
    days: Mapped[bytes]
    looked_at: Mapped[datetime]


class ChildDecision(Base):
    """Who of an organisation looks after a child, and why its check-ins are in the child's best
    interests. Of two that accompany the child each decides for its own.
    """

    __tablename__ = "child_decision"
    __table_args__ = (OF_ORGANISATION,)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    #: Sealed under the person's key.
    decision: Mapped[bytes]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class ChildProtection(Base):
    """The same as earlier releases write it, one for all organisations: it is that of whichever the
    worker is with (decision 0104). Nothing is added here any more.
    """

    __tablename__ = "child_protection"
    __table_args__ = (OF_RETURNEE,)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    #: Sealed under the person's key.
    decision: Mapped[bytes]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class Safety(Base):
    """When and how this person may be contacted."""

    __tablename__ = "safety"
    __table_args__ = (
        Index("ix_safety_other_until", "other_until", postgresql_where="other_until IS NOT NULL"),
        OF_RETURNEE,
    )

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    #: Sealed under the person's key: {"days": [0-6], "from": "HH:MM", "to": "HH:MM"}, local time.
    window: Mapped[bytes | None]
    never_first: Mapped[bool] = mapped_column(server_default=text("false"))
    second_prompt: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Keyed hashes by which the word that freezes the chat is known: domain/stop_word/forms.py,
    #: domain/returnees/kept_words.py.
    stop_word: Mapped[bytes | None]
    #: The name of the two sentences that were agreed on for a frozen chat.
    stop_signs: Mapped[str | None]
    silence: Mapped[SilencePlan] = mapped_column(server_default=SilencePlan.WRITE_ONCE)
    #: Whom they named for that, sealed under their key, and until when it counts.
    other: Mapped[bytes | None]
    other_until: Mapped[datetime | None]
    #: When it is asked again whether the hours are still right.
    ask_hours_at: Mapped[datetime | None] = mapped_column(index=True)
    #: Whom they wish to be helped by, and what they avoid, sealed under their key:
    #: domain/returnees/wishes.py.
    wishes: Mapped[bytes | None]
    #: On a watched phone.
    visible: Mapped[Visible] = mapped_column(server_default=Visible.NOTHING)


class AgreedWords(Base):
    """Two words by which a worker knows this person again (P13)."""

    __tablename__ = "agreed_words"
    __table_args__ = (OF_RETURNEE,)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    #: Sealed under the person's key.
    words: Mapped[bytes]
    agreed_at: Mapped[datetime]


class NewPhone(Identified, Base):
    """Two of the staff agree that somebody has a new phone; a code then lets it in."""

    __tablename__ = "new_phone"
    __table_args__ = (OF_ORGANISATION,)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: Of the code, once a second one confirmed.
    code_hash: Mapped[bytes | None] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class PictureLock(Base):
    """The row of pictures that opens a watched phone."""

    __tablename__ = "picture_lock"
    __table_args__ = (OF_RETURNEE,)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    #: A keyed hash, under the person's own key.
    row: Mapped[bytes]
    wrong_rows: Mapped[int] = mapped_column(server_default=text("0"))
    #: Until then no row opens anything.
    shut_until: Mapped[datetime | None]
    #: Until then nobody is asked for the row again.
    open_until: Mapped[datetime | None]
    #: What is to be opened, and the pictures tapped so far, sealed under the person's key.
    pending: Mapped[bytes | None]
