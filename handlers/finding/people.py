"""Who an update is from, and the language and discretion to answer in."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.types import Chat, TelegramObject, Update, User

from dialogs.texts import Texts
from domain.identity.trust import seen
from domain.returnees.chats import returnee_of_chat
from domain.returnees.phone import discretion_now
from domain.safety.screens import active
from domain.staff import staff_of_chat
from handlers.correcting import went_elsewhere
from handlers.hearing import is_doing_something, is_nobodys
from handlers.reading.contents import typed_in
from locales.catalogues import Catalogues, chosen_language
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class People(BaseMiddleware):
    """Handlers get `staff` or `returnee`, where it is one of them, and `texts` to answer with; of
    what nobody did they get nothing.
    """

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Update)
        if await is_nobodys(data["session"], event):
            return None
        chat: Chat | None = data.get("event_chat")
        user: User | None = data.get("event_from_user")
        staff = await staff_of_chat(data["session"], user.id) if user else None
        returnee = None
        if chat and chat.type == ChatType.PRIVATE and staff is None:
            returnee = await returnee_of_chat(data["session"], chat.id)
        if returnee is not None and is_doing_something(event):
            await seen(data["session"], returnee)
            await active(data["session"], returnee)
            if not _stays(event):
                returnee.typing_for = None
                await went_elsewhere(data["state"])
        data["staff"], data["returnee"] = staff, returnee
        data["texts"] = await self._texts(staff, returnee, user, data.get("state"))
        return await handler(event, data)

    async def _texts(
        self,
        staff: Staff | None,
        returnee: Returnee | None,
        user: User | None,
        state: FSMContext | None,
    ) -> Texts:
        if staff:
            language = staff.language
        elif returnee:
            language = returnee.language
        else:
            language = await chosen_before(state) or chosen_language(
                user.language_code if user else None
            )
        return Texts(language, discretion_now(returnee), self._catalogues.of(language))


def _stays(event: Update) -> bool:
    """Whether what was asked last may still be answered: whoever presses something or sends a
    command went elsewhere. Who sends a sticker or a voice first, puts an older message right, or
    moves with a place that is shared live, did not.
    """
    message = event.message
    is_said = message is not None and not typed_in(message).startswith("/")
    return is_said or event.edited_message is not None


async def chosen_before(state: FSMContext | None) -> str | None:
    """The language that a stranger chose; it is forgotten with their dialog, after 48 hours."""
    return (await state.get_data()).get("language") if state else None
