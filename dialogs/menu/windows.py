from aiogram_dialog import Dialog, Window

from dialogs.states import MenuStates
from dialogs.texts import Forms


def menu_dialog() -> Dialog:
    return Dialog(
        Window(
            Forms(
                "What do you need? I am a machine, but people work with me.",
                discreet="What do you need?",
                watched="Good day. What would you like to see?",
            ),
            state=MenuStates.main,
        )
    )
