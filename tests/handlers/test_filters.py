from collections.abc import Iterator

from aiogram import Router
from aiogram.dispatcher.event.handler import CallableObject
from aiogram.fsm.storage.memory import MemoryStorage

from bot.current import Current
from bot.windows import WindowsToOutbox
from domain.distress import Watch
from handlers.dispatcher import create_dispatcher
from locales.catalogues import Catalogues


async def test_no_filter_and_no_handler_goes_to_a_thread() -> None:
    dispatcher = create_dispatcher(
        MemoryStorage(), WindowsToOutbox(Current()), Catalogues.load(), Watch.load()
    )
    called = list(_called_by(dispatcher))

    assert len(called) > 100
    assert [each.callback for each in called if not each.awaitable] == []


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
