"""What a message from Telegram holds, in our words."""

import re
from collections.abc import Iterable, Iterator

from aiogram.enums import ContentType
from aiogram.types import ExternalReplyInfo, Location, Message, TelegramObject, TextQuote

from domain.codes.handed import without_codes
from domain.messages.body import Body
from handlers.menus import COMMANDS
from handlers.reading.carried_words import answered_elsewhere, carried_in
from handlers.reading.links import links_behind, links_in
from handlers.reading.pieces import pieces_of
from handlers.reading.rich_words import held_file, is_read_in_part, lines_of
from storage.kinds import MessageKind

_COMMAND = re.compile(rf"/({'|'.join(COMMANDS)})(@\w+)?(?!\S)", re.IGNORECASE)
_COMMANDS = re.compile(rf"(?:{_COMMAND.pattern}\s*)++", re.IGNORECASE)
# Wherever in a message, but in no address.
_HELP = re.compile(r"(?<![\w/])/help(@\w+)?(?![\w/])", re.IGNORECASE)
# What only looks like one, such as "/sos" or "/help_me".
_NO_COMMAND = re.compile(r"/+(\S*)")
_FILES = {
    ContentType.VOICE: MessageKind.VOICE,
    ContentType.AUDIO: MessageKind.VOICE,
    ContentType.PHOTO: MessageKind.PHOTO,
    ContentType.LIVE_PHOTO: MessageKind.PHOTO,
    ContentType.VIDEO: MessageKind.PHOTO,
    ContentType.VIDEO_NOTE: MessageKind.PHOTO,
    ContentType.ANIMATION: MessageKind.PHOTO,
    ContentType.DOCUMENT: MessageKind.DOCUMENT,
}
# What stands neither here nor among the service messages is kept as something else: whatever
# Telegram thinks of next may be somebody's cry for help.
_KINDS = _FILES | {
    ContentType.TEXT: MessageKind.TEXT,
    # Known by their emoji.
    ContentType.STICKER: MessageKind.TEXT,
    ContentType.DICE: MessageKind.TEXT,
    ContentType.POLL: MessageKind.TEXT,
    ContentType.POLL_OPTION_ADDED: MessageKind.TEXT,
    ContentType.CHECKLIST: MessageKind.TEXT,
    ContentType.CHECKLIST_TASKS_ADDED: MessageKind.TEXT,
    ContentType.RICH_MESSAGE: MessageKind.TEXT,
    ContentType.GAME: MessageKind.TEXT,
    ContentType.LOCATION: MessageKind.LOCATION,
    ContentType.VENUE: MessageKind.LOCATION,
    ContentType.CONTACT: MessageKind.CONTACT,
}
#: What Telegram itself tells of a chat. Nobody says any of it.
SERVICE = frozenset(
    {
        ContentType.NEW_CHAT_MEMBERS,
        ContentType.LEFT_CHAT_MEMBER,
        ContentType.CHAT_OWNER_LEFT,
        ContentType.CHAT_OWNER_CHANGED,
        ContentType.NEW_CHAT_TITLE,
        ContentType.NEW_CHAT_PHOTO,
        ContentType.DELETE_CHAT_PHOTO,
        ContentType.GROUP_CHAT_CREATED,
        ContentType.SUPERGROUP_CHAT_CREATED,
        ContentType.CHANNEL_CHAT_CREATED,
        ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.MIGRATE_TO_CHAT_ID,
        ContentType.MIGRATE_FROM_CHAT_ID,
        ContentType.PINNED_MESSAGE,
        ContentType.SUCCESSFUL_PAYMENT,
        ContentType.REFUNDED_PAYMENT,
        ContentType.CONNECTED_WEBSITE,
        ContentType.WRITE_ACCESS_ALLOWED,
        ContentType.PROXIMITY_ALERT_TRIGGERED,
        ContentType.BOOST_ADDED,
        ContentType.CHAT_BACKGROUND_SET,
        ContentType.CHECKLIST_TASKS_DONE,
        ContentType.DIRECT_MESSAGE_PRICE_CHANGED,
        ContentType.FORUM_TOPIC_CREATED,
        ContentType.FORUM_TOPIC_EDITED,
        ContentType.FORUM_TOPIC_CLOSED,
        ContentType.FORUM_TOPIC_REOPENED,
        ContentType.GENERAL_FORUM_TOPIC_HIDDEN,
        ContentType.GENERAL_FORUM_TOPIC_UNHIDDEN,
        ContentType.GIVEAWAY_CREATED,
        ContentType.GIVEAWAY_COMPLETED,
        ContentType.MANAGED_BOT_CREATED,
        ContentType.PAID_MESSAGE_PRICE_CHANGED,
        ContentType.POLL_OPTION_DELETED,
        ContentType.SUGGESTED_POST_APPROVED,
        ContentType.SUGGESTED_POST_APPROVAL_FAILED,
        ContentType.SUGGESTED_POST_DECLINED,
        ContentType.SUGGESTED_POST_PAID,
        ContentType.SUGGESTED_POST_REFUNDED,
        ContentType.VIDEO_CHAT_SCHEDULED,
        ContentType.VIDEO_CHAT_STARTED,
        ContentType.VIDEO_CHAT_ENDED,
        ContentType.VIDEO_CHAT_PARTICIPANTS_INVITED,
        ContentType.COMMUNITY_CHAT_ADDED,
        ContentType.COMMUNITY_CHAT_REMOVED,
        ContentType.COMMUNITY_CHAT_JOINED,
    }
)


