"""Telegram as a way to staff: where it takes nothing, others hear of it, as of any channel."""

from datetime import datetime

from domain.channels.calling import tell_others
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

_NAME = "Telegram"


async def takes_nothing(session: Session, staff: Staff, at: datetime) -> None:
    """At that instant they had blocked the bot, lost their account, or no key opened their address:
    once, until it works again. What tells of it late tells nothing once they were heard of since.
    """
    heard_since = staff.telegram_heard_at is not None and staff.telegram_heard_at > at
    if staff.telegram_fails_since is None and not heard_since:
        staff.telegram_fails_since = session.now
        await tell_others(session, staff.organisation_id, _NAME, owner=staff.id)


async def group_lost(session: Session, organisation: Organisation) -> None:
    """The bot is in the staff group no more. Needs the service's scope."""
    await tell_others(session, organisation.id, _NAME)
