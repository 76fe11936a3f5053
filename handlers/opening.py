"""Opening what a discreet phone covers, and covering it again."""

from aiogram import Router
from aiogram.types import CallbackQuery

from dialogs.notices import referred, render
from dialogs.presses import CoverAgain, OpenCovered
from dialogs.texts import Texts
from domain.errors import Refused
from domain.notices import Notice, tell
from handlers.answers import CallbackAnswers
from handlers.showing import show
from storage.returnees import Returnee
from storage.sessions import Session


def opening_router() -> Router:
    router = Router(name="opening")
    router.callback_query.register(open_covered, OpenCovered.filter())
    router.callback_query.register(cover_again, CoverAgain.filter())
    return router


async def open_covered(
    query: CallbackQuery,
    callback_data: OpenCovered,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
    answers: CallbackAnswers,
) -> None:
    notice = callback_data.notice
    # On an open phone, too: an old button must not be a way around P13.
    params = {**referred(notice, callback_data.refers), "opened": True}
    if returnee is None or query.message is None:
        raise Refused("There is nothing to open here.")
    # What is not theirs is refused now, and not when it is sent.
    opened = {"notice": Notice.REVEALED, "params": {"notice": notice, "params": params}}
    await render(session, opened, texts, returnee)
    await show(session, returnee, notice, params, edit=query.message.message_id)
    answers.say(query.id)


async def cover_again(
    query: CallbackQuery,
    callback_data: CoverAgain,
    session: Session,
    returnee: Returnee | None,
    answers: CallbackAnswers,
) -> None:
    notice = callback_data.notice
    params = referred(notice, callback_data.refers)
    if returnee is None or query.message is None:
        raise Refused("There is nothing to cover here.")
    covered = {"notice": notice, "params": params}
    await tell(session, returnee, Notice.CONCEALED, covered, edit=query.message.message_id)
    answers.say(query.id)
