"""What the actions of a dialog have at hand, of all that comes with an update."""

from typing import Any

from aiogram_dialog import DialogManager

from storage.sessions import Session
from storage.tables.returnees import Returnee


class NothingKept(Exception):
    """A stranger's command or button is about what would be kept of them."""


def kept(returnee: Returnee | None) -> Returnee:
    """Raises NothingKept for a stranger."""
    if returnee is None:
        raise NothingKept
    return returnee


def at_hand(manager: DialogManager) -> tuple[Session, Returnee]:
    """The transaction, and whoever pressed or wrote; for windows that no stranger is shown. Raises
    NothingKept where one of before stood there still.
    """
    data = manager.middleware_data
    return data["session"], kept(data["returnee"])


async def for_those_known(start: Any, manager: DialogManager) -> None:
    """A dialog begins for them alone."""
    kept(manager.middleware_data["returnee"])
