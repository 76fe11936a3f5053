from aiogram.fsm.state import State
from aiogram_dialog import DialogManager, ShowMode

from dialogs.at_hand import at_hand
from dialogs.states import NamingStates, SafetyStates, StopWordStates, WishesStates
from domain.identity import pictures
from domain.safety.screens import show_grid

# What only the row leads to, and where it leads when a window of it is pressed later.
_BEHIND_ROW: dict[State, State] = {
    SafetyStates.phone: SafetyStates.phone,
    SafetyStates.pictures: SafetyStates.phone,
    SafetyStates.visible: SafetyStates.phone,
    SafetyStates.silence: SafetyStates.silence,
    **dict.fromkeys(WishesStates.__states__, WishesStates.main),
    **dict.fromkeys(NamingStates.__states__, NamingStates.about),
    **dict.fromkeys(StopWordStates.__states__, StopWordStates.about),
}


async def is_shut_again(manager: DialogManager) -> bool:
    """Asks for the row where a window behind it was left on the screen: whoever presses it now may
    be somebody else.
    """
    wanted = _BEHIND_ROW.get(manager.current_context().state)
    return wanted is not None and await asks_for_row(manager, wanted)


async def asks_for_row(manager: DialogManager, wanted: State = SafetyStates.phone) -> bool:
    """On a watched phone the row is asked for, and then leads to what was wanted."""
    session, returnee = at_hand(manager)
    if not await pictures.is_locked(session, returnee):
        return False
    await pictures.ask(session, returnee, {"state": wanted.state})
    await show_grid(session, returnee)
    manager.show_mode = ShowMode.NO_UPDATE
    return True
