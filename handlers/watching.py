"""What every private update is looked at for before anything else sees it (P1).

It runs in a transaction of its own, so that a case and its alert stand whatever becomes of the
rest.
"""

from aiogram.fsm.context import FSMContext
from aiogram.types import Message, Update

from domain.check_ins.answering import let_go_of_covered
from domain.check_ins.answers import answered_by
from domain.check_ins.long_answers import begun_just_now
from domain.children.saying import says_child
from domain.crisis.answering import answer_signal, is_asked_enough
from domain.crisis.gentle_question import concern_answered_lately
from domain.distress import Assessment, Ear, Severity
from domain.identity.agreed_words import hear_words, unsaid, veiled
from domain.identity.blocking import note_unblock
from domain.identity.trust import seen
from domain.lexicon.cache import Lexicons
from domain.messages.body import without_words
from domain.messages.edits import remember_early
from domain.messages.keeping import keep_message
from domain.messages.recent_words import leave_out, remember
from domain.notices import Notice, tell_chat
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import become_known, organisation_of
from domain.safeguarding.complaints import hear_in_confidence, take_up
from domain.safeguarding.confided import (
    answer_in_confidence,
    is_confided,
    is_for_safeguarding,
    names_staff,
)
from domain.safety.rejudging import count_as_written
from domain.staff import staff_of_chat
from domain.staff.telegram import takes_again
from domain.stop_word.choosing import is_stop_word
from domain.stop_word.freezing import freeze, hear_frozen, hear_frozen_in_confidence
from handlers.answering.keeping import calls_now, keep_for_team
from handlers.answering.off_record import take_off_screen, without_agreed_words
from handlers.blocking import note_membership
from handlers.finding.asked import answers_words, is_for_a_window
from handlers.finding.people import chosen_before
from handlers.hearing import Came, hear, is_nobodys, private_message, what_is_said
from handlers.reading.contents import (
    body_from,
    calls_for_help,
    is_only_a_command,
    is_place,
    kind_of,
    typed_in,
)
from locales.catalogues import chosen_language
from storage.kinds import UNREADABLE, MessageKind
from storage.outbox.contents import ToChat
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Returnee

_UNSEEN: dict[MessageKind | None, Notice] = {
    **dict.fromkeys(UNREADABLE, Notice.RECORDING_UNREAD),
    MessageKind.LOCATION: Notice.PLACE_UNSEEN,
}


async def look(
    session: Session,
    update: Update,
    ear: Ear,
    lexicons: Lexicons,
    state: FSMContext | None = None,
) -> bool:
    """True when something was found that must be committed at once, whatever the handlers do.

    `state` knows the language that a stranger chose here before, whatever their phone speaks, and
    which window is open: without it, no window takes any words.
    """
    if update.my_chat_member is not None:
        return await note_membership(session, update.my_chat_member)
    message = private_message(update)
    if message is None or await is_nobodys(session, update):
        return False
    staff = await staff_of_chat(session, message.chat.id)
    if staff is not None:
        takes_again(session, staff, message.chat.id)
        return False
    returnee = await returnee_of_chat(session, message.chat.id)
    if returnee is not None:
        await _note_that_they_wrote(session, message, returnee)
        if await _freezes(session, message, returnee):
            return True
    said = await what_is_said(session, message, returnee, lexicons)
    came = await hear(session, message, said, ear)
    # Not before: words over which the watch loses itself would keep it from the next ones, too.
    if not is_place(message):
        words = said.text if returnee is None else await unsaid(session, returnee, said.text)
        remember(session, message.chat.id, message.message_id, words)
    if returnee is not None:
        came = await _without_agreed_words(session, came, returnee)
        await let_go_of_covered(session, returnee)
        await _take_up_what_they_answer(session, message, returnee)
    found = await _look_at(session, came, returnee, state)
    if update.edited_message is not None:
        await remember_early(session, message.chat.id, came.body)
    return found


