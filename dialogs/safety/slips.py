"""That somebody must not know may be a slip of the finger: for a few minutes it can be taken back.

A while later somebody else may hold the phone, and it stays as careful.
"""

from datetime import datetime
from typing import NamedTuple

from aiogram_dialog import DialogManager

from dialogs.at_hand import at_hand
from dialogs.safety.asked import safety_here, set_discretion
from domain.identity.pictures import lacks_row
from domain.safety.screens import STAYS_OPEN
from storage.kinds import Discretion

_BEFORE = "before"


class Before(NamedTuple):
    """What saying who reads along changes, and when that is; as a dialog can keep it."""

    said_at: str
    discretion: str
    never_first: bool
    second_prompt: bool


async def as_it_is(manager: DialogManager) -> Before:
    session, returnee = at_hand(manager)
    safety = await safety_here(manager)
    now = session.asked_at.isoformat()
    return Before(now, returnee.discretion, safety.never_first, safety.second_prompt)


def keep_before(manager: DialogManager, before: Before) -> None:
    manager.dialog_data[_BEFORE] = before


def no_slip(manager: DialogManager) -> None:
    """They chose a row of pictures, so they meant it."""
    manager.dialog_data.pop(_BEFORE, None)


async def take_back(manager: DialogManager) -> bool:
    """Whether it was said just now, and all is as before: unless a row guards the phone."""
    session, returnee = at_hand(manager)
    kept = manager.dialog_data.pop(_BEFORE, None)
    if kept is None or not await lacks_row(session, returnee):
        return False
    before = Before(*kept)
    if session.asked_at - datetime.fromisoformat(before.said_at) > STAYS_OPEN:
        return False
    await set_discretion(manager, Discretion(before.discretion))
    safety = await safety_here(manager)
    safety.never_first, safety.second_prompt = before.never_first, before.second_prompt
    return True
