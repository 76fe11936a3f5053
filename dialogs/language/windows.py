from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Group, Select
from aiogram_dialog.widgets.text import Format

from dialogs.language.actions import choose
from dialogs.states import LanguageStates
from dialogs.texts import Tr
from locales.catalogues import LANGUAGES


def language_dialog() -> Dialog:
    languages = Select(
        Format("{item[1]}"),
        id="language",
        item_id_getter=lambda item: item[0],
        items=list(LANGUAGES.items()),
        on_click=choose,
    )
    return Dialog(
        Window(
            Tr("🌐 Which language do you read best?"),
            Group(languages, width=2),
            state=LanguageStates.choose,
        )
    )
