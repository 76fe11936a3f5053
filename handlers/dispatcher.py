"""Everything that an update can lead to, in its order."""

from aiogram import Dispatcher, Router
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram_dialog import setup_dialogs
from aiogram_dialog.api.protocols import MessageManagerProtocol

from dialogs.language.windows import language_dialog
from dialogs.menu.windows import menu_dialog
from dialogs.naming.windows import naming_dialog
from dialogs.privacy.windows import privacy_dialog
from dialogs.safety.windows import safety_dialog
from dialogs.services.windows import services_dialog
from dialogs.stop_word.windows import stop_word_dialog
from dialogs.welcome.windows import welcome_dialog
from dialogs.wishes.windows import wishes_dialog
from domain.distress import Watch
from handlers.checking_in import checking_in_router, typing_router
from handlers.choosing_word import choosing_word_router
from handlers.commands import commands_router
from handlers.confiding import confiding_router
from handlers.consenting import consenting_router
from handlers.correcting import correcting_router
from handlers.entering import entering_router
from handlers.finding.people import People
from handlers.finding.routing import Dialogs, Door, gathered
from handlers.forgetting import forgetting_router
from handlers.freezing import frozen_router
from handlers.groups import groups_router
from handlers.helping import helping_router
from handlers.naming import naming_router
from handlers.opening import opening_router
from handlers.reading.filters import PRESSED_IN_PRIVATE, PRIVATE
from handlers.recovering import recover, unknown_buttons_router
from handlers.referring import referring_router
from handlers.reporting import reporting_router
from handlers.talking import talking_router
from handlers.working import working_router
from locales.catalogues import Catalogues


def create_dispatcher(
    storage: BaseStorage,
    message_manager: MessageManagerProtocol,
    catalogues: Catalogues,
    watch: Watch,
) -> Dispatcher:
    """Feed it `session`, `found` and a new `answer` with every update. It raises only what is a
    fault of ours.
    """
    # The lanes keep a chat's updates apart, so no lock is needed here.
    isolation = DisabledEventIsolation()
    dispatcher = Dispatcher(
        storage=storage, events_isolation=isolation, catalogues=catalogues, watch=watch
    )
    dispatcher.update.outer_middleware(People(catalogues))
    dispatcher.include_routers(groups_router(), working_router(), private_router())
    setup_dialogs(dispatcher, message_manager=message_manager, events_isolation=isolation)
    recover(dispatcher)
    return dispatcher


def private_router() -> Router:
    """What a frozen chat has left, which is all that it has; then what must work for ever, /help
    before all else; then the dialogs, then what nobody knows any more.
    """
    router = Door(
        "private",
        message=(PRIVATE,),
        edited_message=(PRIVATE,),
        callback_query=(PRESSED_IN_PRIVATE,),
    )
    router.include_routers(
        frozen_router(),
        gathered(
            helping_router(),
            entering_router(),
            checking_in_router(),
            consenting_router(),
            referring_router(),
            reporting_router(),
            confiding_router(),
            opening_router(),
            commands_router(),
            forgetting_router(),
            choosing_word_router(),
            naming_router(),
            correcting_router(),
            typing_router(),
            talking_router(),
        ),
        Dialogs(
            welcome_dialog(),
            language_dialog(),
            menu_dialog(),
            services_dialog(),
            safety_dialog(),
            wishes_dialog(),
            naming_dialog(),
            stop_word_dialog(),
            privacy_dialog(),
        ),
        unknown_buttons_router(),
    )
    return router
