"""What may be done with a row of the outbox, notice or window of a dialog, as its content tells:
whether it goes, waits or steps aside is decided when it is about to leave (P4).
"""

from datetime import timedelta
from typing import Any

from domain.notices import ANY_HOUR, MANNERS, ONLY_CONFIRMED, Notice
from domain.returnees.phone import discretion_now, is_guarded_more
from domain.safety.judging import Outgoing
from storage.kinds import Discretion, NoticeClass
from storage.tables.returnees import Returnee

# A reply answers the person's own update. Later they may have put the phone away: then it waits
# for the safe window like anything that was never asked.
REPLY_LIFE = timedelta(minutes=15)


def drawn_for(returnee: Returnee | None) -> dict[str, Any]:
    """What a window says of the phone that it is drawn for: that its chat is frozen, or else how
    much may stand there. Releases before this one say both.
    """
    if returnee is not None and returnee.frozen_at is not None:
        return {"frozen": True}
    return {"drawn_for": discretion_now(returnee)}


def is_for_another_phone(content: dict[str, Any], returnee: Returnee | None) -> bool:
    """Whether a window was drawn for a phone on which more might stand than may now (P4)."""
    might_stand = content.get("drawn_for")
    if might_stand is None or returnee is None:
        return False
    return is_guarded_more(returnee, Discretion(might_stand))


def cover(content: dict[str, Any], returnee: Returnee) -> dict[str, Any]:
    """What they opened, as it goes once it is to be covered again: who holds the phone by then did
    not open it. A question has been read by nobody then, so no words answer it (decision 0075).
    What they pressed is as unopened as before; what follows upon an answer nobody has opened yet.
    """
    shown = content["params"]
    if shown["notice"] == Notice.CHECK_IN_QUESTION:
        returnee.typing_for = None
    # Should the phone be an open one when it goes, it is no way around P13.
    return {
        **content,
        "notice": shown["notice"],
        "params": {**shown["params"], "opened": True},
        "again": "opened" in shown["params"],
    }


def as_it_waits(notice_class: NoticeClass, content: dict[str, Any], waited: timedelta) -> Outgoing:
    """What the safe window takes a row for after so long."""
    params = content.get("params", {})
    return Outgoing(
        class_by_now(notice_class, content, waited),
        about_case="notice" in content and MANNERS[Notice(content["notice"])].about_case,
        for_confirmed=bool(params.get(ONLY_CONFIRMED)),
        harmless=is_harmless(content),
        any_hour=bool(params.get(ANY_HOUR)),
    )


def class_by_now(
    notice_class: NoticeClass, content: dict[str, Any], waited: timedelta
) -> NoticeClass:
    """Late replies are unasked."""
    if notice_class is not NoticeClass.REPLY or waited <= REPLY_LIFE or takes_away(content):
        return notice_class
    return NoticeClass.ROUTINE


def takes_away(content: dict[str, Any]) -> bool:
    """Whether it only takes something off a screen, or makes a menu of commands fit."""
    if "notice" in content:
        return MANNERS[Notice(content["notice"])].takes_away
    return not {"delete", "vanish", "leave", "commands"}.isdisjoint(content)


def is_harmless(content: dict[str, Any]) -> bool:
    """Whether a frozen chat may show it: it was made for one, or says nothing in any chat."""
    if content.get("frozen") or takes_away(content):
        return True
    if content.get("notice") == Notice.REVEALED:
        return is_harmless(content["params"])
    return "notice" in content and MANNERS[Notice(content["notice"])].harmless
