"""Recordings and pictures: what is in them no machine knows, so a human hears or sees each (P1).
After that the way to it goes, where the person does not want it kept (P5).
"""

from datetime import datetime
from uuid import UUID

from domain.consent import has_consent
from domain.errors import Refused
from domain.messages.keeping import change_body
from domain.messages.sealing import what_opens_of
from domain.retention_periods import RECORDING_WITHOUT_CONSENT
from storage.kinds import Purpose
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.safeguarding import ComplaintMessage


async def now_heard(
    session: Session, message: Message | ComplaintMessage, staff_id: UUID | None
) -> None:
    """For the first time, by somebody who may."""
    message.heard_at, message.heard_by = session.now, staff_id
    is_wanted = await has_consent(session, message.returnee_id, Purpose.VOICE)
    message.forget_at = None if is_wanted else session.now + RECORDING_WITHOUT_CONSENT


def ensure_heard(unheard_by: datetime | None) -> None:
    """Raises Refused where something must have been heard by then that nobody has."""
    if unheard_by is not None:
        raise Refused("There is a recording or picture here that nobody has opened yet.")


async def forget_recording(session: Session, message: Message | ComplaintMessage) -> None:
    """The way to it, and with it all that we had; that there was one stays in the talk."""
    body = await what_opens_of(session, message)
    body.pop("file_id", None)
    message.forget_at = None
    await change_body(session, message, body)
