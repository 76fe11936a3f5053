"""What a row of the outbox is on the wire: found at the moment of sending, not before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from aiogram.methods import (
    DeleteForumTopic,
    DeleteMessages,
    EditMessageText,
    LeaveChat,
    SendDocument,
    SendMessage,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, LinkPreviewOptions
from sqlalchemy import select

from dialogs.notices import discretion_of, render
from dialogs.presses import drawn_before
from dialogs.screens import Screen
from dialogs.texts import Texts
from domain.notices import Notice, says
from domain.recovery.lost_messages import lost_numbers
from domain.returnees.chats import returnee_of_chat
from domain.safety.screens import CAME_AS, what_vanishes
from domain.staff import staff_of_chat
from handlers.menus import commands_of_chat
from locales.catalogues import Catalogues
from storage.kinds import Discretion, NoticeClass
from storage.outbox.contents import (
    Clearing,
    CommandMenu,
    Content,
    Deletion,
    Leaving,
    Notification,
    OfAnotherRelease,
    ToChat,
    TopicDeletion,
    Unknown,
    Window,
    Wordless,
)
from storage.outbox.letters import chat_of
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.traces import Trace

_MOST_DELETED_AT_ONCE = 100
_PRESSED = (Notice.REVEALED, Notice.CONCEALED)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Wire:
    """The calls that a row leads to."""

    #: In order; the last one's answer is the message that was sent.
    calls: tuple[TelegramMethod[Any], ...]
    #: Said instead when there is nothing left to edit.
    instead: TelegramMethod[Any] | None = None
    #: Tidying up, whose failure is nobody's loss.
    afterwards: tuple[TelegramMethod[Any], ...] = field(default=())
    #: The topic of this case is where it belongs; the case's code is the topic's name.
    topic_of: UUID | None = None
    topic_name: str = ""
    #: A neutral line whose words wait to be opened.
    covers: bool = False
    #: Telegram's number of such a line that was pressed: what it covered stands there now.
    opens: int | None = None

    @property
    def many_calls(self) -> bool:
        """What can't be deleted together is deleted, or written over, one by one."""
        together = [call for call in self.calls if isinstance(call, DeleteMessages)]
        return len(self.calls) > 1 or any(len(call.message_ids) > 1 for call in together)

    def moved(self, chat_id: int) -> "Wire":
        """The same, to the group's new number."""

        def move(call: TelegramMethod[Any]) -> TelegramMethod[Any]:
            return call.model_copy(update={"chat_id": chat_id})

        return replace(
            self,
            calls=tuple(map(move, self.calls)),
            instead=move(self.instead) if self.instead else None,
            afterwards=tuple(map(move, self.afterwards)),
        )

    def unsaid(self) -> "Wire":
        """What takes something away, and no word of it."""
        silent = tuple(call for call in self.calls if isinstance(call, DeleteMessages))
        return replace(self, calls=silent, instead=None)


@dataclass(frozen=True, slots=True)
class _Manner:
    """No phone lights up for us, and what a guarded phone shows can't be passed on."""

    silent: bool
    protected: bool


async def wire(session: Session, row: OutboxRow, content: Content, catalogues: Catalogues) -> Wire:
    """Raises what rendering raises: a row that can't be worded is a fault of ours."""
    chat_id = chat_of(row, session.keys)
    returnee = await session.find(Returnee, row.returnee_id) if row.returnee_id else None
    manner = _Manner(
        silent=row.notice_class is not NoticeClass.STAFF,
        protected=discretion_of(content, returnee) is not Discretion.OPEN,
    )
    match content:
        case Notification():
            screen = await _rendered(session, content, returnee, catalogues)
            said = await _notification(session, chat_id, content, screen, manner)
            if returnee is None and says(content, Notice.FORGOTTEN):
                return replace(said, afterwards=_strangers_menu(chat_id, content, catalogues))
            return said
        case Window():
            return await _window(session, chat_id, content, manner)
        case Unknown():
            raise OfAnotherRelease
        case Clearing(watched_since):
            # Of whoever was forgotten meanwhile, the row is gone as well.
            assert returnee is not None
            gone = await what_vanishes(session, returnee, watched_since, row.number)
            return Wire(_deletions(chat_id, gone))
        case _:
            return Wire(await _wordless(session, chat_id, content, returnee, catalogues))


async def _rendered(
    session: Session, content: Notification, returnee: Returnee | None, catalogues: Catalogues
) -> Screen:
    language = returnee.language if returnee else (content.chat or ToChat()).language
    texts = Texts(language, discretion_of(content, returnee), catalogues.of(language))
    return await render(session, content, texts, returnee)


async def _notification(
    session: Session, chat_id: int, content: Notification, screen: Screen, manner: _Manner
) -> Wire:
    chat, params = content.chat or ToChat(), content.params
    fresh = _fresh(chat_id, chat.thread, screen, manner)
    # Of what was pressed it is known whether it has been read by now.
    covers = screen.covers and not content.again and not says(content, *_PRESSED)
    edited = await _real_ids(session, params.get(CAME_AS), content.edit)
    if edited and screen.voice is None and screen.document is None:
        # What is covered again may be gone by now: nothing new must come in its place.
        instead = None if says(content, Notice.CONCEALED) else fresh
        call = _edit(chat_id, edited[0], screen)
        return Wire((call,), instead, covers=covers, opens=_opened(content, screen, edited))
    gone = await _all_there(session, chat_id) if params.get("hide") else []
    # That a chat is empty is said once it is.
    emptied = _deletions(chat_id, [*gone, *params.get("gone", [])])
    topic = chat.topic_of_case
    code = await session.scalar(select(Case.code).where(Case.id == topic)) if topic else None
    return Wire(
        (*emptied, fresh),
        topic_of=topic,
        topic_name=code or "",
        covers=covers,
        opens=_opened(content, screen, edited),
    )


