"""An update that our own code can't handle, however often it tries: a human sees to it (P1)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from aiogram.fsm.context import FSMContext

from dialogs.presses import AnswerQuestion, AskForHuman
from domain.distress import Ear
from domain.lexicon.cache import Lexicons
from domain.marks import N_
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.notices import Notice, tell, tell_chat
from domain.one_by_one import if_possible
from domain.organisations import organisation_of_chat
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import become_known, organisation_of
from domain.safeguarding.complaints import hear_in_confidence, take_up
from domain.safeguarding.confided import is_confided
from domain.signals.opening import UPDATE_FAILED, open_or_append
from domain.staff import staff_of_chat
from handlers.answering.off_record import without_agreed_words
from handlers.finding.people import chosen_before
from handlers.reading.contents import is_help
from handlers.reading.rich_words import read_update, unread_words
from handlers.watching import look
from locales.catalogues import chosen_language
from storage.inbox.updates import chat_of_update
from storage.kinds import MessageKind, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Returnee

_FOR_STAFF = {"sentence": N_("That did not work. It is written down for whoever runs this.")}


class _Means(NamedTuple):
    """What an update can still be read with."""

    ear: Ear | None
    lexicons: Lexicons
    state: FSMContext | None


async def hand_to_a_human(
    session: Session,
    update: Mapping[str, Any],
    *,
    watched: bool,
    ear: Ear | None,
    lexicons: Lexicons,
    state: FSMContext | None = None,
) -> None:
    """The person hears that it did not work; for somebody we know, a caseworker looks after it.

    What the watch has not read before, it tries to read now; None where it must not even try.
    What nobody has read is urgent, as it is to ask for somebody, and an answer that may be that
    they are in danger. The case stands, whatever else of it is not possible.

    `state` knows the language that a stranger chose here before.
    """
    chat_id = chat_of_update(update)
    if chat_id <= 0:
        await _tell_in_topic(session, chat_id, update)
        return
    staff = await staff_of_chat(session, chat_id)
    if staff is not None:
        await tell_chat(session, chat_id, Notice.STAFF_REFUSED, _FOR_STAFF, language=staff.language)
        return
    means = _Means(ear, lexicons, state)
    asks = _asks_for_somebody(update)
    returnee = await _who_writes(session, update, means, asks=asks)
    severity = Severity.URGENT if asks or _is_an_answer(update) else Severity.CONCERN
    read = watched or await _read(session, update, severity, means)
    if returnee is None:
        await _answer_stranger(session, update, means, read=read and not asks)
        return
    if watched:
        await _signal(session, returnee, severity)
    elif not read:
        await _put_before_a_human(session, returnee, update)
    async with if_possible(session, "lanes.untold"):
        await tell(session, returnee, Notice.NOT_DONE)


async def _who_writes(
    session: Session, update: Mapping[str, Any], means: _Means, *, asks: bool
) -> Returnee | None:
    """None for a stranger; but one who asks for somebody becomes known, unless that fails, too."""
    chat_id = chat_of_update(update)
    returnee = await returnee_of_chat(session, chat_id)
    if returnee is None and asks:
        language = await _language(session, update, means)
        async with if_possible(session, "lanes.unknown"):
            return await become_known(session, chat_id, language)
    return returnee


async def _tell_in_topic(session: Session, chat_id: int, update: Mapping[str, Any]) -> None:
    """Whoever of the staff wrote in a case's topic; nothing else in a group is for us."""
    message, sender = _message(update), _sender(update).get("id")
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    if not isinstance(sender, int) or not isinstance(thread, int):
        return
    staff = await staff_of_chat(session, sender)
    organisation = await organisation_of_chat(session, chat_id)
    if staff is None or organisation is None or staff.organisation_id != organisation.id:
        return
    await tell_chat(
        session,
        chat_id,
        Notice.STAFF_REFUSED,
        _FOR_STAFF,
        language=staff.language,
        thread_id=thread,
    )


def _asks_for_somebody(update: Mapping[str, Any]) -> bool:
    press = update.get("callback_query")
    if isinstance(press, Mapping):
        return bool(press.get("data") == AskForHuman().pack())
    return is_help(_words(update))


