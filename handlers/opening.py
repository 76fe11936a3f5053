"""Opening what a discreet phone covers, and covering it again."""

from typing import Any
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.notices import referred, render
from dialogs.presses import CoverAgain, OpenCovered, TapPicture
from dialogs.states import NamingStates, SafetyStates, StopWordStates, WishesStates
from dialogs.texts import Texts
from domain.check_ins.answering import ask_again
from domain.identity import pictures
from domain.identity.pictures import Step
from domain.notices import Notice, tell
from domain.safety.screens import cover_later, show, show_grid, take_away
from handlers.answering.pressing import known, message_pressed
from storage.outbox.contents import Notification
from storage.sessions import Session
from storage.tables.returnees import Returnee

Shown = dict[str, Any]
#: Settings that only the row leads to.
_UNLOCKED = {
    state.state: state
    for state in (
        SafetyStates.phone,
        SafetyStates.silence,
        StopWordStates.about,
        WishesStates.main,
        NamingStates.about,
    )
}


def opening_router() -> Router:
    router = Router(name="opening")
    router.callback_query.register(open_covered, OpenCovered.filter())
    router.callback_query.register(tap_picture, TapPicture.filter())
    router.callback_query.register(cover_again, CoverAgain.filter())
    return router


async def open_covered(
    query: CallbackQuery,
    callback_data: OpenCovered,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
) -> None:
    person, message = known(returnee), message_pressed(query)
    notice = callback_data.notice
    # On an open phone, too: an old button must not be a way around P13.
    params = {**referred(notice, callback_data.refers), "opened": True}
    # What is not theirs is refused now, and not when it is sent.
    shown: Shown = {"notice": notice, "params": params}
    await render(session, Notification(Notice.REVEALED, shown), texts, person)
    if await pictures.is_locked(session, person):
        await pictures.ask(session, person, shown)
        await show_grid(session, person, edit=message)
    else:
        await _open(session, person, shown, edit=message)


async def tap_picture(
    query: CallbackQuery,
    callback_data: TapPicture,
    session: Session,
    returnee: Returnee | None,
    dialog_manager: DialogManager,
) -> None:
    """The grid looks the same whatever is tapped, until a row is whole."""
    person, message = known(returnee), message_pressed(query)
    tapped = await pictures.tap(session, person, callback_data.picture)
    match tapped.step, tapped.wanted:
        case Step.MORE, _:
            await show_grid(session, person, tapped.count, edit=message)
        case Step.RIGHT, {"notice": notice, "params": params}:
            opens: Shown = {"notice": notice, "params": params}
            await _open(session, person, opens, edit=message)
        case Step.RIGHT, {"state": state}:
            if message is not None:
                await take_away(session, person, message)
            await dialog_manager.start(_UNLOCKED[state], mode=StartMode.RESET_STACK)
        case _, wanted:
            shown = wanted if wanted and "notice" in wanted else {}
            await tell(session, person, Notice.NOTHING_NEW, shown, edit=message)
            if shown and message is not None:
                await cover_later(session, person, shown, message)


async def _open(session: Session, returnee: Returnee, shown: Shown, *, edit: int | None) -> None:
    """Words may answer a question now that can be read again."""
    notice, params = Notice(shown["notice"]), shown["params"]
    await show(session, returnee, notice, params, edit=edit)
    if notice is Notice.CHECK_IN_QUESTION:
        await ask_again(session, returnee, UUID(params["check_in"]), params["question"])


async def cover_again(
    query: CallbackQuery, callback_data: CoverAgain, session: Session, returnee: Returnee | None
) -> None:
    person, message = known(returnee), message_pressed(query)
    notice = callback_data.notice
    params = referred(notice, callback_data.refers)
    await pictures.shut(session, person)
    covered = {"notice": notice, "params": params}
    await tell(session, person, Notice.CONCEALED, covered, edit=message)
