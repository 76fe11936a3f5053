"""Where words lead, which nobody sees who reads the words alone."""

from collections.abc import Iterator

from aiogram.enums import MessageEntityType
from aiogram.types import Message, MessageEntity, TelegramObject

from handlers.reading.rich_words import addresses_of


def links_in(message: Message) -> Iterator[str]:
    """The addresses behind its own words; not behind what it quotes or answers."""
    added, tasks = message.poll_option_added, message.checklist_tasks_added
    yield from links_behind(message.entities)
    yield from links_behind(message.caption_entities)
    for held in (message.poll, message.checklist, message.game):
        yield from links_behind(held)
    yield from links_behind(added.option_text_entities if added else None)
    yield from links_behind(tasks.tasks if tasks else None)
    if message.rich_message:
        yield from addresses_of(message.rich_message)


def links_behind(held: object) -> Iterator[str]:
    """Of all words in it, however deep they stand."""
    if isinstance(held, list):
        for each in held:
            yield from links_behind(each)
    elif isinstance(held, MessageEntity):
        if held.type == MessageEntityType.TEXT_LINK and held.url:
            yield held.url
    elif isinstance(held, TelegramObject):
        for _, value in held:
            yield from links_behind(value)
