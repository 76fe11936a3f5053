"""Groups: the staff's own, and those that the bot was not set up for."""

import unicodedata
from datetime import timedelta
from uuid import UUID

from aiogram import Bot, Router
from aiogram.enums import ChatMemberStatus, MessageEntityType
from aiogram.types import CallbackQuery, Chat, ChatMemberUnion, ChatMemberUpdated, Message

from dialogs.texts import Texts
from domain.actors import Actor
from domain.cases.topics import case_of_topic, has_topics, is_topic_of_a_case
from domain.casework.second_thoughts import names_unsafe_place, told_in_note
from domain.casework.work import note, write
from domain.channels.telegram import group_takes_nothing, groups_take_again, note_topics
from domain.errors import Refused, RefusedForThem
from domain.marks import N_
from domain.notices import Notice, tell_chat
from domain.organisations import group_moved, organisation_of_chat
from domain.replies.sending import Conditions, must_wait
from domain.replies.unsent import GRACE_IN_TELEGRAM
from domain.staff import actor_of
from domain.staff.colleagues import is_kept_from_somebody
from domain.staff.team import language_of_team
from handlers.answering.answers import PressAnswer
from handlers.answering.showing import answer_staff
from handlers.finding.routing import Door
from handlers.menus import COMMANDS, OF_STAFF
from handlers.reading.contents import kind_of
from handlers.reading.filters import EDITED, IN_GROUP, OF_NO_STAFF, PRESSED_IN_GROUP, Holds
from storage.kinds import NoticeClass
from storage.outbox.contents import Leaving
from storage.outbox.letters import Delivery, Once, put
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

# What begins with it is for colleagues.
_NOTE = "//"
_FROM_NOWHERE = N_("Nothing goes to the person from here. Write in the console.")
_UNHEARD = N_(
    "Wayhome is no administrator here any more, so what you write in a topic may reach nobody. "
    "Write in the console until somebody has made it one again."
)
# The console asks about it once, or says why it can't be. Nobody in the group reads that (P8).
_IN_THE_CONSOLE = N_("This was not taken. Write it in the console instead.")
# Longer than the tries of an update that fails take together.
_BEFORE_LEAVING = timedelta(minutes=1)
_OUT = {ChatMemberStatus.LEFT, ChatMemberStatus.KICKED}
_MOVES = Holds(lambda message: message.migrate_to_chat_id or message.migrate_from_chat_id)


def groups_router() -> Router:
    """Takes everything that happens in a group, so that nothing of it reaches what is private; but
    for what staff press, which does the same wherever it stands.
    """
    here = (IN_GROUP,)
    router = Door(
        "groups",
        my_chat_member=here,
        message=here,
        edited_message=here,
        callback_query=(PRESSED_IN_GROUP, OF_NO_STAFF),
    )
    router.my_chat_member.register(arrive)
    router.message.register(move, _MOVES)
    router.message.register(speak)
    router.edited_message.register(speak, EDITED)
    router.callback_query.register(press)
    return router


async def arrive(event: ChatMemberUpdated, session: Session) -> None:
    """Or be thrown out or silenced, and then alerts go there no more."""
    organisation = await organisation_of_chat(session, event.chat.id)
    if organisation is None:
        if event.new_chat_member.status not in _OUT:
            await _leave_if_strange(session, event.chat.id)
    elif _may_write(event.new_chat_member):
        await groups_take_again(session, [event.chat.id])
        reads = event.new_chat_member.status == ChatMemberStatus.ADMINISTRATOR
        await note_topics(session, organisation, read=reads)
        if _hears_less(event) and await has_topics(session, organisation.id):
            await _tell_all(session, organisation, _UNHEARD, event.chat.id)
    else:
        await group_takes_nothing(session, organisation)