async def _without_agreed_words(session: Session, came: Came, returnee: Returnee) -> Came:
    """Whoever reads it, and whoever takes the phone next, is not to learn them."""
    left = await without_agreed_words(session, returnee, came.body)
    if left != came.body:
        await take_off_screen(came.message, session, returnee)
    return came._replace(body=left)


async def _take_up_what_they_answer(session: Session, message: Message, returnee: Returnee) -> None:
    """Where that was told in confidence, this is, too. A command alone is for us."""
    answered = message.reply_to_message
    if answered is None or message.edit_date is not None or is_only_a_command(message):
        return
    if kind_of(message) is not None:
        await take_up(session, returnee, answered.message_id)


async def _look_at(
    session: Session, came: Came, returnee: Returnee | None, state: FSMContext | None
) -> bool:
    if returnee is None:
        return await _look_at_stranger(session, came, state)
    if returnee.frozen_at is not None:
        return await _look_at_frozen(session, came, returnee)
    return await _look_at_returnee(session, came, returnee, state)


async def _note_that_they_wrote(session: Session, message: Message, returnee: Returnee) -> None:
    """Or that the block is off: that alone is what a pinned message or the like tells."""
    if kind_of(message) is not None:
        # Before it counts as written, which would end any silence.
        await seen(session, returnee)
        count_as_written(session, returnee)
    if returnee.blocked_at is not None:
        await note_unblock(session, returnee)


async def _freezes(session: Session, message: Message, returnee: Returnee) -> bool:
    """Whether it is their stop word, which freezes the chat."""
    if not await is_stop_word(session, returnee, typed_in(message)):
        return False
    case = await freeze(session, returnee, message.chat.id, message.message_id)
    await _keep_without_words(session, message, returnee, case)
    return True


async def _keep_without_words(
    session: Session, message: Message, returnee: Returnee, case: Case | None = None
) -> None:
    """What the words stand below is for a human to see, and the words for nobody."""
    kind = kind_of(message)
    if kind is None or kind is MessageKind.TEXT:
        return
    body = without_words(body_from(message))
    if await is_confided(session, returnee, body, edited=message.edit_date is not None):
        await hear_in_confidence(session, returnee, kind, body, Severity.NONE)
    else:
        await keep_message(session, returnee, case, kind, body, session.now)


async def _look_at_frozen(session: Session, came: Came, returnee: Returnee) -> bool:
    """True for everything that somebody says there: it is kept at once."""
    message, heard, body = came
    kind = kind_of(message)
    says_nothing = kind is None or is_only_a_command(message)
    if says_nothing and heard.severity is Severity.NONE:
        return False
    for_safeguarding = await _is_for_safeguarding(session, came, returnee)
    keep = hear_frozen_in_confidence if for_safeguarding else hear_frozen
    await keep(session, returnee, heard, body, kind or MessageKind.TEXT)
    return True


async def _look_at_returnee(
    session: Session, came: Came, returnee: Returnee, state: FSMContext | None = None
) -> bool:
    message, heard, body = came
    kind = kind_of(message) or MessageKind.TEXT
    is_confided = await _is_for_safeguarding(session, came, returnee)
    calm = heard.severity is Severity.NONE
    is_plain = calm and not is_confided and (not heard.ask or calls_now(message))
    fits_window = is_plain and await is_for_a_window(session, message, returnee, state)
    only_right = is_confided or fits_window
    if calm and await _hear_sign(session, message, returnee, only_right=only_right):
        return True
    if is_confided:
        await answer_in_confidence(session, returnee, heard, body, kind)
        return True
    if fits_window:
        leave_out(session, message.chat.id, message.message_id)
        return False
    if is_plain or await _is_asked_enough(session, came, returnee, state):
        return await keep_for_team(session, message, returnee, body)
    answered = returnee.typing_for
    is_answer = _may_answer(message, heard) and await _is_waited_for(session, message, returnee)
    case = await answer_signal(
        session,
        returnee,
        await organisation_of(session, returnee),
        heard,
        original=body,
        kind=kind,
    )
    if case is None:
        await keep_for_team(session, message, returnee, body)
    if is_answer:
        returnee.typing_for = answered
        return False
    return True


