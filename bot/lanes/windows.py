"""Dialog windows leave through the outbox, like everything else.

aiogram-dialog sends inside its own show(), before our commit: one 429 there would roll back
whatever the handler did. Here a window becomes a row, and its message a stand-in number that
delivery resolves.
"""

from dataclasses import replace

from aiogram import Bot
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram_dialog.api.entities import NewMessage, OldMessage, ShowMode
from aiogram_dialog.api.protocols import MessageManagerProtocol, MessageNotModified

from bot.lanes.current import Current
from dialogs.presses import keyboard
from domain.identity.pictures import was_open
from domain.returnees.chats import returnee_of_chat
from domain.returnees.phone import discretion_now
from domain.safety.outgoing import REPLY_LIFE, drawn_for
from domain.safety.screens import STAYS_OPEN
from storage.kinds import Discretion, NoticeClass
from storage.outbox.contents import Deletion, Window
from storage.outbox.letters import Delivery, Letter, put
from storage.outbox.unsent import post_newest, take_back
from storage.sessions import Session
from storage.tables.returnees import Returnee


class WindowsToOutbox(MessageManagerProtocol):
    def __init__(self, current: Current) -> None:
        self._current = current

    async def show_message(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None
    ) -> OldMessage:
        if new_message.show_mode is ShowMode.NO_UPDATE:
            raise MessageNotModified("nothing to show")
        session, chat = self._current.session, new_message.chat
        returnee = await returnee_of_chat(session, chat.id)
        edit, replaces = await self._takes_place_of(old_message, new_message)
        window = Window(new_message.text or "", _plain(new_message), edit, replaces)
        content = drawn_for(window, returnee)
        stand_in = await post_newest(
            session, Letter(chat.id, content, await _reply(session, returnee))
        )
        return OldMessage(
            chat=chat,
            message_id=stand_in if edit is None else edit,
            media_id=None,
            media_uniq_id=None,
            text=new_message.text,
        )

    async def _takes_place_of(
        self, old: OldMessage | None, new: NewMessage
    ) -> tuple[int | None, int | None]:
        """The message that it is edited into, or the one that goes once it is there."""
        if old is None:
            return None, None
        unseen = await take_back(self._current.session, old.message_id)
        if unseen is not None:
            # A flood must not leave a queue of windows in front of what matters.
            return None, unseen.replaces if isinstance(unseen, Window) else None
        editable = isinstance(new.reply_markup, InlineKeyboardMarkup | None)
        if editable and new.show_mode is ShowMode.EDIT:
            return old.message_id, None
        return None, old.message_id

    async def remove_kbd(
        self, bot: Bot, show_mode: ShowMode, old_message: OldMessage | None
    ) -> Message | None:
        """A closed dialog's message goes, keyboard and all, however late."""
        if old_message is not None and show_mode is not ShowMode.NO_UPDATE:
            session, chat_id = self._current.session, old_message.chat.id
            reply = await _reply(session, await returnee_of_chat(session, chat_id))
            gone = Deletion((old_message.message_id,))
            await put(session, chat_id, gone, replace(reply, expires_at=None))
        return None

    async def answer_callback(self, bot: Bot, callback_query: CallbackQuery) -> None:
        """After commit, every press is answered once by the lane that handled it."""


async def _reply(session: Session, returnee: Returnee | None) -> Delivery:
    """A late reply to somebody we know waits for their safe window; on a guarded phone, and in a
    frozen chat, for nothing: when they write again, or that thaws, somebody else may look. What the
    row of pictures opened comes no later than it would be covered.
    """
    if returnee is None:
        return Delivery(NoticeClass.REPLY)
    expires_at = None
    if discretion_now(returnee) is not Discretion.OPEN:
        is_opened = await was_open(session, returnee)
        expires_at = session.asked_at + (STAYS_OPEN if is_opened else REPLY_LIFE)
    return Delivery(NoticeClass.REPLY, returnee_id=returnee.id, expires_at=expires_at)


def _plain(message: NewMessage) -> dict[str, object] | None:
    markup = message.reply_markup
    if markup is None:
        return None
    if isinstance(markup, InlineKeyboardMarkup):
        markup = keyboard(*markup.inline_keyboard)
    return markup.model_dump(mode="json", exclude_none=True)