def _is_an_answer(update: Mapping[str, Any]) -> bool:
    press = update.get("callback_query")
    data = press.get("data") if isinstance(press, Mapping) else None
    return isinstance(data, str) and data.startswith(f"{AnswerQuestion.__prefix__}:")


async def _read(
    session: Session, update: Mapping[str, Any], severity: Severity, means: _Means
) -> bool:
    """In a case, which keeps the words; where that fails nothing of it stays."""
    if means.ear is None:
        return False
    async with if_possible(session, "lanes.unread"):
        returnee = await returnee_of_chat(session, chat_of_update(update))
        if returnee is not None:
            await _signal(session, returnee, severity)
        # Of those we know, no window takes the words any more: they are for whoever looks after it.
        state = means.state if returnee is None else None
        await look(session, read_update(update), means.ear, means.lexicons, state)
        return True
    return False


async def _signal(session: Session, returnee: Returnee, severity: Severity) -> Case:
    organisation_id = await organisation_of(session, returnee)
    return await open_or_append(session, returnee, organisation_id, severity, [UPDATE_FAILED])


async def _language(session: Session, update: Mapping[str, Any], means: _Means) -> str:
    """The one that a stranger chose, or else their phone's."""
    async with if_possible(session, "lanes.unread"):
        chosen = await chosen_before(means.state)
        if chosen is not None:
            return chosen
    return chosen_language(_sender(update).get("language_code"))


async def _answer_stranger(
    session: Session, update: Mapping[str, Any], means: _Means, *, read: bool
) -> None:
    chat_id, language = chat_of_update(update), await _language(session, update, means)
    await tell_chat(session, chat_id, Notice.NOT_DONE, language=language)
    if not read:
        await tell_chat(session, chat_id, Notice.HELP_OFFERED, language=language)


async def _put_before_a_human(
    session: Session, returnee: Returnee, update: Mapping[str, Any]
) -> None:
    """The words are kept in the case, or for safeguarding if they are confided. Where they can't be
    kept, as with a key that does not open, the case says that there was something.
    """
    words = _words(update)
    await _take_up_what_they_answer(session, returnee, update)
    confided = bool(words) and await _is_confided(session, returnee, update)
    if confided:
        async with if_possible(session, "lanes.unkept"):
            kept = await without_agreed_words(session, returnee, Body(text=words))
            await hear_in_confidence(session, returnee, MessageKind.TEXT, kept, Severity.URGENT)
            await _signal(session, returnee, Severity.CONCERN)
            return
    case = await _signal(session, returnee, Severity.URGENT)
    if words and not confided:
        async with if_possible(session, "lanes.unkept"):
            kept = await without_agreed_words(session, returnee, Body(text=words))
            await keep_message(session, returnee, case, MessageKind.TEXT, kept, session.now)


async def _take_up_what_they_answer(
    session: Session, returnee: Returnee, update: Mapping[str, Any]
) -> None:
    """Where that was told in confidence, this is, too."""
    answered = _message(update).get("reply_to_message")
    if "message" in update and isinstance(answered, Mapping):
        async with if_possible(session, "lanes.unkept"):
            await take_up(session, returnee, answered["message_id"])


async def _is_confided(session: Session, returnee: Returnee, update: Mapping[str, Any]) -> bool:
    """Where no key tells where an edit's original lies, it is read as what they write now."""
    async with if_possible(session, "lanes.unkept"):
        number = Body(number=_message(update)["message_id"])
        return await is_confided(session, returnee, number, edited="edited_message" in update)
    return await is_confided(session, returnee, {}, edited=False)


def _message(update: Mapping[str, Any]) -> Mapping[str, Any]:
    message = update.get("message") or update.get("edited_message")
    return message if isinstance(message, Mapping) else {}


def _sender(update: Mapping[str, Any]) -> Mapping[str, Any]:
    event = _message(update) or update.get("callback_query")
    sender = event.get("from") if isinstance(event, Mapping) else None
    return sender if isinstance(sender, Mapping) else {}


def _words(update: Mapping[str, Any]) -> str:
    """Without a reader, such as they are."""
    return " ".join(unread_words(_message(update)))