def kind_of(message: Message) -> MessageKind | None:
    """None for what nobody says, such as that a message was pinned."""
    content = ContentType(message.content_type)
    if content in SERVICE:
        return None
    kind = _KINDS.get(content, MessageKind.OTHER)
    if kind is MessageKind.TEXT and not _is_all_words(message):
        return _kind_of_file(answered_elsewhere(message))
    return kind


def _kind_of_file(answered: ExternalReplyInfo | None) -> MessageKind:
    held = (kind for content, kind in _FILES.items() if getattr(answered, content, None))
    return next(held, MessageKind.OTHER)


def words_of(message: Message) -> str:
    """All that is said in it: text, caption, a contact's name, a sticker's emoji, what a poll asks,
    what a place is called; and below that what it quotes. What a file is called is not said.
    """
    quote = _quote_in(message)
    quoted = _as_quote(quote.text) if quote else ""
    return "\n".join(part for part in (_said_in(message), quoted) if part)


def typed_in(message: Message) -> str:
    """What somebody wrote there, by itself or below a picture."""
    rich = message.rich_message
    return message.text or message.caption or ("\n".join(lines_of(rich)) if rich else "")


def as_their_answer(message: Message) -> str:
    """What somebody typed, as it is kept where it answers a question."""
    words = message.text or ""
    return _as_quote(words) if _is_passed_on(message) else words


def name_in(message: Message) -> str:
    """Typed, or that of whoever is on a contact's card."""
    return message.contact.first_name if message.contact else message.text or ""


def without_command_or_code(words: str) -> str:
    """Pressing /help or an invitation says nothing yet; what is written behind it does. A command
    that there is none of is a word like any other.
    """
    commands = _COMMANDS.match(words)
    if commands is not None:
        return without_codes(words[commands.end() :])
    word = _NO_COMMAND.match(words)
    if word is not None:
        words = word[1].replace("_", " ") + words[word.end() :]
    return without_codes(words)


def is_command(text: str) -> bool:
    """One of ours, and not whatever begins with a slash."""
    return _called(text) is not None


def is_help(text: str) -> bool:
    """Whoever writes /help wants a human, whatever stands before it."""
    return _HELP.search(text) is not None


def calls_for_help(message: Message) -> bool:
    return is_help(typed_in(message))


def is_mere_command(text: str) -> bool:
    """It says nothing that anybody would have to read; one word behind /start is a code."""
    words = without_command_or_code(text).split()
    is_code = _called(text) == "start" and len(words) == 1
    return is_command(text) and (not words or is_code)


def is_only_a_command(message: Message) -> bool:
    """And answers no recording in another chat, nor brings anything else along."""
    return kind_of(message) is MessageKind.TEXT and is_mere_command(message.text or "")


def _called(text: str) -> str | None:
    command = _COMMAND.match(text)
    return command[1].casefold() if command else None


