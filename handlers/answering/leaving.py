"""Leaving whatever window stands on somebody's screen."""

from aiogram_dialog import DialogManager


async def leave_dialog(dialog_manager: DialogManager) -> None:
    """Its message is gone, or soon will be."""
    await dialog_manager.reset_stack(remove_keyboard=False)
    dialog_manager.current_stack().last_message_id = None
