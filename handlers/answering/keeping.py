"""What somebody wrote, kept for whoever has their case, and a receipt where one is due."""

from aiogram.types import Message

from domain.crisis.answering import is_read
from domain.identity.agreed_words import unsaid
from domain.messages.body import Body
from domain.messages.keeping import keep_message, wrote_lately
from domain.messages.recent_words import remember
from domain.notices import Notice, mention
from handlers.answering.off_record import without_agreed_words
from handlers.reading.contents import (
    body_from,
    calls_for_help,
    is_only_a_command,
    is_place,
    kind_of,
    without_command_or_code,
    words_of,
)
from storage.kinds import UNREADABLE, MessageKind
from storage.sessions import Session
from storage.tables.returnees import Returnee

# Of what is more than words, or is not kept as it came, each is told that; a stranger, too.
_RECEIPTS = {
    **dict.fromkeys(UNREADABLE, Notice.RECORDING_KEPT),
    MessageKind.OTHER: Notice.UNOPENABLE,
    MessageKind.LOCATION: Notice.PLACE_UNSEEN,
    MessageKind.CONTACT: Notice.NUMBER_UNSEEN,
}


async def keep_for_team(session: Session, message: Message, returnee: Returnee, body: Body) -> bool:
    """For whoever has the case, or for somebody to hear what no machine can.

    True for the latter, since what nobody has heard is urgent; and for a place, which is answered.
    """
    kind = kind_of(message)
    is_handled = calls_now(message) and kind is MessageKind.TEXT
    if kind is None or is_handled or is_only_a_command(message):
        return False
    due = kind in _RECEIPTS or not await wrote_lately(session, returnee)
    kept = await keep_message(session, returnee, None, kind, body, session.now)
    place = is_place(message)
    if due and (kept is not None or place):
        receipt = _RECEIPTS.get(kind, Notice.MESSAGE_KEPT)
        await mention(session, returnee, receipt, case_id=kept.case_id if kept else None)
    return place or (kind in UNREADABLE and kept is not None)


async def keep_as_said(session: Session, message: Message, returnee: Returnee) -> None:
    """What a window does not take may be meant for whoever reads what they write, or be half of a
    cry.
    """
    words = await unsaid(session, returnee, without_command_or_code(words_of(message)))
    remember(session, message.chat.id, message.message_id, words)
    if await is_read(session, returnee):
        body = await without_agreed_words(session, returnee, body_from(message))
        await keep_for_team(session, message, returnee, body)


def calls_now(message: Message) -> bool:
    """So that nobody need ask whether they want somebody, and what stands behind /help its own
    handler keeps. What came in by an edit is for us.
    """
    return calls_for_help(message) and message.edit_date is None
