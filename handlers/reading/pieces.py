"""What is put together of several pieces of text, each of which is a line."""

from collections.abc import Iterator

from aiogram.types import Checklist, ExternalReplyInfo, Message, Poll


def pieces_of(held: Message | ExternalReplyInfo) -> Iterator[str | None]:
    """In a message, or in one from elsewhere that it answers."""
    if held.poll:
        yield from _of_poll(held.poll)
    if held.checklist:
        yield from _of_checklist(held.checklist)
    if held.game:
        yield from (held.game.title, held.game.description, held.game.text)
    if held.invoice:
        yield from (held.invoice.title, held.invoice.description)
    for giveaway in (held.giveaway, held.giveaway_winners):
        yield giveaway.prize_description if giveaway else None


def _of_poll(poll: Poll) -> Iterator[str | None]:
    yield from (poll.question, poll.description)
    yield from (option.text for option in poll.options)
    yield poll.explanation


def _of_checklist(checklist: Checklist) -> Iterator[str]:
    yield checklist.title
    yield from (task.text for task in checklist.tasks)
