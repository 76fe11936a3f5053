from aiogram.fsm.state import State
from aiogram_dialog import DialogManager, ShowMode

from dialogs.states import SafetyStates
from domain import pictures
from domain.notices import Notice, tell


async def asks_for_row(manager: DialogManager, wanted: State = SafetyStates.phone) -> bool:
    """On a watched phone the row is asked for, and then leads to what was wanted."""
    data = manager.middleware_data
    session, returnee = data["session"], data["returnee"]
    if not await pictures.is_locked(session, returnee):
        return False
    await pictures.ask(session, returnee, {"state": wanted.state})
    await tell(session, returnee, Notice.PICTURES, {"count": 0})
    manager.show_mode = ShowMode.NO_UPDATE
    return True