async def move(message: Message, session: Session) -> None:
    """It is said in the old group and in the supergroup: two chats, so either may come first."""
    here = message.chat.id
    if message.migrate_to_chat_id is not None:
        await group_moved(session, here, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await group_moved(session, message.migrate_from_chat_id, here)
        await _leave_if_strange(session, here)


async def speak(message: Message, session: Session, bot: Bot, staff: Staff | None) -> None:
    """What staff write in a case's topic goes to the person, from whoever has claimed the case.

    It lies still for a moment, in which a button takes it back: of what is deleted in a group
    Telegram tells a bot nothing. With two slashes before it, it stays a note in the case. Outside
    of a topic it goes to nobody, which whoever answers us there is told.
    """
    organisation = await organisation_of_chat(session, message.chat.id)
    if organisation is None:
        await _leave_if_strange(session, message.chat.id)
        return
    topic = message.message_thread_id if message.is_topic_message else None
    if topic is None and not _answers_us(message, bot):
        return
    if kind_of(message) is None or _is_command(message.text or ""):
        return
    if staff is None or staff.organisation_id != organisation.id:
        theirs = await _is_of_a_case(session, organisation.id, topic)
        sure = theirs or _answers_us(message, bot)
        await _answer_nobody(message, session, organisation, topic, sure=sure)
        return
    if topic is None:
        raise Refused(_FROM_NOWHERE)
    actor = actor_of(staff)
    case = await case_of_topic(session, actor, topic)
    if case is None:
        # Of whose case nothing is known any more, or not to them: there they read the same (P10).
        sure = _answers_us(message, bot)
        await _answer_nobody(message, session, organisation, topic, sure=sure)
        return
    if await is_kept_from_somebody(session, organisation.id, case.returnee_id):
        raise Refused(_FROM_NOWHERE)
    words = _new_words(message)
    if _is_note(words):
        await _keep_note(session, actor, case.id, words[len(_NOTE) :])
        return
    _ensure_for_the_person(message, words, bot)
    leaving = await _write_to_person(session, actor, case.id, words)
    await answer_staff(session, message, staff, Notice.STAFF_WORDS_LEAVE, leaving)


async def press(
    query: CallbackQuery, event_chat: Chat, session: Session, texts: Texts, answer: PressAnswer
) -> None:
    """Whoever it is must not believe that they have claimed a case. They alone see the answer."""
    if await organisation_of_chat(session, event_chat.id) is not None:
        answer.say(
            texts(
                "Nothing was done: this account has not joined. Ask whoever manages your team for "
                "a code, and send it to me in private."
            ),
            alert=True,
        )


async def _write_to_person(
    session: Session, actor: Actor, case_id: UUID, words: str
) -> dict[str, object]:
    """What is to be said of words that leave."""
    if await names_unsafe_place(session, actor, case_id, words):
        raise Refused(_IN_THE_CONSOLE)
    try:
        written = await write(session, actor, case_id, words, Conditions(grace=GRACE_IN_TELEGRAM))
    except RefusedForThem:
        raise Refused(_IN_THE_CONSOLE) from None
    return {"message": str(written.id), "waits": await must_wait(session, written)}


async def _keep_note(session: Session, actor: Actor, case_id: UUID, words: str) -> None:
    if await told_in_note(words):
        raise Refused(_IN_THE_CONSOLE)
    await note(session, actor, case_id, words)


def _new_words(message: Message) -> str:
    """Raises Refused for whatever else it is."""
    if message.edit_date is not None:
        raise Refused(
            "A change here changes nothing that went to the person or into the case. Take it back "
            "while you can, or write again."
        )
    if message.text is None:
        raise Refused("Only words can go to the person from here.")
    if any(each.type == MessageEntityType.TEXT_LINK for each in message.entities or ()):
        raise Refused(
            "A link lies behind a word here and would be lost. Write its address out instead."
        )
    return message.text


async def _is_of_a_case(session: Session, organisation_id: UUID, topic: int | None) -> bool:
    return topic is not None and await is_topic_of_a_case(session, organisation_id, topic)


async def _answer_nobody(
    message: Message, session: Session, organisation: Organisation, topic: int | None, *, sure: bool
) -> None:
    """Whoever it is must not believe that the person reads it: a colleague who has not joined yet,
    or an administrator who appears as the group itself, whom nobody can tell from another; and
    whoever writes where a case was whose person is forgotten. `sure`: that it is no talk of theirs.
    """
    if sure:
        await _tell_all(session, organisation, _FROM_NOWHERE, message.chat.id, topic)


async def _tell_all(
    session: Session,
    organisation: Organisation,
    sentence: str,
    chat_id: int,
    topic: int | None = None,
) -> None:
    language = await language_of_team(session, organisation.id)
    said = {"sentence": sentence}
    await tell_chat(
        session, chat_id, Notice.STAFF_REFUSED, said, language=language, thread_id=topic
    )


def _may_write(us: ChatMemberUnion) -> bool:
    """As far as is said: what a whole group may not, is learnt where something fails."""
    silenced = (getattr(us, right, True) is False for right in ("is_member", "can_send_messages"))
    return us.status not in _OUT and not any(silenced)


def _hears_less(event: ChatMemberUpdated) -> bool:
    """Of a group Telegram tells nobody but its administrators everything. Where the bot was there
    and none before, that has been said.
    """
    administrator = ChatMemberStatus.ADMINISTRATOR
    before, now = event.old_chat_member, event.new_chat_member
    return now.status != administrator and (
        before.status == administrator or not _may_write(before)
    )


def _answers_us(message: Message, bot: Bot) -> bool:
    """Or stands in a topic that we made: Telegram says that it answers the topic's beginning. All
    else is colleagues' talk.
    """
    answered = message.reply_to_message
    return (
        answered is not None and answered.from_user is not None and answered.from_user.id == bot.id
    )


def _ensure_for_the_person(message: Message, words: str, bot: Bot) -> None:
    """Raises Refused where that is not sure."""
    if words.startswith("/"):
        raise Refused(_FROM_NOWHERE)
    if _is_among_colleagues(message, bot):
        raise Refused(
            "Nothing went to the person: this answers a colleague, or was forwarded. Write it anew "
            "by itself, or begin with // for a note."
        )


def _is_command(text: str) -> bool:
    """One of ours, or another bot's; not whatever begins with a slash."""
    name, at, _ = text.partition(" ")[0].partition("@")
    return name.startswith("/") and (at != "" or name[1:].casefold() in {*COMMANDS, *OF_STAFF})


def _is_note(words: str) -> bool:
    """Also with the wide strokes of an Asian keyboard."""
    return unicodedata.normalize("NFKC", words[: len(_NOTE)]) == _NOTE


def _is_among_colleagues(message: Message, bot: Bot) -> bool:
    """Whether it is theirs: forwarded, or an answer to what somebody else of the team wrote. Behind
    whatever stands in a topic Telegram says that it answers the topic's beginning.
    """
    if message.forward_origin is not None:
        return True
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created is not None:
        return False
    whose = {each.id for each in (bot, message.from_user) if each is not None}
    return answered.from_user is None or answered.from_user.id not in whose


async def _leave_if_strange(session: Session, chat_id: int) -> None:
    """Not at once: it may be a staff group under its new number, which another update tells."""
    if await organisation_of_chat(session, chat_id) is not None:
        return
    in_a_while = Delivery(
        NoticeClass.STAFF,
        not_before=session.now + _BEFORE_LEAVING,
        once=Once("leave", _BEFORE_LEAVING),
    )
    await put(session, chat_id, Leaving(), in_a_while)
