"""What the actions of a dialog have at hand, of all that comes with an update."""

from aiogram_dialog import DialogManager

from storage.sessions import Session
from storage.tables.returnees import Returnee


def at_hand(manager: DialogManager) -> tuple[Session, Returnee]:
    """The transaction, and whoever pressed or wrote; for windows that no stranger is shown."""
    data = manager.middleware_data
    return data["session"], data["returnee"]
