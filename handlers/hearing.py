"""What somebody says in a message, and what the ear makes of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from aiogram.enums import ChatType
from aiogram.types import Message, Update

from domain.children.ages import says_only_a_childs_age
from domain.children.saying import of_a_child
from domain.crisis.gentle_question import answered_lately
from domain.distress import Assessment, Ear, Later, Said, Severity
from domain.distress.assessment import each_once
from domain.lexicon.cache import Lexicons
from domain.messages.body import Body
from domain.messages.recent_words import said_before
from domain.returnees.chats import organisation_when_found, returnee_of_chat
from domain.staff import staff_of_chat
from handlers.reading.carried_words import carried_in
from handlers.reading.contents import body_from, kind_of, without_command_or_code, words_of
from storage.outbox.traces import was_here
from storage.sessions import Session
from storage.tables.returnees import Returnee

# An older one has come, or is lost: Telegram keeps it no longer.
_MAY_COME_LATE = timedelta(hours=24)


class Came(NamedTuple):
    """A message, what the watch makes of it, and what is kept of it."""

    message: Message
    heard: Assessment
    body: Body


async def look_ahead(
    session: Session, updates: Sequence[Update], ear: Ear, lexicons: Lexicons
) -> None:
    """Gives the ear all their words at once, so that none of them is waited for in turn."""
    said = []
    for update in updates:
        message = private_message(update)
        if message is not None and await staff_of_chat(session, message.chat.id) is None:
            returnee = await returnee_of_chat(session, message.chat.id)
            said += _read_apart(await what_is_said(session, message, returnee, lexicons), message)
    if said:
        _begun(session).update(ear.begin(said))


def _begun(session: Session) -> dict[Said, Later]:
    begun: dict[Said, Later] = session.info.setdefault("begun to hear", {})
    return begun


def private_message(update: Update) -> Message | None:
    """What somebody wrote, where it is for nobody else to see. A place that is shared live is
    edited by the phone as it moves: nobody writes that.
    """
    moved = update.edited_message is not None and update.edited_message.location is not None
    message = None if moved else update.message or update.edited_message
    return message if message and message.chat.type == ChatType.PRIVATE else None


def is_doing_something(update: Update) -> bool:
    """Whether somebody is at the phone, who pressed or wrote. Not where a place moves by itself, or
    Telegram tells of the chat, such as that somebody blocked us.
    """
    message = private_message(update)
    says = message is not None and kind_of(message) is not None
    return says or update.callback_query is not None


async def is_nobodys(session: Session, update: Update) -> bool:
    """Whether nobody wrote or changed anything in that chat, as where a reaction was put below a
    message: Telegram shows it again, as edited at no time, and what it says was handled when it
    came. Where it never did, it is heard now (P1).
    """
    shown = update.edited_message
    if shown is None or shown.edit_date or shown.chat.type != ChatType.PRIVATE:
        return False
    if session.now - shown.date > _MAY_COME_LATE:
        return True
    return await was_here(session, shown.chat.id, shown.message_id)


async def what_is_said(
    session: Session, message: Message, returnee: Returnee | None, lexicons: Lexicons
) -> Said:
    before = await said_before(session, message.chat.id, message.message_id)
    organisation_id = organisation_when_found(session, returnee) if returnee else None
    own = lexicons.of(organisation_id)
    return Said(without_command_or_code(words_of(message)), tuple(before), own)


def _read_apart(said: Said, message: Message) -> list[Said]:
    """What they say, and what their file is called: neither takes anything from the other."""
    carried = carried_in(message)
    return [said, said._replace(text=carried, recent=())] if carried else [said]


async def hear(session: Session, message: Message, said: Said, ear: Ear) -> Came:
    """What it means where and when it was said. What a file is called is kept only where something
    is heard in that, since a telephone calls a recording after the street.
    """
    heard, *apart = [await _judged(session, each, ear) for each in _read_apart(said, message)]
    if says_only_a_childs_age(words_of(message)):
        heard = of_a_child(heard)
    in_carried = any(each.ask or each.severity is not Severity.NONE for each in apart)
    for each in apart:
        heard = _together(heard, each)
    if heard.ask and await answered_lately(session, message.chat.id):
        heard = replace(heard, ask=False)
    return Came(message, heard, body_from(message, with_carried=in_carried))


async def _judged(session: Session, said: Said, ear: Ear) -> Assessment:
    later = _begun(session).get(said)
    return await (later() if later else ear.hear(*said))


def _together(one: Assessment, other: Assessment) -> Assessment:
    """As grave as the graver, for the reasons of both."""
    graver, lesser = sorted((one, other), key=lambda each: each.severity.rank, reverse=True)
    reasons = each_once((*graver.reasons, *lesser.reasons))
    asks = graver.severity is Severity.NONE and (graver.ask or lesser.ask)
    return replace(graver, ask=asks, reasons=reasons)
