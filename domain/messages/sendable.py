"""What can go to a phone as one message."""

from domain.errors import Refused
from domain.telegram_limits import units

# Telegram takes 4,096 UTF-16 units; the rest is for what the notice adds.
LONGEST_WORDS = 3500


def fits_one_message(text: str) -> bool:
    return units(text) <= LONGEST_WORDS


def ensure_sendable(text: str) -> None:
    """Raises Refused where it can't go to a phone as one message."""
    if not text.strip():
        raise Refused("There are no words to send.")
    if not fits_one_message(text):
        raise Refused("This is too long for one message: send it in two.")