async def _is_asked_enough(
    session: Session, came: Came, returnee: Returnee, state: FSMContext | None
) -> bool:
    """Then it is like any other message. No window takes it for what it asks."""
    if not await is_asked_enough(session, returnee, came.heard):
        return False
    return not await is_for_a_window(session, came.message, returnee, state)


async def _is_for_safeguarding(session: Session, came: Came, returnee: Returnee) -> bool:
    """A command alone is for us, and so is what says nothing."""
    message, heard, body = came
    says_nothing = kind_of(message) is None and heard.severity is Severity.NONE
    if says_nothing or is_only_a_command(message):
        return False
    edited = message.edit_date is not None
    return await is_for_safeguarding(session, returnee, heard, body, edited=edited)


def _may_answer(message: Message, heard: Assessment) -> bool:
    """Words that a question waited for are its answer, too, unless somebody has to come at once:
    else whoever tells of a worry could never get past the question that asked about it.
    """
    typed = message.text is not None and not message.text.startswith("/")
    return typed and heard.severity.rank <= Severity.CONCERN.rank


async def _is_waited_for(session: Session, message: Message, returnee: Returnee) -> bool:
    """By a question; or they are the rest of an answer, or take the place of one."""
    if message.edit_date is not None:
        return await answered_by(session, returnee.id, message.message_id) is not None
    return returnee.typing_for is not None or await begun_just_now(session, returnee) is not None


async def _hear_sign(
    session: Session, message: Message, returnee: Returnee, *, only_right: bool
) -> bool:
    """Whether it answers a worker's question who is there. Right words are for nobody to read,
    and neither they nor wrong ones stay in the chat for whoever takes the phone next: the right
    ones are off the screen already. What stands below a picture, or is for somebody else, is no
    wrong answer. What was changed or passed on, or answers other words, is none at all: whoever
    guesses could try as often as they like.
    """
    words = typed_in(message)
    if words.startswith("/") or await _is_no_answer(session, message, returnee):
        return False
    only_right = only_right or message.text is None
    right = await hear_words(session, returnee, words, only_right=only_right)
    if right is True:
        await _keep_without_words(session, message, returnee)
    if right is False:
        await take_off_screen(message, session, returnee)
        body = body_from(message)
        body["text"] = await veiled(session, returnee, body.get("text", ""))
        await keep_message(session, returnee, None, MessageKind.TEXT, body, session.now)
    return right is not None


async def _is_no_answer(session: Session, message: Message, returnee: Returnee) -> bool:
    """Whether it can be seen that it was not written to answer the question that came last."""
    if message.edit_date is not None or message.forward_origin is not None:
        return True
    return await answers_words(session, message, returnee)


async def _look_at_stranger(session: Session, came: Came, state: FSMContext | None) -> bool:
    """Where a life may be at stake, or a child writes, they are kept and answered; else they are
    asked first, and may go past the team with what is about staff. Whoever calls for somebody need
    not be asked, and becomes known by that: what they sent is kept then.
    """
    message, heard, _ = came
    chat_id = message.chat.id
    phones = message.from_user.language_code if message.from_user else None
    language = await chosen_before(state) or chosen_language(phones)
    if heard.severity is Severity.EMERGENCY or says_child(heard.severity, heard.reasons):
        returnee = await become_known(session, chat_id, language, last_wrote_at=session.asked_at)
        await _look_at_returnee(session, came, returnee)
        return True
    if calls_for_help(message):
        return False
    about_staff = {"about_staff": True} if names_staff(heard.reasons) else {}
    is_concern = heard.severity is Severity.CONCERN and not about_staff
    if is_concern and await concern_answered_lately(session, chat_id, ToChat(language)):
        return False
    if heard.severity is not Severity.NONE or heard.ask:
        params = {"severity": heard.severity, **about_staff}
        await tell_chat(session, chat_id, Notice.HELP_OFFERED, params, language=language)
        return True
    unseen = _UNSEEN.get(kind_of(message))
    if unseen is not None:
        await tell_chat(session, chat_id, unseen, language=language)
    return unseen is not None
