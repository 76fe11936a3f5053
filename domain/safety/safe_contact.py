"""What a worker must know before they write to somebody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.illegible import if_legible
from domain.returnees.phone import who_is_there
from domain.returnees.wishes import Wishes, wishes_of
from domain.safety.silence_plan import plan_now
from domain.safety.window import Window, window_of
from storage.kinds import Discretion, Identity, SilencePlan
from storage.sessions import Session
from storage.tables.returnees import AgreedWords, PictureLock, Returnee, Safety


@dataclass(frozen=True, slots=True)
class SafeContact:
    language: str
    #: Where they said that they are.
    country: str | None
    discretion: Discretion
    identity: Identity
    shared_phone: bool
    window: Window
    time_zone: str
    never_first: bool
    paused_until: datetime | None
    frozen: bool
    #: The bot was blocked there, or the account is gone: nothing arrives.
    blocked: bool
    has_stop_word: bool
    #: Two words by which they are known are agreed on.
    has_words: bool
    #: What they want done when they fall silent, and until when somebody is named for it.
    silence: SilencePlan
    other_until: datetime | None
    #: The row of pictures of a watched phone: whether there is one, and until when it is shut.
    has_row: bool
    shut_until: datetime | None
    #: None where no key opens them any more: nobody knows what they avoid.
    wishes: Wishes | None

    @property
    def heard_alone(self) -> bool:
        """Whether nobody but the person hears what their phone plays, as far as they said."""
        return self.discretion is Discretion.OPEN and not self.frozen and not self.shared_phone


async def safe_contact(session: Session, returnee_id: UUID, read_by: UUID) -> SafeContact:
    """As that organisation's staff read it."""
    returnee = await session.get_one(Returnee, returnee_id)
    safety = await session.get_one(Safety, returnee_id)
    lock = await session.get(PictureLock, returnee_id)
    wishes = await if_legible(wishes_of(session, returnee_id))
    return SafeContact(
        language=returnee.language,
        country=returnee.country,
        discretion=returnee.discretion,
        identity=who_is_there(returnee, session.now),
        shared_phone=returnee.shared_phone,
        window=await window_of(session, returnee_id, safety),
        time_zone=returnee.time_zone,
        never_first=safety.never_first,
        paused_until=returnee.paused_until,
        frozen=returnee.frozen_at is not None,
        blocked=returnee.blocked_at is not None,
        has_stop_word=safety.stop_word is not None,
        has_words=await session.get(AgreedWords, returnee_id) is not None,
        silence=plan_now(returnee, safety, session.now),
        other_until=safety.other_until,
        has_row=lock is not None,
        shut_until=lock.shut_until if lock else None,
        wishes=wishes.read_by(read_by) if wishes else None,
    )
