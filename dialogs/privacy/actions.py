from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.welcome.notice import NOTICE_VERSION
from domain.consent import give_consent, has_consent
from storage.kinds import Purpose


async def change(query: CallbackQuery, select: Any, manager: DialogManager, chosen: str) -> None:
    """Takes back what was given, or gives it."""
    if chosen not in set(Purpose):
        return
    purpose, data = Purpose(chosen), manager.middleware_data
    session, returnee = data["session"], data["returnee"]
    granted = not await has_consent(session, returnee.id, purpose)
    await give_consent(session, returnee, purpose, granted, NOTICE_VERSION)
