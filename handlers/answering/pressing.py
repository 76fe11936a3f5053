"""What a press comes with: somebody whom we know, and the message that the button stood in."""

from aiogram.types import CallbackQuery

from domain.errors import Refused
from storage.tables.returnees import Returnee


def known(returnee: Returnee | None) -> Returnee:
    """Raises Refused for a stranger, whom no such button was ever sent."""
    if returnee is None:
        raise Refused("This button is not one of ours.")
    return returnee


def message_pressed(query: CallbackQuery) -> int | None:
    """Its number, so that the answer may take its place; None where Telegram names none."""
    return (query.message and query.message.message_id) or None
