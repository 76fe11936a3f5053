"""Where a person can be in a dialog. Chats remember these names, so none is ever renamed."""

from aiogram.fsm.state import State, StatesGroup


class LanguageStates(StatesGroup):
    choose = State()


class WelcomeStates(StatesGroup):
    promise = State()
    journey = State()
    phone = State()
    pictures = State()
    notice = State()
    simple = State()
    full = State()
    consent = State()
    hours = State()
    country = State()
    silence = State()


class MenuStates(StatesGroup):
    main = State()


class ServicesStates(StatesGroup):
    need = State()
    country = State()
    place = State()
    card = State()
    numbers_country = State()
    numbers = State()


class SafetyStates(StatesGroup):
    main = State()
    window = State()
    country = State()
    phone = State()
    pictures = State()
    visible = State()
    silence = State()
    days = State()


class WishesStates(StatesGroup):
    main = State()
    countries = State()
    places = State()
    partners = State()


class NamingStates(StatesGroup):
    about = State()
    who = State()
    how = State()
    until = State()


class StopWordStates(StatesGroup):
    about = State()
    signs = State()
    word = State()
    again = State()
    rehearsed = State()


class PrivacyStates(StatesGroup):
    main = State()
    kept = State()
    read = State()
    region = State()
