"""A human, from anywhere and for anybody: /help and every button that asks for one."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from dialogs.presses import AskForHuman, InCountry, NoHuman, OkayForNow, SayWhen, WishClosed
from dialogs.texts import Texts
from domain.crisis.answering import ask_for_human
from domain.crisis.gentle_question import note_answer
from domain.errors import Refused
from domain.messages.body import Body
from domain.messages.edits import as_edited
from domain.messages.keeping import keep_message
from domain.notices import Notice, tell
from domain.pathways.moving import come_to
from domain.returnees.enrolments import become_known
from domain.safeguarding.confided import is_confided
from domain.safety.screens import show
from domain.signals.closing_wish import wish_closed
from domain.signals.good_time import say_when
from handlers.answering.off_record import without_agreed_words
from handlers.answering.pressing import known, message_pressed
from handlers.answering.replacing import say_what_is_so
from handlers.answering.showing import say
from handlers.reading.contents import body_from, is_mere_command, kind_of
from handlers.reading.filters import WANTS_HELP, nobody_called
from storage.kinds import MessageKind
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Returnee

_ASK_FOR_THE_COUNTRY = {
    Notice.CRISIS,
    Notice.CHILD_HEARD,
    Notice.CHILD_CALLED_FOR,
    Notice.HELP_ASKED,
    Notice.NOBODY_YET,
}


def helping_router() -> Router:
    router = Router(name="helping")
    router.message.register(help_command, WANTS_HELP)
    router.edited_message.register(help_command, WANTS_HELP, nobody_called)
    router.callback_query.register(press_for_human, AskForHuman.filter())
    router.callback_query.register(be_okay, OkayForNow.filter())
    router.callback_query.register(decline, NoHuman.filter())
    router.callback_query.register(wish_for_the_end, WishClosed.filter())
    router.callback_query.register(answer_talk, SayWhen.filter())
    router.callback_query.register(be_in_country, InCountry.filter())
    return router


async def help_command(
    message: Message, session: Session, returnee: Returnee | None, texts: Texts
) -> None:
    case = await call_a_human(session, message.chat.id, returnee, texts)
    body = await as_edited(session, message.chat.id, body_from(message))
    if returnee is not None:
        body = await without_agreed_words(session, returnee, body)
    kind = kind_of(message) or MessageKind.TEXT
    if kind is MessageKind.TEXT:
        is_left = not is_mere_command(body.get("text", ""))
    else:
        # Of whom it knows, the watch has kept it.
        is_left = returnee is None
    if is_left:
        await _keep_with_it(session, case, kind, body)


async def _keep_with_it(session: Session, case: Case, kind: MessageKind, body: Body) -> None:
    """What came with it is for whoever comes, unless it is for safeguarding."""
    returnee = await session.get_one(Returnee, case.returnee_id)
    if not await is_confided(session, returnee, body, edited=False):
        await keep_message(session, returnee, case, kind, body, session.now)


async def press_for_human(
    query: CallbackQuery, session: Session, returnee: Returnee | None, texts: Texts
) -> None:
    await call_a_human(session, query.from_user.id, returnee, texts)


async def call_a_human(
    session: Session, chat_id: int, returnee: Returnee | None, texts: Texts
) -> Case:
    person = returnee or await become_known(session, chat_id, texts.language)
    return await ask_for_human(session, person)


async def be_okay(
    query: CallbackQuery, session: Session, returnee: Returnee | None, texts: Texts
) -> None:
    await _answer(query, session, returnee, texts, Notice.HELP_OKAY)


async def decline(
    query: CallbackQuery, session: Session, returnee: Returnee | None, texts: Texts
) -> None:
    await _answer(query, session, returnee, texts, Notice.HELP_DECLINED)


async def _answer(
    query: CallbackQuery, session: Session, returnee: Returnee | None, texts: Texts, notice: Notice
) -> None:
    """Whoever has their case reads the answer, too."""
    if returnee is not None:
        await note_answer(session, returnee, notice)
    await say(session, query.from_user.id, returnee, texts, notice)


async def wish_for_the_end(
    query: CallbackQuery, session: Session, returnee: Returnee | None, texts: Texts
) -> None:
    """The numbers above stay on the screen. Where nothing is open it was no answer to the gentle
    question, and must not be taken for one.
    """
    if returnee is not None and await wish_closed(session, returnee):
        await tell(session, returnee, Notice.CLOSING_WISHED)
    else:
        await say(session, query.from_user.id, returnee, texts, Notice.NOBODY_NEEDED)


async def answer_talk(
    query: CallbackQuery, callback_data: SayWhen, session: Session, returnee: Returnee | None
) -> None:
    """Where nobody waits for the answer any more, they read how to call somebody."""
    person, message = known(returnee), message_pressed(query)
    if await say_when(session, person, callback_data.case, callback_data.answer):
        await tell(session, person, Notice.TALK_ANSWERED, edit=message)
    else:
        await say_what_is_so(session, query, person, Notice.CASE_CLOSED, {})


async def be_in_country(
    query: CallbackQuery, callback_data: InCountry, session: Session, returnee: Returnee | None
) -> None:
    """The same message again, with the numbers of that country: they may stand there already, so
    its button shows that the press was heard.
    """
    person, message = known(returnee), message_pressed(query)
    country, back = callback_data.country, callback_data.back
    if back not in _ASK_FOR_THE_COUNTRY:
        raise Refused("This button is not one of ours.")
    await come_to(session, person, country)
    await show(session, person, back, {"chosen": True}, edit=message)
