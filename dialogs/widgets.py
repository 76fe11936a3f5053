"""The few widgets that aiogram-dialog lacks, and those that many windows share."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup
from aiogram_dialog import DialogManager, DialogProtocol, StartMode
from aiogram_dialog.api.internal import RawKeyboard
from aiogram_dialog.api.internal.widgets import MarkupFactory
from aiogram_dialog.utils import add_intent_id
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.kbd import Keyboard, ScrollingGroup, Select, Start, SwitchTo
from aiogram_dialog.widgets.text import Format, Text

from dialogs.presses import AskForHuman
from dialogs.states import MenuStates
from dialogs.texts import Forms, Tr
from domain.errors import Refused
from domain.marks import N_

_NOT_OURS = N_("This button is not one of ours.")
_YES, _NO = "+", "-"
# Of a number on a button of ours; a database takes it, too.
_MOST_DIGITS = 9
#: By this name a window learns that it is shown because of words that no machine understands.
NOT_UNDERSTOOD = "not_understood"


class _LastingButton(InlineKeyboardButton):
    """Is not tied to the dialog that it stands in."""


class LastingMarkup(MarkupFactory):
    """For windows with a button that works even when their dialog is long gone."""

    async def render_markup(
        self, data: dict[str, Any], manager: DialogManager, keyboard: RawKeyboard
    ) -> InlineKeyboardMarkup:
        rows = [[key for key in row if isinstance(key, InlineKeyboardButton)] for row in keyboard]
        own: RawKeyboard = [
            [key for key in row if not isinstance(key, _LastingButton)] for row in rows
        ]
        add_intent_id(own, manager.current_context().id)
        return InlineKeyboardMarkup(inline_keyboard=rows)


class Lasting(Keyboard):
    """Such a button."""

    def __init__(
        self,
        text: Text,
        press: Callable[[dict[str, Any]], CallbackData],
        when: WhenCondition = None,
    ) -> None:
        super().__init__(when=when)
        self.text = text
        self.press = press

    async def _render_keyboard(self, data: dict[str, Any], manager: DialogManager) -> RawKeyboard:
        label = await self.text.render_text(data, manager)
        return [[_LastingButton(text=label, callback_data=self.press(data).pack())]]


class _Choices(Select[str]):
    """Refuses what no button of ours ever said, and no database takes."""

    async def _process_item_callback(
        self, callback: CallbackQuery, data: str, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        if not data.isprintable():
            raise Refused(_NOT_OURS)
        return await super()._process_item_callback(callback, data, dialog, manager)


class Pages(ScrollingGroup):
    """More than fit below a message, some at a time."""

    def __init__(self, name: str, of: Keyboard) -> None:
        super().__init__(of, id=name, width=2, height=6, hide_on_single_page=True)

    async def _process_item_callback(
        self, callback: CallbackQuery, data: str, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        await self.set_page(callback, number_in(data), manager)
        return True


def number_in(chosen: str) -> int:
    """Raises Refused for what no button of ours ever said."""
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= _MOST_DIGITS):
        raise Refused(_NOT_OURS)
    return int(chosen)


def wanting(about: str, yes: bool) -> str:
    """What the button of a line says once it is pressed: so two presses of it want the same."""
    return f"{about}{_YES if yes else _NO}"


def wanted_in(chosen: str) -> tuple[str, bool]:
    """Of which line it is, and whether it is to be so. A button of an earlier release turned it
    about: pressed now, it takes away at most.
    """
    if chosen.endswith(_YES):
        return chosen.removesuffix(_YES), True
    return chosen.removesuffix(_NO), False


def id_in(chosen: str) -> UUID:
    """The same of a row's id."""
    try:
        return UUID(chosen)
    except ValueError:
        raise Refused(_NOT_OURS) from None


def choices(name: str, on_click: Any, items: str = "choices") -> Select[str]:
    """A button for each of the getter's pairs: what stands on it, and what `on_click` is told."""
    return _Choices(
        Format("{item[0]}"),
        id=name,
        item_id_getter=lambda item: item[1],
        items=items,
        on_click=on_click,
    )


def shown_again(data: dict[str, Any], widget: Any, manager: DialogManager) -> bool:
    """Because of such words; only this once, the window that follows is not."""
    return NOT_UNDERSTOOD in manager.middleware_data


def use_buttons(when: WhenCondition) -> Forms:
    """What stands above such a window."""
    return Forms(
        N_("I am a machine and can't understand sentences, so please use the buttons.\n"),
        discreet=N_("Please use the buttons.\n"),
        watched=N_("Please use the buttons.\n"),
        when=when,
    )


def back_to(state: State) -> Keyboard:
    return SwitchTo(Tr("◀️ Back"), id="back", state=state)


def to_menu() -> Keyboard:
    return Start(Tr("Menu"), id="menu", state=MenuStates.main, mode=StartMode.RESET_STACK)


def to_a_human() -> Keyboard:
    words = Forms(
        N_("🙋 Talk to a person"), discreet=N_("🙋 Talk to a person"), watched=N_("Contact")
    )
    return Lasting(words, lambda _: AskForHuman())
