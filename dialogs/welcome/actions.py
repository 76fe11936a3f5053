from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.at_hand import at_hand
from dialogs.pictures.actions import asks_for_row
from dialogs.safety.asked import keep_hours, safety_here, set_discretion
from dialogs.safety.slips import as_it_is, keep_before, no_slip, take_back
from dialogs.states import MenuStates, WelcomeStates
from dialogs.welcome.getters import YES
from dialogs.welcome.going_on import left_to_ask
from dialogs.words.consent_notice import ConsentNotice
from dialogs.words.hours import HOURS
from domain.consent.changing import change_consent
from domain.consent.renewal import arrive, open_questions
from domain.safety.silence_plan import choose_plan
from storage.kinds import Discretion, How, Purpose, SilencePlan


async def be_back(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await arrive(*at_hand(manager))
    await manager.switch_to(WelcomeStates.phone)


async def be_away(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """Also whoever pressed the other button first by a slip: else what they agree to before the
    journey would never be asked again after it.
    """
    _, returnee = at_hand(manager)
    returnee.arrived_at = None
    await manager.switch_to(WelcomeStates.phone)


async def choose_phone(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen not in set(Discretion) or await asks_for_row(manager):
        return
    before = await as_it_is(manager)
    await _forget_earlier_answer(manager)
    await set_discretion(manager, Discretion(chosen))
    if Discretion(chosen) is Discretion.WATCHED:
        keep_before(manager, before)
        await manager.switch_to(WelcomeStates.pictures)
    else:
        await manager.switch_to(WelcomeStates.notice)


async def row_chosen(manager: DialogManager) -> None:
    no_slip(manager)
    await manager.switch_to(WelcomeStates.notice)


async def back_to_phone(manager: DialogManager) -> None:
    """A slip of the finger is put right where it was made. The question would say too much on a
    phone that stays watched.
    """
    if await take_back(manager):
        await manager.switch_to(WelcomeStates.phone)
    else:
        await _to_menu(manager)


async def _forget_earlier_answer(manager: DialogManager) -> None:
    """That we never write first came of it by itself: whoever says now that nobody reads along is
    asked when it is safe, instead of never hearing from us.
    """
    _, returnee = at_hand(manager)
    if returnee.shared_phone:
        (await safety_here(manager)).never_first = False


async def go_on(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """To what is still to be asked, if anything is."""
    state = await left_to_ask(*at_hand(manager))
    if state == MenuStates.main:
        await _to_menu(manager)
    else:
        await manager.switch_to(WelcomeStates.consent if state == WelcomeStates.notice else state)


async def decide(query: CallbackQuery, select: Any, manager: DialogManager, chosen: str) -> None:
    """Keeps the answer about one purpose, and asks about the next."""
    name, _, answer = chosen.partition(".")
    session, returnee = at_hand(manager)
    if name in await open_questions(session, returnee):
        purpose = Purpose(name)
        texts = manager.middleware_data["texts"]
        shown = (await ConsentNotice.of(session, returnee, texts)).shown(purpose)
        await change_consent(session, returnee, purpose, answer == YES, shown, How.WELCOME)
    await go_on(query, select, manager)


async def choose_hours(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in HOURS:
        await keep_hours(manager, chosen)
        await manager.switch_to(WelcomeStates.silence)


async def never_first(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """Nobody can fall silent whom nobody asks."""
    (await safety_here(manager)).never_first = True
    await _to_menu(manager)


async def choose_silence(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    if chosen in set(SilencePlan):
        await choose_plan(*at_hand(manager), SilencePlan(chosen))
        await _to_menu(manager)


async def _to_menu(manager: DialogManager) -> None:
    await manager.start(MenuStates.main, mode=StartMode.RESET_STACK)
