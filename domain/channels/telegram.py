"""Telegram as a way to staff: where it takes nothing, others hear of it, as of any channel."""

from domain.channels.calling import tell_others
from storage.organisations import Organisation
from storage.sessions import Session
from storage.staff import Staff

_NAME = "Telegram"


async def takes_nothing(session: Session, staff: Staff) -> None:
    """They have blocked the bot, or lost their account: once, until it works again.

    Needs the service's scope, as everything in this module.
    """
    if staff.telegram_fails_since is None:
        staff.telegram_fails_since = session.now
        await tell_others(session, staff.organisation_id, _NAME, owner=staff.id)


def takes_again(staff: Staff) -> None:
    """They were heard of there."""
    staff.telegram_fails_since = None


async def group_lost(session: Session, organisation: Organisation) -> None:
    """The bot is in the staff group no more."""
    await tell_others(session, organisation.id, _NAME)
