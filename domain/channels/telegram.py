"""Telegram as a way to staff, each or in their group: where it takes nothing, others hear of it, as
of any channel.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update

from domain.channels.calling import tell_others
from domain.organisations import lock_organisation
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

_NAME = "Telegram"
# Set while the bot is no administrator of their group.
_UNREAD = "staff_group_unread"


async def takes_nothing(session: Session, staff: Staff, at: datetime) -> None:
    """At that instant they had blocked the bot, lost their account, or no key opened their address:
    once, until it works again. What tells of it late tells nothing once they were heard of since.
    """
    heard_since = staff.telegram_heard_at is not None and staff.telegram_heard_at > at
    if staff.telegram_fails_since is None and not heard_since:
        staff.telegram_fails_since = session.now
        await tell_others(session, staff.organisation_id, _NAME, owner=staff.id)


async def group_takes_nothing(session: Session, organisation: Organisation) -> None:
    """The bot is in their staff group no more, or may not write there: once, until it may again.
    Another one that somebody names just now may be as good as any. Needs the service's scope.
    """
    group = organisation.staff_chat_key
    organisation = await lock_organisation(session, organisation.id)
    is_theirs = organisation.staff_chat_key == group
    if is_theirs and organisation.staff_chat_fails_since is None:
        organisation.staff_chat_fails_since = session.now
        await tell_others(session, organisation.id, _NAME)


async def groups_take_again(session: Session, chats: Collection[int]) -> None:
    """Something has come there, or the bot may write again."""
    keys = [key for chat_id in chats for key in session.keys.look_ups(chat_id, "chat")]
    if keys:
        failing = Organisation.staff_chat_fails_since.is_not(None)
        await session.execute(
            update(Organisation)
            .where(Organisation.staff_chat_key.in_(keys), failing)
            .values(staff_chat_fails_since=None)
        )


def reads_topics(organisation: Organisation) -> bool:
    """Whether what staff write in the topics of their group reaches us, as far as Telegram told."""
    fails = organisation.staff_chat_fails_since is not None
    return not fails and _UNREAD not in organisation.settings


async def note_topics(session: Session, organisation: Organisation, *, read: bool) -> None:
    """Of a group Telegram tells nobody but its administrators everything."""
    organisation = await lock_organisation(session, organisation.id)
    settings = {name: kept for name, kept in organisation.settings.items() if name != _UNREAD}
    organisation.settings = settings if read else {**settings, _UNREAD: True}
