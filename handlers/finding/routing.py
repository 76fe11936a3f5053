"""How an update finds its handler: by as few steps as there can be, since each costs."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram_dialog import Dialog
from aiogram_dialog.api.internal import CONTEXT_KEY

from dialogs.asking import stop_waiting
from dialogs.at_hand import kept
from dialogs.pictures.actions import is_shut_again
from dialogs.states import LanguageStates, MenuStates, ServicesStates
from handlers.reading.filters import Glance


class Door(Router):
    """Open to the kinds of updates that it names, and of each to what all its glances let in.

    aiogram's own way to the filters of a router takes six times as long, and an update passes by
    most routers. A door has neither filters nor middlewares, so no way is laid through them for
    each update that it lets in; and its handlers are glanced at, too, before aiogram asks their
    filters one by one.
    """

    def __init__(self, name: str, **kinds: Sequence[Glance]) -> None:
        super().__init__(name=name)
        self._kinds = kinds
        #: Behind it, once its handlers are known.
        self._ways: dict[str, Sequence[_Way]] = {}

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        glances = self._kinds.get(update_type)
        if glances is None or not _may_hold(glances, event, kwargs):
            return UNHANDLED
        kwargs["event_router"] = self
        for way in self._ways_of(update_type):
            if _may_hold(way.glances, event, kwargs):
                handled = await way.go(event, **kwargs)
                if handled is not UNHANDLED:
                    return handled
        return UNHANDLED

    def _ways_of(self, kind: str) -> Sequence["_Way"]:
        if kind not in self._ways:
            observer = self.observers[kind]
            assert not observer.outer_middleware
            assert not observer._handler.filters
            handlers = [_Way.to(each, self, kind) for each in observer.handlers]
            inner = [_Way(partial(each.propagate_event, kind)) for each in self.sub_routers]
            self._ways[kind] = handlers + inner
        return self._ways[kind]


@dataclass(frozen=True, slots=True)
class _Way:
    """To a handler, or to a router."""

    go: Callable[..., Awaitable[Any]]
    glances: Sequence[Glance] = ()

    @classmethod
    def to(cls, handler: HandlerObject, router: Router, kind: str) -> "_Way":
        alone = TelegramEventObserver(router, kind)
        alone.handlers.append(handler)
        filters: list[Any] = [each.callback for each in handler.filters or ()]
        return cls(alone.trigger, [each for each in filters if isinstance(each, Glance)])


def gathered(*routers: Router) -> Router:
    """One router with all their handlers, in the same order. They have no filter of their own, and
    each handler of a press begins with the data of its buttons.
    """
    handlers = {
        kind: [each for router in routers for each in router.observers[kind].handlers]
        for kind in routers[0].observers
    }
    kinds: dict[str, Sequence[Glance]] = dict.fromkeys(handlers, ())
    kinds["callback_query"] = (_Pressed(handlers["callback_query"]),)
    everything = Door(" · ".join(router.name for router in routers), **kinds)
    for kind, observer in everything.observers.items():
        observer.handlers += handlers[kind]
    for observer in (everything.message, everything.callback_query):
        observer.middleware(_Elsewhere())
    return everything


def _may_hold(glances: Iterable[Glance], event: TelegramObject, known: Mapping[str, Any]) -> bool:
    # No generator, which takes longer than most glances.
    for each in glances:  # noqa: SIM110
        if not each.may_hold(event, known):
            return False
    return True


class _Pressed(Glance):
    """A button that one of them knows. Most presses are of dialogs, and none of theirs: to ask some
    thirty handlers one by one would cost more than to open the dialog.
    """

    def __init__(self, handlers: Sequence[HandlerObject]) -> None:
        self._prefixes = frozenset(map(_prefix, handlers))

    def may_hold(self, event: CallbackQuery, known: Mapping[str, Any]) -> bool:
        return (event.data or "").partition(":")[0] in self._prefixes


def _prefix(handler: HandlerObject) -> str:
    first = handler.filters[0].callback if handler.filters else None
    assert isinstance(first, CallbackQueryFilter), handler.callback
    return first.callback_data.__prefix__


class _Elsewhere(BaseMiddleware):
    """Whoever presses what is no button of the dialog, sends a command or calls for help is told
    something else: no window above that waits for words any more.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        context: Any = data.get(CONTEXT_KEY)
        is_said = isinstance(event, Message) and not (event.text or "").startswith("/")
        if context is not None and (data["found"] or not is_said):
            stop_waiting(context)
        return await handler(event, data)


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
