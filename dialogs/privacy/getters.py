from collections.abc import Sequence
from hashlib import blake2b
from html import escape
from typing import Any

from aiogram_dialog import DialogManager

from dialogs.texts import Texts
from dialogs.widgets import wanting
from dialogs.words.consent_notice import ConsentNotice
from domain.consent import PURPOSES, has_consent
from domain.consent.ledger import newest_text
from domain.marks import N_
from domain.privacy.kept import Kept, kept_of
from domain.referrals.sharing import partners_of
from domain.retention_periods import TALK_WITHOUT_CONSENT, Kind
from domain.returnees.phone import may_be_shown
from domain.returnees.regions import regions_of
from storage.kinds import Discretion, Purpose
from storage.sessions import Session
from storage.tables.returnees import Returnee

#: What a line begins with that is about a partner, whose id follows; or about all of them.
PARTNER = "with."
#: The line of a discreet phone that opens their names.
NAMES = "names"

# What becomes of what is kept, once a purpose is taken back.
_TAKEN_BACK = {
    Purpose.CHECK_INS: N_("I won't ask any more. What you answered before stays."),
    Purpose.CASEWORKER: N_(
        "From now on nobody reads what you write here, unless you ask for a person or your life "
        "seems in danger. Talks that have ended are erased in {days}."
    ),
    Purpose.ANSWERS: N_(
        "Your answers about how you are have been erased, and I won't ask about it any more."
    ),
    Purpose.VOICE: N_(
        "What a person has heard or seen is forgotten now. What nobody has heard yet is forgotten "
        "after somebody did."
    ),
    Purpose.PARTNER: N_("Nothing more is shared with them."),
}


async def get_privacy(
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee,
    texts: Texts,
    **_: Any,
) -> dict[str, Any]:
    notice = await ConsentNotice.of(session, returnee, texts)
    purposes: list[tuple[str, str]] = [
        _line(notice.name(purpose), purpose, await has_consent(session, returnee.id, purpose))
        for purpose in PURPOSES
    ]
    unwatched = texts.discretion is not Discretion.WATCHED
    if unwatched:
        opened = texts.discretion is Discretion.OPEN or NAMES in dialog_manager.dialog_data
        purposes += await _partners(session, returnee, texts, opened=opened)
    changed = dialog_manager.dialog_data.get("changed")
    return {
        "purposes": purposes,
        # A watcher must not learn from it what there is to read.
        "unwatched": unwatched,
        "changed": _told(session, returnee, texts, changed) + "\n" if changed else "",
        "away": returnee.arrived_at is None,
        "region": unwatched and await _has_region_to_say(session, returnee),
    }


async def _has_region_to_say(session: Session, returnee: Returnee) -> bool:
    """Or to take back: one that they said stays theirs to take back, though none is left there."""
    return returnee.region is not None or bool(await regions_of(session, returnee.country))


async def _partners(
    session: Session, returnee: Returnee, texts: Texts, *, opened: bool
) -> list[tuple[str, str]]:
    """By their names for whoever is known to be the person (P13), once they are `opened`. Whoever
    else holds the phone may take all of it back by one line (P5).
    """
    partners = await partners_of(session, returnee)
    if may_be_shown(returnee, session.now):
        if partners and not opened:
            return [(sharing(texts), NAMES)]
        return [
            _line(sharing(texts, name), f"{PARTNER}{id_}", granted)
            for id_, name, granted in partners
        ]
    if any(granted for _, _, granted in partners):
        return [_line(sharing(texts), PARTNER, True)]
    return []


def sharing(texts: Texts, name: str = "…") -> str:
    return texts("Sharing with {partner}", partner=name)


async def get_regions(
    dialog_manager: DialogManager, session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    """Which one is kept is shown only to whom it is known to be (P13)."""
    if texts.discretion is Discretion.WATCHED:
        return {"regions": [], "asked": True}
    chosen = returnee.region if may_be_shown(returnee, session.now) else None
    there = await regions_of(session, returnee.country)
    return {
        "regions": [(f"✅ {name}" if name == chosen else name, key_of(name)) for name in there],
        "asked": bool(there),
        "nothing": not there,
        "kept": returnee.region is not None,
        "changed": dialog_manager.dialog_data.get("region_changed", False),
    }


def key_of(region: str) -> str:
    """What a button calls it, however long its name is."""
    return blake2b(region.encode(), digest_size=6).hexdigest()


async def get_kept(session: Session, returnee: Returnee, texts: Texts, **_: Any) -> dict[str, Any]:
    """How much of each kind, until when, and who can read it; no words of anybody."""
    if texts.discretion is Discretion.WATCHED:
        return {"kept": texts("Hello. There is nothing new today."), "unwatched": False}
    kept = await kept_of(session, returnee)
    # Others were told where a life was in danger, or before: that is nothing for whoever has the
    # phone (P13).
    named = None if may_be_shown(returnee, session.now) else 1
    lines = [
        texts("Kept about you, all of it locked:"),
        *_kinds_kept(kept, texts),
        *([texts("• your region: until you take it back")] if returnee.region else []),
        "",
        texts(
            "Your words are read by the helpers of {organisations}, and by those who lead them. "
            "Others there see an invented name, your language, your country and when you may be "
            "written to.",
            organisations=texts.listed(kept.organisations[:named]),
        ),
        "",
        texts("Not kept: your name, your phone number, where you are."),
    ]
    return {"kept": "\n".join(lines), "unwatched": True}


def _kinds_kept(kept: Kept, texts: Texts) -> Sequence[str]:
    return (
        texts(
            "• what you and the team wrote to each other: {number}. It goes {days} after a talk "
            "has ended.",
            number=kept.messages,
            days=texts.days(kept.days[Kind.WORDS]),
        ),
        texts(
            "• talks: {number}, with {notes} notes of the team. They go {days} after they have "
            "ended.",
            number=kept.cases,
            notes=kept.notes,
            days=texts.days(kept.days[Kind.CASES]),
        ),
        texts(
            "• answers to my questions: {number}. They go after {days}.",
            number=kept.answers,
            days=texts.days(kept.days[Kind.CHECK_INS]),
        ),
        texts(
            "• this chat's number at Telegram, your language, country and safety choices, and what "
            "you agreed to: as long as we accompany you"
        ),
    )


async def get_read(session: Session, returnee: Returnee, texts: Texts, **_: Any) -> dict[str, Any]:
    """Word for word what stood before them when they last answered."""
    if texts.discretion is Discretion.WATCHED:
        return {"read": texts("Hello. There is nothing new today."), "unwatched": False}
    text = await newest_text(session, returnee.id)
    words = escape(text.words, quote=False) if text else texts("There is nothing yet.")
    return {"read": words, "unwatched": True}


def _line(name: str, about: str, granted: bool) -> tuple[str, str]:
    """What stands there, and what a press on it wants."""
    return f"{'✅' if granted else '▫️'} {name}", wanting(about, not granted)


def _told(session: Session, returnee: Returnee, texts: Texts, changed: dict[str, Any]) -> str:
    """Nothing ends with those who accompany them all the same: who that is names somebody."""
    still = changed.get("still")
    if texts.discretion is Discretion.OPEN and not changed["granted"]:
        if still and may_be_shown(returnee, session.now):
            return str(still)
        if not still:
            days = texts.days(TALK_WITHOUT_CONSENT.days)
            return texts(_TAKEN_BACK[Purpose(changed["purpose"])], days=days)
    return texts("It is changed, from now on.")
