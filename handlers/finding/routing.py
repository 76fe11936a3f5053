"""How an update finds its handler: by as few steps as there can be, since each costs."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, TelegramObject
from aiogram_dialog import Dialog
from aiogram_dialog.api.internal import CONTEXT_KEY

from dialogs.at_hand import kept
from dialogs.pictures.actions import is_shut_again
from dialogs.states import LanguageStates, MenuStates, ServicesStates


def gathered(*routers: Router) -> Router:
    """One router with all their handlers, in the same order. They have no filter of their own, and
    each handler of a press begins with the data of its buttons.
    """
    everything = Router(name=" · ".join(router.name for router in routers))
    for router in routers:
        for kind, observer in router.observers.items():
            everything.observers[kind].handlers += observer.handlers
    everything.callback_query.filter(_Pressed(everything.callback_query.handlers))
    return everything


class _Pressed(Filter):
    """A button that one of them knows. Most presses are of dialogs, and none of theirs: to ask some
    thirty handlers one by one would cost more than to open the dialog.
    """

    def __init__(self, handlers: Sequence[HandlerObject]) -> None:
        self._prefixes = frozenset(map(_prefix, handlers))

    async def __call__(self, press: CallbackQuery) -> bool:
        return (press.data or "").partition(":")[0] in self._prefixes


def _prefix(handler: HandlerObject) -> str:
    first = handler.filters[0].callback if handler.filters else None
    assert isinstance(first, CallbackQueryFilter), handler.callback
    return first.callback_data.__prefix__


class _RowAgain(BaseMiddleware):
    """A window behind the row of pictures that was left on the screen does nothing without it."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if await is_shut_again(data["dialog_manager"]):
            return None
        return await handler(event, data)


_FOR_ANYBODY = (LanguageStates, MenuStates, ServicesStates)


class Dialogs(Router):
    """Goes straight to the dialog that is open, and asks none of the others."""

    def __init__(self, *dialogs: Dialog) -> None:
        super().__init__(name="dialogs")
        self.include_routers(*dialogs)
        self.callback_query.middleware(_RowAgain())
        self._by_states = {dialog.states_group(): dialog for dialog in dialogs}

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        context: Any = kwargs.get(CONTEXT_KEY)
        dialog = self._by_states.get(context.state.group) if context else None
        if dialog is None:
            return UNHANDLED
        if context.state.group not in _FOR_ANYBODY:
            # It may stand there still, of somebody of whom nothing is kept any more.
            kept(kwargs["returnee"])
        return await dialog.propagate_event(update_type, event, **kwargs)
