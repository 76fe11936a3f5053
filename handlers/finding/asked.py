"""Words that a window waits for, before they could be taken for talk."""

from collections.abc import Mapping
from typing import Any

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram.types import Message
from aiogram_dialog.api.entities import Context, Stack
from aiogram_dialog.api.exceptions import UnknownIntent, UnknownState
from aiogram_dialog.api.internal import CONTEXT_KEY
from aiogram_dialog.context.storage import StorageProxy

from dialogs.asking import waits_since
from dialogs.states import NamingStates, StopWordStates
from domain.identity.pictures import is_locked
from domain.notices.unasked import came_unasked
from domain.replies.answered import is_from_a_worker
from handlers.reading.contents import is_command, kind_of
from handlers.reading.filters import Glance
from storage.kinds import MessageKind
from storage.outbox.letters import sent_as
from storage.sessions import Session
from storage.tables.returnees import Returnee


class Asked(Glance, Filter):
    """Passes words that answer one of these windows, while it is shown and for some minutes only.

    A cry for help is no answer, and neither is what is written on a watched phone that is locked by
    now: somebody else may hold it. Nor is what answers a question of a check-in or another message
    there, or comes below what the team wrote since: that is for them.
    """

    def __init__(self, *windows: State) -> None:
        self.windows = windows

    def may_hold(self, event: Any, known: Mapping[str, Any]) -> bool:
        context: Context | None = known.get(CONTEXT_KEY)
        return context is not None and context.state in self.windows

    async def __call__(
        self,
        message: Message,
        found: bool,
        session: Session,
        returnee: Returnee | None,
        aiogd_context: Context | None = None,
        aiogd_stack: Stack | None = None,
    ) -> bool:
        if found or returnee is None:
            return False
        return await self.is_answered(message, session, returnee, aiogd_context, aiogd_stack)

    async def is_answered(
        self,
        message: Message,
        session: Session,
        returnee: Returnee,
        window: Context | None,
        stack: Stack | None,
    ) -> bool:
        """By words in which nothing was heard, while this window is on their screen."""
        if window is None or window.state not in self.windows:
            return False
        since = waits_since(window, session.now)
        if since is None or returnee.typing_for is not None:
            return False
        if await came_unasked(session, returnee, since):
            return False
        if await _answers_another(session, message, stack):
            return False
        return not await is_locked(session, returnee)


#: What these are told is kept where it belongs, and in no conversation.
NAMES = Asked(NamingStates.who, NamingStates.how)
STOP_WORD = Asked(StopWordStates.word, StopWordStates.again)
_NAME = Asked(NamingStates.who)
_TYPED = Asked(*NAMES.windows, *STOP_WORD.windows)
_GROUPS: dict[str, type[StatesGroup]] = {
    group.__full_group_name__: group for group in (NamingStates, StopWordStates)
}


async def is_for_a_window(
    session: Session, message: Message, returnee: Returnee, state: FSMContext | None
) -> bool:
    """Whether these words, or this card of somebody whose name is asked for, in which nothing was
    heard, are no message to anybody: they answer a window that keeps them to itself. Nobody is
    called by them.
    """
    takes = _NAME if message.contact else _TYPED
    may_fit = message.contact or _is_typed(message)
    if state is None or not may_fit or message.edit_date is not None:
        return False
    window, stack = await _window(message.bot, state)
    return await takes.is_answered(message, session, returnee, window, stack)


def _is_typed(message: Message) -> bool:
    is_text = kind_of(message) is MessageKind.TEXT and bool(message.text)
    return is_text and not is_command(message.text or "")


async def _answers_another(session: Session, message: Message, stack: Stack | None) -> bool:
    """Whether it answers another message than the window, such as an older one."""
    answered = message.reply_to_message
    if answered is None:
        return False
    shown = stack.last_message_id if stack else None
    return shown is None or await sent_as(session, shown) != answered.message_id


async def answers_words(session: Session, message: Message, returnee: Returnee) -> bool:
    """Whether it answers, by the gesture for that, what a worker or they themselves wrote: it is
    about those words, whatever was asked since.
    """
    answered = message.reply_to_message
    if answered is None:
        return False
    is_theirs = answered.from_user is not None and not answered.from_user.is_bot
    return is_theirs or await is_from_a_worker(session, returnee, answered.message_id)


async def _window(bot: Bot | None, state: FSMContext) -> tuple[Context | None, Stack | None]:
    """The one on their screen, if it is of these, and which message shows it."""
    if bot is None:
        return None, None
    proxy = StorageProxy(
        state.storage,
        DisabledEventIsolation(),
        state.key.user_id,
        state.key.chat_id,
        thread_id=None,
        business_connection_id=None,
        bot=bot,
        state_groups=_GROUPS,
    )
    stack = await proxy.load_stack()
    if not stack.intents:
        return None, stack
    try:
        return await proxy.load_context(stack.intents[-1]), stack
    except (UnknownIntent, UnknownState):
        return None, stack
