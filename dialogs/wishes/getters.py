from typing import Any

from aiogram_dialog import DialogManager

from dialogs.texts import Texts
from dialogs.widgets import wanting
from dialogs.words.helpers import HELPERS
from dialogs.words.hotlines import country_name
from domain.countries import COUNTRIES
from domain.directory.listing import countries, places
from domain.marks import N_
from domain.profiles.wishing import others_than_theirs
from domain.returnees.phone import may_be_shown
from domain.returnees.wishes import Place, wishes_left
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.returnees import Returnee

#: What stands for no wish, and for a whole country, on a button.
ANYBODY = "anybody"
WHOLE = ""

_OFFERED = ((ANYBODY, N_("No matter who")), *HELPERS.items())


async def get_helpers(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    chosen = (await wishes_left(session, returnee.id)).helper or ANYBODY
    named = texts.discretion is not Discretion.WATCHED
    return {
        "choices": [
            (_marked(texts(label), helper == chosen), helper) for helper, label in _OFFERED
        ],
        # Names of organisations say what this is about.
        "has_partners": named and bool(await others_than_theirs(session, returnee.id)),
    }


async def get_countries(session: Session, texts: Texts, **_: Any) -> dict[str, Any]:
    """Those of the directory, and those for which numbers are known."""
    known = {*COUNTRIES, *await countries(session, now=session.now)}
    named = sorted((country_name(texts, country), country) for country in known)
    return {"choices": named}


async def get_places(
    dialog_manager: DialogManager, session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    """What is avoided already is shown to nobody who may be somebody else (P13)."""
    country = dialog_manager.dialog_data.get("country", "")
    shown = may_be_shown(returnee, session.now)
    avoided = (await wishes_left(session, returnee.id)).places if shown else frozenset[Place]()
    keys = {place.key for place in avoided if place.country == country}
    whole = _line(texts("The whole country"), WHOLE, WHOLE in keys)
    found = await places(session, now=session.now, country=country, language=texts.language)
    there = [_line(place.name, place.key, place.key in keys) for place in found]
    named = texts.discretion is not Discretion.WATCHED
    return {"choices": [whole, *there], "only_added": named and not shown}


async def get_partners(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    watched = texts.discretion is Discretion.WATCHED
    shown = may_be_shown(returnee, session.now)
    avoided = (await wishes_left(session, returnee.id)).partners if shown else frozenset()
    out = {each.id for each in avoided}
    others = [] if watched else [*await others_than_theirs(session, returnee.id)]
    return {
        "question": texts.form(
            N_(
                "Which of these must never learn of you? They get nothing about you, and I never "
                "ask you about them."
            ),
            discreet=N_("Which of these must not be told?"),
            watched=N_("Hello. What would you like to see?"),
        ),
        "choices": [_line(each.name, str(each.id), each.id in out) for each in others],
        "named": not watched,
        "only_added": not shown and not watched,
    }


def _line(name: str, about: str, avoided: bool) -> tuple[str, str]:
    """What stands there, and what a press on it wants: to avoid it, or that it is safe again. So a
    button of an earlier release, which says neither, takes nothing away from what they avoid.
    """
    return _marked(name, avoided), wanting(about, avoided)


def _marked(label: str, chosen: bool) -> str:
    return f"✅ {label}" if chosen else label
