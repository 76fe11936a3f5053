"""Choosing the row of pictures that opens a watched phone: twice, so that it is no slip."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.kbd import Button, Group, Select
from aiogram_dialog.widgets.text import Format

from dialogs.at_hand import at_hand
from dialogs.texts import Texts, Tr
from dialogs.widgets import number_in
from dialogs.words.chat import dots
from domain.identity.pictures import LENGTH, PICTURES, choose_row, is_row

Done = Callable[[DialogManager], Awaitable[None]]


def pictures_window(state: State, done: Done, back: Done) -> Window:
    """`done` goes on from here, once a row is chosen; `back` goes where they came from."""

    async def tap(query: CallbackQuery, select: Any, manager: DialogManager, chosen: str) -> None:
        if await _take(manager, number_in(chosen)):
            await done(manager)

    async def leave(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
        manager.dialog_data.update(taps=[], first=None, differs=False)
        await back(manager)

    return Window(
        Format("{heading}\n{dots}"),
        Group(
            Select(
                Format("{item[1]}"),
                id="picture",
                item_id_getter=lambda item: item[0],
                items=list(enumerate(PICTURES)),
                on_click=tap,
            ),
            width=4,
        ),
        Button(Tr("◀️ Back"), id="back", on_click=leave),
        state=state,
        getter=get_row,
    )


async def get_row(dialog_manager: DialogManager, texts: Texts, **_: Any) -> dict[str, Any]:
    kept = dialog_manager.dialog_data
    if kept.get("differs"):
        heading = texts("These were others. Choose four pictures once more.")
    elif kept.get("first"):
        heading = texts("The same four once more, please.")
    else:
        heading = texts("Choose four pictures, one after the other, and remember them.")
    return {"heading": heading, "dots": dots(len(kept.get("taps", [])))}


async def _take(manager: DialogManager, picture: int) -> bool:
    """Whether the row is chosen now."""
    kept = manager.dialog_data
    taps = [*kept.get("taps", []), picture]
    if len(taps) < LENGTH:
        kept.update(taps=taps)
        return False
    first = kept.get("first")
    kept.update(taps=[], first=None, differs=False)
    if first is None:
        kept.update(first=taps)
        return False
    if taps != first or not is_row(taps):
        kept.update(differs=True)
        return False
    await choose_row(*at_hand(manager), taps)
    return True
