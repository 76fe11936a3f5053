from collections.abc import Iterator

import pytest
from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.handler import CallableObject
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery

from bot.lanes.current import Current
from bot.lanes.windows import WindowsToOutbox
from dialogs.presses import AskForHuman
from domain.distress import Watch
from handlers.dispatcher import create_dispatcher
from locales.catalogues import Catalogues
from tests.handlers.phone import Phone


@pytest.fixture
def dispatcher() -> Dispatcher:
    return create_dispatcher(
        MemoryStorage(), WindowsToOutbox(Current()), Catalogues.load(), Watch.load()
    )


async def test_no_filter_and_no_handler_goes_to_a_thread(dispatcher: Dispatcher) -> None:
    called = list(_called_by(dispatcher))

    assert len(called) > 100
    assert [each.callback for each in called if not each.awaitable] == []


async def test_no_command_asks_telegram_what_we_are_called(dispatcher: Dispatcher) -> None:
    filters = [each.callback for each in _called_by(dispatcher)]
    commands = [each for each in filters if isinstance(each, Command)]

    assert len(commands) > 10
    assert all(command.ignore_mention for command in commands)


async def test_a_dialog_s_button_is_compared_with_none_of_the_others(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    async def compare(self: CallbackQueryFilter, query: CallbackQuery) -> bool:
        compared.append(self.callback_data)
        return False

    await phone.write("/start")
    monkeypatch.setattr(CallbackQueryFilter, "__call__", compare)
    assert await phone.press("Українська")
    assert compared == []
    await phone.press_data(AskForHuman().pack())
    assert compared[0] is AskForHuman


def _called_by(router: Router) -> Iterator[CallableObject]:
    for kind, observer in router.observers.items():
        if kind == "aiogd_update":
            # aiogram-dialog's own, of which we send none.
            continue
        for handler in (observer._handler, *observer.handlers):
            yield from handler.filters or ()
        yield from observer.handlers
    for part in router.sub_routers:
        yield from _called_by(part)
