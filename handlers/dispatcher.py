"""The one place where everything that an update can lead to comes together, in its order."""

from aiogram import Dispatcher
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram_dialog import setup_dialogs
from aiogram_dialog.api.protocols import MessageManagerProtocol

from dialogs.language.windows import language_dialog
from dialogs.menu.windows import menu_dialog
from handlers import entering
from handlers.people import People
from locales.catalogues import Catalogues


def create_dispatcher(
    storage: BaseStorage, message_manager: MessageManagerProtocol, catalogues: Catalogues
) -> Dispatcher:
    """Feed it `session` and `answers` with every update. It raises what is nobody's refusal."""
    # The lanes keep a chat's updates apart, so no lock is needed here.
    isolation = DisabledEventIsolation()
    dispatcher = Dispatcher(storage=storage, events_isolation=isolation, catalogues=catalogues)
    dispatcher.update.outer_middleware(People(catalogues))
    dispatcher.include_routers(entering.router(), language_dialog(), menu_dialog())
    setup_dialogs(dispatcher, message_manager=message_manager, events_isolation=isolation)
    return dispatcher
