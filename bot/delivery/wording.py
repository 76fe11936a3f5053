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
    ToChat,
    TopicDeletion,
    Unknown,
    Window,
    Wordless,
)
from storage.outbox.letters import chat_of, content_of
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


async def wire(session: Session, row: OutboxRow, catalogues: Catalogues) -> Wire:
    """Raises what rendering raises: a row that can't be worded is a fault of ours."""
    content = content_of(row, session.keys)
    chat_id = chat_of(row, session.keys)
    returnee = await session.find(Returnee, row.returnee_id) if row.returnee_id else None
    match content:
        case Notification():
            screen = await _notice(session, content, returnee, catalogues)
        case Window(text, markup):
            screen = Screen(text, drawn_before(markup) if markup else None)
        case Unknown():
            raise LookupError("it holds what this release doesn't know")
        case _:
            return Wire(await _wordless(session, chat_id, content, returnee, catalogues))
    manner = _Manner(
        silent=row.notice_class is not NoticeClass.STAFF,
        protected=discretion_of(content, returnee) is not Discretion.OPEN,
    )
    said = await _screen(session, chat_id, content, screen, manner)
    if returnee is None and says(content, Notice.FORGOTTEN):
        menu = _strangers_menu(chat_id, content, catalogues)
        return replace(said, afterwards=(*said.afterwards, *menu))
    return said


async def _wordless(
    session: Session,
    chat_id: int,
    content: Wordless,
    returnee: Returnee | None,
    catalogues: Catalogues,
) -> tuple[TelegramMethod[Any], ...]:
    """The calls of a row that only takes something away, leaves a group or fits a menu."""
    match content:
        case Deletion(messages, hide):
            gone = await _real_ids(session, messages)
            # What was leaving as it was put came meanwhile, and is found by its trace.
            gone += await _traces(session, chat_id) if hide else []
            return _deletions(chat_id, gone)
        case TopicDeletion(topic):
            return (DeleteForumTopic(chat_id=chat_id, message_thread_id=topic),)
        case Clearing():
            # Of whoever was forgotten meanwhile, the row is gone as well.
            assert returnee is not None
            return _deletions(chat_id, await what_vanishes(session, returnee))
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
) -> list[TelegramMethod[Any]]:
    """The menu of commands in their language goes with the rest of them. Where somebody watches,
    the short one stays: a longer one would be seen to come.
    """
    if discretion_of(content, None) is Discretion.WATCHED:
        return []
    return [commands_of_chat(chat_id, None, catalogues)]


async def _notice(
    session: Session, content: Notification, returnee: Returnee | None, catalogues: Catalogues
) -> Screen:
    chat = content.chat or ToChat()
    language = returnee.language if returnee else chat.language
    texts = Texts(language, discretion_of(content, returnee), catalogues.of(language))
    return await render(session, content, texts, returnee)


async def _screen(
    session: Session,
    chat_id: int,
    content: Notification | Window,
    screen: Screen,
    manner: _Manner,
) -> Wire:
    chat = (isinstance(content, Notification) and content.chat) or ToChat()
    fresh = _fresh(chat_id, chat.thread, screen, manner)
    params = content.params if isinstance(content, Notification) else {}
    gone = await _traces(session, chat_id) if params.get("hide") else []
    gone += params.get("gone", [])
    replaces = content.replaces if isinstance(content, Window) else None
    replaced = await _real_ids(session, [replaces] if replaces else [])
    # That a chat is empty is said once it is; a window that was replaced may stay a little.
    emptied, afterwards = _deletions(chat_id, gone), _deletions(chat_id, replaced)
    topic = chat.topic_of_case
    covers = screen.covers and not _is_known(content)
    places = (params.get(CAME_AS), content.edit)
    edited = await _real_ids(session, [place for place in places if place])
    opens = edited[0] if edited and _is_open(content, screen) else None
    if edited and screen.voice is None and screen.document is None:
        edit = EditMessageText(
            chat_id=chat_id,
            message_id=edited[0],
            text=screen.text,
            reply_markup=screen.keyboard,
            link_preview_options=_NO_PREVIEW,
        )
        # What is covered again may be gone by now: nothing new must come in its place.
        again = says(content, Notice.CONCEALED)
        return Wire(
            (edit,),
            instead=None if again else fresh,
            afterwards=afterwards,
            covers=covers,
            opens=opens,
        )
    code = await session.scalar(select(Case.code).where(Case.id == topic)) if topic else None
    return Wire(
        (*emptied, fresh),
        afterwards=afterwards,
        topic_of=topic,
        topic_name=code or "",
        covers=covers,
        opens=opens,
    )


def _is_known(content: Content) -> bool:
    """Whether it is known already if what it covers has been read: it was pressed."""
    return says(content, *_PRESSED) or (isinstance(content, Notification) and content.again)


def _is_open(content: Content, screen: Screen) -> bool:
    """Whether it shows what somebody opened; it stays shut while it is not sure who is there."""
    return says(content, Notice.REVEALED) and not screen.covers


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


async def _traces(session: Session, chat_id: int) -> list[int]:
    """Both sides' messages that Telegram still lets us delete."""
    chat_keys = session.keys.look_ups(chat_id, "chat")
    found = await session.scalars(select(Trace.message_id).where(Trace.chat_key.in_(chat_keys)))
    return list(found)


async def _real_ids(session: Session, ids: Sequence[int]) -> list[int]:
    """Telegram's numbers; a stand-in whose message was never sent has none."""
    stand_ins = [number for number in ids if number < 0]
    if not stand_ins:
        return [number for number in ids if number > 0]
    found = await session.execute(
        select(OutboxRow.stand_in, OutboxRow.message_id).where(OutboxRow.stand_in.in_(stand_ins))
    )
    real = {found_one.stand_in: found_one.message_id for found_one in found}
    resolved = [real.get(number) if number < 0 else number for number in ids]
    return [number for number in resolved if number is not None and number > 0]
