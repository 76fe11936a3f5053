from typing import Any

from aiogram_dialog import DialogManager

from dialogs.texts import Texts
from dialogs.welcome.notice import PURPOSES, QUESTIONS


async def get_consent(dialog_manager: DialogManager, texts: Texts, **_: Any) -> dict[str, Any]:
    asked = dialog_manager.dialog_data.get("asked", 0)
    plain, discreet, watched = QUESTIONS[PURPOSES[asked]]
    return {
        "question": texts.form(plain, discreet=discreet, watched=watched),
        "number": asked + 1,
        "all": len(PURPOSES),
    }
