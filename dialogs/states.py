"""Where a person can be in a dialog. A chat remembers these names, so none is ever renamed."""

from aiogram.fsm.state import State, StatesGroup


class LanguageStates(StatesGroup):
    choose = State()


class MenuStates(StatesGroup):
    main = State()