def _opened(content: Notification, screen: Screen, edited: Sequence[int]) -> int | None:
    """The message that shows what somebody opened; it stays shut while it is not sure who is
    there.
    """
    is_open = says(content, Notice.REVEALED) and not screen.covers
    return edited[0] if is_open and edited else None


async def _window(session: Session, chat_id: int, content: Window, manner: _Manner) -> Wire:
    screen = Screen(content.text, drawn_before(content.markup) if content.markup else None)
    fresh = _fresh(chat_id, None, screen, manner)
    # It may stay a little.
    replaced = _deletions(chat_id, await _real_ids(session, content.replaces))
    edited = await _real_ids(session, content.edit)
    if edited:
        return Wire((_edit(chat_id, edited[0], screen),), fresh, afterwards=replaced)
    return Wire((fresh,), afterwards=replaced)


async def _wordless(
    session: Session,
    chat_id: int,
    content: Wordless,
    returnee: Returnee | None,
    catalogues: Catalogues,
) -> tuple[TelegramMethod[Any], ...]:
    """The calls of a row that only takes something away, leaves a group or fits a menu."""
    match content:
        case Deletion(messages, hide, lost):
            gone = await _real_ids(session, *messages)
            # What was leaving as it was put came meanwhile, and is found by its trace.
            gone += await _all_there(session, chat_id) if hide else []
            gone += await _lost(session, chat_id) if lost else []
            return _deletions(chat_id, gone)
        case TopicDeletion(topic=topic):
            return (DeleteForumTopic(chat_id=chat_id, message_thread_id=topic),)
        case Leaving():
            return (LeaveChat(chat_id=chat_id),)
        case CommandMenu():
            whose = (
                returnee
                or await staff_of_chat(session, chat_id)
                or await returnee_of_chat(session, chat_id)
            )
            return (commands_of_chat(chat_id, whose, catalogues),)


def _strangers_menu(
    chat_id: int, content: Notification, catalogues: Catalogues
) -> tuple[TelegramMethod[Any], ...]:
    """The menu of commands in their language goes with the rest of them. Where somebody watches,
    the short one stays: a longer one would be seen to come.
    """
    if discretion_of(content, None) is Discretion.WATCHED:
        return ()
    return (commands_of_chat(chat_id, None, catalogues),)


def _edit(chat_id: int, message: int, screen: Screen) -> TelegramMethod[Any]:
    return EditMessageText(
        chat_id=chat_id,
        message_id=message,
        text=screen.text,
        reply_markup=screen.keyboard,
        link_preview_options=_NO_PREVIEW,
    )


def _fresh(
    chat_id: int, thread: int | None, screen: Screen, manner: _Manner
) -> TelegramMethod[Any]:
    if screen.voice is not None:
        return SendVoice(
            chat_id=chat_id,
            voice=BufferedInputFile(screen.voice, "voice"),
            caption=screen.text or None,
            reply_markup=screen.keyboard,
            disable_notification=manner.silent,
            protect_content=manner.protected,
        )
    if screen.document is not None:
        return SendDocument(
            chat_id=chat_id,
            document=BufferedInputFile(screen.document.data, screen.document.name),
            caption=screen.text or None,
            disable_content_type_detection=True,
            disable_notification=manner.silent,
            protect_content=manner.protected,
        )
    return SendMessage(
        chat_id=chat_id,
        text=screen.text,
        reply_markup=screen.keyboard,
        message_thread_id=thread,
        link_preview_options=_NO_PREVIEW,
        disable_notification=manner.silent,
        protect_content=manner.protected,
    )


def _deletions(chat_id: int, gone: Iterable[int]) -> tuple[TelegramMethod[Any], ...]:
    """Each once, however often it was changed; and the newest words first, since whatever fails on
    the way begins anew.
    """
    ids = sorted(set(gone), reverse=True)
    return tuple(
        DeleteMessages(chat_id=chat_id, message_ids=ids[start : start + _MOST_DELETED_AT_ONCE])
        for start in range(0, len(ids), _MOST_DELETED_AT_ONCE)
    )


async def _all_there(session: Session, chat_id: int) -> list[int]:
    """Both sides' messages, as far as Telegram lets us delete them."""
    return [*await _lost(session, chat_id), *await _traces(session, chat_id)]


async def _lost(session: Session, chat_id: int) -> list[int]:
    """What may have come since a backup that was restored; what has a trace is none of that."""
    lost = await lost_numbers(session)
    known = set(await _traces(session, chat_id)) if lost else set()
    return [number for number in lost if number not in known]


async def _traces(session: Session, chat_id: int) -> list[int]:
    """Both sides' messages that Telegram still lets us delete."""
    chat_keys = session.keys.look_ups(chat_id, "chat")
    found = await session.scalars(select(Trace.message_id).where(Trace.chat_key.in_(chat_keys)))
    return list(found)


async def _real_ids(session: Session, *numbers: int | None) -> list[int]:
    """Telegram's own; a stand-in whose message was never sent has none."""
    ids = [number for number in numbers if number]
    stand_ins = [number for number in ids if number < 0]
    if not stand_ins:
        return ids
    found = await session.execute(
        select(OutboxRow.stand_in, OutboxRow.message_id).where(OutboxRow.stand_in.in_(stand_ins))
    )
    real = {found_one.stand_in: found_one.message_id for found_one in found}
    resolved = [real.get(number) if number < 0 else number for number in ids]
    return [number for number in resolved if number is not None and number > 0]