def body_from(message: Message, *, with_carried: bool = False) -> Body:
    """What is kept of it, as domain/messages/body.py describes it: of a place no word (P14), and
    what a file is called, or a card says, only where somebody has to read it. What was forwarded is
    marked: it may be a threat that they were sent, and no words of their own. Where a link behind
    a word leads stands below the words, once.
    """
    carried = _as_quote(carried_in(message)) if with_carried else ""
    shown = _with_links(_said_in(message), links_in(message))
    said = _as_quote(shown) if _is_passed_on(message) else shown
    quote = _quote_in(message)
    quoted = _with_links(quote.text, links_behind(quote.entities)) if quote else ""
    words = "\n".join(filter(None, (said, _as_quote(quoted), carried)))
    body = Body(number=message.message_id)
    if message.reply_to_message:
        body["answers"] = message.reply_to_message.message_id
    if words and not is_place(message):
        body["text"] = words
    if carried:
        body["carried"] = True
    if file_id := _file_of(message) or _file_of(answered_elsewhere(message)):
        body["file_id"] = file_id
    if message.edit_date:
        body["edited"] = message.edit_date
    return body


def _is_passed_on(message: Message) -> bool:
    return message.forward_origin is not None and not is_only_a_command(message)


def is_place(message: Message) -> bool:
    return _KINDS.get(ContentType(message.content_type)) is MessageKind.LOCATION


def _is_all_words(message: Message) -> bool:
    """A poll may ask about a picture or a place, a sticker be known by nothing, and a recording lie
    in another chat and be answered here. Nor can everything always be read.
    """
    answered = answered_elsewhere(message)
    shows_more = (
        _holds_more(message.poll)
        or held_file(message.rich_message)
        or is_read_in_part(message)
        or (answered is not None and _is_more_than_words(answered))
    )
    return bool(_said_in(message)) and not shows_more


def _is_more_than_words(answered: ExternalReplyInfo) -> bool:
    held = _file_of(answered) or answered.story or answered.paid_media
    return bool(held) or _holds_more(answered.poll)


def _holds_more(held: object) -> bool:
    if isinstance(held, list):
        return any(map(_holds_more, held))
    if isinstance(held, TelegramObject):
        is_more = isinstance(held, Location) or hasattr(held, "file_id")
        return is_more or any(_holds_more(value) for _, value in held)
    return False


def _said_in(message: Message) -> str:
    contact, sticker, dice = message.contact, message.sticker, message.dice
    names = (contact.first_name, contact.last_name) if contact else ()
    emoji = (sticker.emoji if sticker else None, dice.emoji if dice else None)
    line = " ".join(part for part in (message.text, message.caption, *names, *emoji) if part)
    return "\n".join(part for part in (line, *_lines_in(message)) if part)


def _lines_in(message: Message) -> Iterator[str | None]:
    """Of all that is put together of several pieces of text, each as a line."""
    yield from pieces_of(message)
    if message.poll_option_added:
        yield message.poll_option_added.option_text
    if message.checklist_tasks_added:
        yield from (task.text for task in message.checklist_tasks_added.tasks)
    if message.venue:
        yield from (message.venue.title, message.venue.address)
    if message.web_app_data:
        yield message.web_app_data.data
    for topic in (message.forum_topic_created, message.forum_topic_edited):
        yield topic.name if topic else None
    for gift in (message.gift, message.unique_gift, message.gift_upgrade_sent):
        yield gift.text if gift else None
    if message.rich_message:
        yield from lines_of(message.rich_message)


def _quote_in(message: Message) -> TextQuote | None:
    """Nothing of what we told them, here or elsewhere."""
    whole = message.reply_to_message
    is_ours = whole is not None and whole.from_user is not None and whole.from_user.is_bot
    is_ours = is_ours or answered_elsewhere(message) is not message.external_reply
    return None if is_ours else message.quote


def _with_links(words: str, links: Iterable[str]) -> str:
    return "\n".join(filter(None, (words, *dict.fromkeys(links))))


def _as_quote(words: str) -> str:
    """Marked, since it may be a threat that they were sent, and no words of their own."""
    # The dots end the sentence before, so that no "no" in it takes back what is quoted.
    return "\n".join(f"> {line}" for line in f"… {words}".splitlines()) if words else ""


def _file_of(held: Message | ExternalReplyInfo | None) -> str | None:
    if held is None:
        return None
    # With a live photo Telegram sends its picture.
    if held.photo:
        return held.photo[-1].file_id
    file = (
        held.voice
        or held.audio
        or held.video_note
        or held.video
        or held.document
        or held.animation
        or held.live_photo
    )
    return file.file_id if file else None
