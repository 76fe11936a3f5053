"""Every window of every dialog, rendered without anybody who walks there."""

from collections.abc import Iterator
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram_dialog import Dialog
from aiogram_dialog.api.entities import Context
from aiogram_dialog.window import Window

from dialogs.texts import Texts
from dialogs.widgets import NOT_UNDERSTOOD
from handlers.dispatcher import private_router
from storage.sessions import Session
from storage.tables.returnees import Returnee


class Still:
    """As much of a dialog manager as a window asks for while it is drawn."""

    def __init__(self, state: State, middleware: dict[str, Any], chosen: dict[str, Any]) -> None:
        self.middleware_data = {**middleware, "dialog_manager": self, NOT_UNDERSTOOD: True}
        self.dialog_data = chosen
        self.start_data = {NOT_UNDERSTOOD: "2026-11-25"}
        self._context = Context(_intent_id="still", _stack_id="", state=state, start_data={})

    def current_context(self) -> Context:
        return self._context

    def has_context(self) -> bool:
        return True

    async def load_data(self) -> dict[str, Any]:
        return {"dialog_data": self.dialog_data, "start_data": self.start_data}

    def is_preview(self) -> bool:
        return False


def every_window() -> Iterator[tuple[State, Dialog, Window]]:
    """Whatever the chat's routers lead to, so that no new one is forgotten."""
    routers = [private_router()]
    while routers:
        router = routers.pop()
        routers += router.sub_routers
        if isinstance(router, Dialog):
            for state, window in router.windows.items():
                assert isinstance(window, Window)
                yield state, router, window


async def looks(
    window: Window,
    dialog: Dialog,
    state: State,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
    chosen: dict[str, Any],
) -> str:
    """The window's text and the labels of its buttons."""
    text, rows = await drawn(window, dialog, state, session, returnee, texts, chosen)
    return "\n".join([text, *(key.text for row in rows for key in row)])


async def drawn(
    window: Window,
    dialog: Dialog,
    state: State,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
    chosen: dict[str, Any],
) -> tuple[str, list[list[InlineKeyboardButton]]]:
    """The window's text, and its rows of buttons."""
    middleware = {"session": session, "returnee": returnee, "texts": texts}
    manager: Any = Still(state, middleware, dict(chosen))
    data = await dialog.load_data(manager)
    data |= await window.load_data(dialog, manager)
    markup = await window.render_kbd(data, manager)
    rows = markup.inline_keyboard if isinstance(markup, InlineKeyboardMarkup) else []
    return await window.render_text(data, manager), rows
