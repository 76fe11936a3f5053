"""Words that a window waits for, before they could be taken for talk."""

from collections.abc import Mapping
from typing import Any

from aiogram.filters import Filter
from aiogram.fsm.state import State
from aiogram.types import Message
from aiogram_dialog.api.entities import Context
from aiogram_dialog.api.internal import CONTEXT_KEY

from dialogs.asking import waits_since
from domain.identity.pictures import is_locked
from domain.notices.unasked import came_unasked
from handlers.reading.filters import Glance
from storage.sessions import Session
from storage.tables.returnees import Returnee


class Asked(Glance, Filter):
    """Passes words that answer one of these windows, while it is shown and for some minutes only.

    A cry for help is no answer, and neither is what is written on a watched phone that is locked by
    now: somebody else may hold it. Nor is what answers a question of a check-in, or comes below
    what the team wrote since: that is for them.
    """

    def __init__(self, *windows: State) -> None:
        self.windows = windows

    def may_hold(self, event: Any, known: Mapping[str, Any]) -> bool:
        context: Context | None = known.get(CONTEXT_KEY)
        return context is not None and context.state in self.windows

    async def __call__(
        self,
        message: Message,
        found: bool,
        session: Session,
        returnee: Returnee | None,
        aiogd_context: Context | None = None,
    ) -> bool:
        if found or returnee is None or aiogd_context is None:
            return False
        if aiogd_context.state not in self.windows:
            return False
        since = waits_since(aiogd_context, session.now)
        if since is None or returnee.typing_for is not None:
            return False
        if await came_unasked(session, returnee, since):
            return False
        return not await is_locked(session, returnee)
