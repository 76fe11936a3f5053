"""What a row of the outbox holds: as a value in the code, as a document in the row (decision 0089).

Documents are read by the releases before and after this one, so their names stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from storage.kinds import Discretion

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToChat:
    """How a notice is said in a chat of which we know no person."""

    language: str = "en"
    discretion: Discretion = Discretion.OPEN
    thread: int | None = None
    #: It belongs in the topic of this case.
    topic_of_case: UUID | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A notice, by its name: its words are found as it leaves."""

    notice: str
    params: Mapping[str, Any]
    #: The message that it takes the place of.
    edit: int | None = None
    chat: ToChat | None = None
    #: It was open before, and is covered once more.
    again: bool = False
    #: What a newer release says of it besides: kept for that one, should it be reworded here.
    further: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a dialog, drawn when it was put."""

    text: str
    markup: Mapping[str, Any] | None = None
    #: The message that it takes the place of.
    edit: int | None = None
    #: The message that goes once this one is there.
    replaces: int | None = None
    #: How much may stand on the phone that it was drawn for.
    drawn_for: Discretion | None = None
    #: It was drawn for a frozen chat. Older releases say both.
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Deletion:
    """These messages go, and with `hide` all that is known to be in the chat."""

    messages: tuple[int, ...]
    hide: bool = False
    #: What came since a backup goes, of which nothing is known (domain/recovery/lost_messages.py).
    lost: bool = False


@dataclass(frozen=True, slots=True)
class TopicDeletion:
    topic: int
    #: Who hears of it where Telegram refuses; nobody where another one of these tells it.
    organisation_id: UUID | None = None
    #: What it is called in the group; "" where its case is forgotten, or all of them go.
    code: str = ""


@dataclass(frozen=True, slots=True)
class Clearing:
    """Whatever may not stay on a watched screen goes: which that is shows when it leaves."""

    #: What came before then stood on a screen that nobody watched, and may say anything.
    watched_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """We leave the group."""


@dataclass(frozen=True, slots=True)
class CommandMenu:
    """The menu of commands becomes the one for whoever has the chat by then."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What only another release can read: it waits for that one (decision 0009)."""

    document: Document


class OfAnotherRelease(Exception):
    """This one can't tell what it does or says (decision 0009)."""


#: What takes something away, or fits a menu: no words come with it.
Wordless = Deletion | TopicDeletion | Leaving | CommandMenu
Content = Notification | Window | Clearing | Wordless | Unknown


def to_document(content: Content) -> Document:
    match content:
        case Notification():
            return _of_notification(content)
        case Window():
            return _of_window(content)
        case Deletion(messages, hide, lost):
            marks = {"hide": hide, "lost": lost}
            return {"delete": list(messages), **{name: True for name in marks if marks[name]}}
        case TopicDeletion(topic, None):
            return {"delete_topic": topic}
        case TopicDeletion(topic, organisation_id, code):
            return {"delete_topic": topic, "organisation": str(organisation_id), "code": code}
        case Clearing(watched_since):
            since = {"watched_since": watched_since.isoformat()} if watched_since else {}
            return {"vanish": True, **since}
        case Leaving():
            return {"leave": True}
        case CommandMenu():
            return {"commands": True}
        case Unknown(document):
            return document


def _of_notification(content: Notification) -> Document:
    document = {
        **content.further,
        "notice": content.notice,
        "params": dict(content.params),
        "edit": content.edit,
    }
    if content.chat is not None:
        topic = content.chat.topic_of_case
        document |= {
            "language": content.chat.language,
            "discretion": content.chat.discretion,
            "thread": content.chat.thread,
            "topic_of_case": str(topic) if topic else None,
        }
    if content.again:
        document["again"] = True
    return document


def _of_window(content: Window) -> Document:
    document: Document = {
        "window": {"text": content.text, "markup": content.markup},
        "edit": content.edit,
        "replaces": content.replaces,
    }
    if content.drawn_for is not None:
        document["drawn_for"] = content.drawn_for
    if content.frozen:
        document["frozen"] = True
    return document


def from_document(document: Document) -> Content:
    """Of whichever release put it: what this one doesn't understand is no error."""
    try:
        return _read(document)
    except ValueError:
        return Unknown(document)


def _read(document: Document) -> Content:
    match document:
        case {"notice": _, "params": _}:
            return _notification(dict(document))
        case {"window": {"text": text, "markup": markup}}:
            return _window(text, markup, document)
        case {"delete": messages}:
            return Deletion(
                tuple(messages),
                hide=document.get("hide", False),
                lost=document.get("lost", False),
            )
        case {"delete_topic": topic, "organisation": organisation_id, "code": code}:
            return TopicDeletion(topic, UUID(organisation_id), code)
        case {"delete_topic": topic}:
            return TopicDeletion(topic)
        case {"vanish": _}:
            since = document.get("watched_since")
            return Clearing(datetime.fromisoformat(since) if since else None)
        case {"leave": _}:
            return Leaving()
        case {"commands": _}:
            return CommandMenu()
        case _:
            return Unknown(document)


def _notification(left: Document) -> Notification:
    """Whatever is left of the document once it is read."""
    return Notification(
        left.pop("notice"),
        left.pop("params"),
        left.pop("edit", None),
        _chat(left) if "language" in left else None,
        again=left.pop("again", False),
        further=left,
    )


def _chat(left: Document) -> ToChat:
    topic = left.pop("topic_of_case", None)
    return ToChat(
        left.pop("language"),
        Discretion(left.pop("discretion", Discretion.OPEN)),
        left.pop("thread", None),
        UUID(topic) if topic else None,
    )


def _window(text: str, markup: Document | None, document: Document) -> Window:
    drawn_for = document.get("drawn_for")
    return Window(
        text,
        markup,
        document.get("edit"),
        document.get("replaces"),
        Discretion(drawn_for) if drawn_for else None,
        frozen=document.get("frozen", False),
    )
