"""Words that a window waits for, before they could be taken for talk."""

from aiogram.filters import Filter
from aiogram.fsm.state import State
from aiogram.types import Message
from aiogram_dialog.api.entities import Context


class Asked(Filter):
    """While one of these windows is shown; a cry for help is no answer to it."""

    def __init__(self, *windows: State) -> None:
        self.windows = windows

    async def __call__(
        self, message: Message, found: bool, aiogd_context: Context | None = None
    ) -> bool:
        return not found and aiogd_context is not None and aiogd_context.state in self.windows
