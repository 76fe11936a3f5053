"""What the directory says. Nothing here leaves a trace of who asked (P5)."""

from collections.abc import Iterable
from typing import Any

from aiogram_dialog import DialogManager

from dialogs.notices import refer
from dialogs.texts import Texts
from dialogs.words.hotlines import country_name, numbers_text
from dialogs.words.services import NEEDS, card_text, need_name
from domain.directory.avoiding import Avoided
from domain.directory.calls import calls_made
from domain.directory.finding import FoundService, Search, find_services
from domain.directory.listing import countries, places
from domain.directory.needs import Need
from domain.marks import N_
from domain.notices import Notice
from domain.pathways.lands import likely_lands
from domain.returnees.enrolments import organisations_for
from domain.returnees.wishes import wishes_left
from domain.safety.reading_along import card_may_stand, may_be_looked_for
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.returnees import Returnee

EVERYWHERE = "-"
OPEN_NOW = "open"
ANY_HOURS = "any"


async def get_needs(texts: Texts, **_: Any) -> dict[str, Any]:
    """On a watched phone, those that somebody could ask about for any reason."""
    shown = [need for need in NEEDS if may_be_looked_for(need, texts.discretion)]
    return {
        "needs": [(need_name(texts, need), need) for need in shown],
        "watched": texts.discretion is Discretion.WATCHED,
    }


async def get_countries(
    dialog_manager: DialogManager,
    session: Session,
    texts: Texts,
    returnee: Returnee | None = None,
    **_: Any,
) -> dict[str, Any]:
    shown_by = await organisations_for(session, returnee)
    need = _need(dialog_manager)
    found = await countries(session, now=session.now, need=need, shown_by=shown_by)
    return {"countries": _theirs_first(texts, found, returnee)}


async def get_places(
    dialog_manager: DialogManager,
    session: Session,
    texts: Texts,
    returnee: Returnee | None = None,
    **_: Any,
) -> dict[str, Any]:
    found = await places(
        session,
        now=session.now,
        need=_need(dialog_manager),
        country=dialog_manager.dialog_data.get("country"),
        shown_by=await organisations_for(session, returnee),
        language=texts.language,
    )
    everywhere = (texts("Everywhere"), EVERYWHERE)
    return {"places": [everywhere, *((place.name, place.key) for place in found)]}


async def get_card(
    dialog_manager: DialogManager,
    session: Session,
    texts: Texts,
    returnee: Returnee | None = None,
    **_: Any,
) -> dict[str, Any]:
    chosen = dialog_manager.dialog_data
    open_now = chosen.get("hours") == OPEN_NOW
    search = Search(
        need=_need(dialog_manager),
        country=chosen.get("country"),
        place=chosen.get("place"),
        avoided=await _avoided(session, returnee, chosen),
        open_now=open_now,
        shown_by=await organisations_for(session, returnee),
    )
    page, found = await _found_on(session, search, texts.language, chosen.get("page", 0))
    if not found:
        return _nothing(texts, open_now)
    card = card_text(texts, found[0])
    covered = not card_may_stand(card, search.need, texts.discretion)
    line = texts(N_("There is something to see."))
    opens = covered and _can_open(returnee)
    return {
        "card": line if covered else card,
        "service": None if covered else found[0].id,
        "refers": refer(Notice.SERVICE, {"service": str(found[0].id)}) if opens else "",
        "pages": _pages_beside(texts, page, goes_on=len(found) > 1),
        "hours": _hours(texts, open_now),
    }


async def _found_on(
    session: Session, search: Search, language: str, page: int
) -> tuple[int, list[FoundService]]:
    """What stands on that page, and behind it what is next; where it is there no longer, since
    services close while somebody looks at them, the last page that is.
    """
    now = session.now
    found = await find_services(session, search, now=now, language=language, limit=2, offset=page)
    if found or not page:
        return page, found
    left = await find_services(session, search, now=now, language=language, limit=page)
    return max(len(left) - 1, 0), left[-1:]


def _pages_beside(texts: Texts, page: int, *, goes_on: bool) -> list[tuple[str, str]]:
    """The one before and the one that follows, each by its number."""
    before = [(texts("◀️ Before"), str(page - 1))] if page else []
    following = [(texts("Next ▶️"), str(page + 1))] if goes_on else []
    return before + following


def _nothing(texts: Texts, open_now: bool) -> dict[str, Any]:
    if open_now:
        words = texts("I found nothing there that is open now. Press ✅ to see everything.")
        return {"card": words, "pages": [], "hours": _hours(texts, open_now)}
    words = texts.form(
        N_("I found nothing there. Try another place, or ask a person."),
        discreet=N_("I found nothing there. Try another place."),
        watched=N_("I found nothing there. Try another place."),
    )
    return {"card": words, "pages": [], "hours": []}


def _hours(texts: Texts, open_now: bool) -> list[tuple[str, str]]:
    """One button: whether it is ticked, and what it changes to."""
    words = texts("Only open now")
    return [(f"✅ {words}", ANY_HOURS)] if open_now else [(f"▫️ {words}", OPEN_NOW)]


async def get_number_countries(
    session: Session, texts: Texts, returnee: Returnee | None = None, **_: Any
) -> dict[str, Any]:
    lands = await likely_lands(session, returnee)
    return {"countries": [(country_name(texts, land), land) for land in lands]}


def _theirs_first(
    texts: Texts, codes: Iterable[str], returnee: Returnee | None
) -> list[tuple[str, str]]:
    """All the same: they may have gone on, or look for somebody elsewhere."""
    theirs = returnee.country if returnee is not None else None
    ordered = sorted(codes, key=lambda code: code != theirs)
    return [(country_name(texts, code), code) for code in ordered]


async def get_numbers(
    dialog_manager: DialogManager,
    session: Session,
    texts: Texts,
    returnee: Returnee | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Those that may stand on the screen; all others open as what is covered does."""
    country = dialog_manager.dialog_data.get("numbers")
    today = session.now.date()
    calls = await calls_made(session)
    shown, whole = (
        numbers_text(texts, country, today, returnee, calls=calls, is_opened=opened)
        for opened in (False, True)
    )
    others = shown != whole
    opens = others and _can_open(returnee)
    refers = refer(Notice.NUMBERS, {"country": country}) if opens else ""
    return {"numbers": shown, "refers": refers}


def _can_open(returnee: Returnee | None) -> bool:
    """A frozen chat opens nothing."""
    return returnee is not None and returnee.frozen_at is None


async def _avoided(session: Session, returnee: Returnee | None, chosen: dict[str, Any]) -> Avoided:
    """What is not shown to them; whoever looks for a country or a place itself may see it."""
    if returnee is None:
        return frozenset()
    avoided, country, place = (
        (await wishes_left(session, returnee.id)).avoided,
        chosen.get("country") or "",
        chosen.get("place") or "",
    )
    if place or chosen.get("looked_for"):
        return avoided - {(country, ""), (country, place)}
    return avoided


def _need(manager: DialogManager) -> Need | None:
    need = manager.dialog_data.get("need")
    return Need(need) if need else None
