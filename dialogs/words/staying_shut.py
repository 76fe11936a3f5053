"""What was said a while ago stays shut until it is sure who holds the phone (P13)."""

from datetime import datetime, timedelta

from dialogs.presses import AskForHuman, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from domain.returnees.phone import who_is_there
from storage.kinds import Identity, OutboxState
from storage.tables.cases import Message
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import ComplaintMessage

_OPENS_FOR = timedelta(hours=24)


def is_lately(telling: Telling, said_at: datetime) -> bool:
    return telling.session.now - said_at <= _OPENS_FOR


def is_sure(telling: Telling) -> bool:
    """A worker has confirmed who is there."""
    return who_is_there(telling.person, telling.session.now) is Identity.CONFIRMED


def may_be_shown(telling: Telling, said_at: datetime) -> bool:
    """Whether words of then may stand on this phone now."""
    # Whoever waits in the outbox is let through, however long the safe window held it.
    is_fresh = "opened" not in telling.params or is_lately(telling, said_at)
    return is_fresh or is_sure(telling)


async def came_at(telling: Telling, words: Message | ComplaintMessage) -> datetime:
    """When words of ours reached the phone: the safe hours may have held them for days, or they
    were written for later, and nobody can have opened them before.
    """
    row = await telling.session.get(OutboxRow, words.outbox_id) if words.outbox_id else None
    if row is None or row.state is not OutboxState.SENT:
        return words.at
    return row.finished_at or words.at


def is_shut(telling: Telling) -> bool:
    """Whether what waited for somebody to make sure who is there is opened by who knows whom."""
    return "opened" in telling.params and not is_sure(telling)


def stays_shut(texts: Texts) -> Screen:
    """The words wait to be opened as before, and should they go so, they reached nobody (P2)."""
    return Screen(
        texts(
            "I can't open this now. First somebody from our team has to make sure that it is you."
        ),
        keyboard([button(texts("A person, please"), AskForHuman())]),
        covers=True,
    )
