"""Somebody blocks the bot, or takes it back."""

from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import ChatMemberUpdated

from domain.channels.telegram import takes_nothing
from domain.identity.blocking import note_block, note_unblock
from domain.returnees.chats import returnee_of_chat
from domain.staff import staff_of_chat
from domain.staff.telegram import takes_again
from storage.sessions import Session


async def note_membership(session: Session, change: ChatMemberUpdated) -> bool:
    """Blocking may be the safest thing that somebody could do; it is only noted."""
    if change.chat.type != ChatType.PRIVATE:
        return False
    blocked = change.new_chat_member.status == ChatMemberStatus.KICKED
    staff = await staff_of_chat(session, change.chat.id)
    if staff is not None:
        if blocked:
            await takes_nothing(session, staff, session.asked_at)
        else:
            takes_again(session, staff, change.chat.id)
        return True
    returnee = await returnee_of_chat(session, change.chat.id)
    if returnee is None:
        return False
    if blocked:
        note_block(session, returnee, session.asked_at)
    else:
        await note_unblock(session, returnee)
    return True
