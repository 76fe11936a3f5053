"""What may be done with a row of the outbox, notice or window of a dialog, as its content tells:
whether it goes, waits or steps aside is decided when it is about to leave (P4).
"""

from dataclasses import replace
from datetime import timedelta

from domain.notices import ANY_HOUR, DRAWN_FOR, MANNERS, ONLY_CONFIRMED, Notice, says
from domain.notices.manners import Manner
from domain.returnees.phone import discretion_now, is_guarded_more
from domain.safety.judging import Outgoing
from storage.kinds import Discretion, NoticeClass
from storage.outbox.contents import (
    Clearing,
    CommandMenu,
    Content,
    Deletion,
    Leaving,
    Notification,
    OfAnotherRelease,
    Unknown,
    Window,
)
from storage.tables.returnees import Returnee

# A reply answers the person's own update. Later they may have put the phone away: then it waits
# for the safe window like anything that was never asked.
REPLY_LIFE = timedelta(minutes=15)


def drawn_for(window: Window, returnee: Returnee | None) -> Window:
    """It says of the phone that it is drawn for that its chat is frozen, or else how much may stand
    there.
    """
    if returnee is not None and returnee.frozen_at is not None:
        return replace(window, frozen=True)
    return replace(window, drawn_for=discretion_now(returnee))


def is_for_another_phone(content: Content, returnee: Returnee | None) -> bool:
    """Whether it was put for a phone on which more might stand than may now (P4)."""
    drawn_for = _drawn_for(content)
    return drawn_for is not None and returnee is not None and is_guarded_more(returnee, drawn_for)


def _drawn_for(content: Content) -> Discretion | None:
    """None where it is worded for the phone as it leaves, as nearly all that we say."""
    if isinstance(content, Window):
        return content.drawn_for
    if isinstance(content, Notification) and DRAWN_FOR in content.params:
        return Discretion(content.params[DRAWN_FOR])
    return None


def cover(content: Notification, returnee: Returnee) -> Notification:
    """What they opened, as it goes once it is to be covered again: who holds the phone by then did
    not open it. A question has been read by nobody then, so no words answer it (decision 0075).
    What they pressed is as unopened as before; what follows upon an answer nobody has opened yet.
    """
    notice, params = content.params["notice"], content.params["params"]
    if notice == Notice.CHECK_IN_QUESTION:
        returnee.typing_for = None
    # Should the phone be an open one when it goes, it is no way around P13.
    opened = {**params, "opened": True}
    return replace(content, notice=notice, params=opened, again="opened" in params)


def as_it_waits(notice_class: NoticeClass, content: Content, waited: timedelta) -> Outgoing:
    """What the safe window takes a row for after so long."""
    params = content.params if isinstance(content, Notification) else {}
    return Outgoing(
        class_by_now(notice_class, content, waited),
        about_case=isinstance(content, Notification) and _manner(content).about_case,
        for_confirmed=bool(params.get(ONLY_CONFIRMED)),
        harmless=is_harmless(content),
        any_hour=bool(params.get(ANY_HOUR)),
    )


def class_by_now(notice_class: NoticeClass, content: Content, waited: timedelta) -> NoticeClass:
    """Late replies are unasked."""
    if notice_class is not NoticeClass.REPLY or waited <= REPLY_LIFE or takes_away(content):
        return notice_class
    return NoticeClass.ROUTINE


def takes_away(content: Content) -> bool:
    """Whether it only takes something off a screen, or makes a menu of commands fit. Raises
    OfAnotherRelease where that can't be told.
    """
    if isinstance(content, Notification):
        return _manner(content).takes_away
    if isinstance(content, Unknown):
        raise OfAnotherRelease
    return isinstance(content, Deletion | Clearing | Leaving | CommandMenu)


def is_harmless(content: Content) -> bool:
    """Whether a frozen chat may show it: it was made for one, or says nothing in any chat."""
    if isinstance(content, Window):
        return content.frozen
    if says(content, Notice.REVEALED):
        return is_harmless(Notification(content.params["notice"], content.params["params"]))
    return takes_away(content) or (isinstance(content, Notification) and _manner(content).harmless)


def _manner(content: Notification) -> Manner:
    try:
        return MANNERS[Notice(content.notice)]
    except ValueError as error:
        raise OfAnotherRelease from error
