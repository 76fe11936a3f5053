"""A copy of what is kept, as a page to read and as a file for machines."""

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dialogs.texts import Texts
from dialogs.words.consent_notice import NAMES
from dialogs.words.helpers import HELPERS
from dialogs.words.hotlines import country_name
from dialogs.words.hours import days_in_words
from dialogs.words.referring import TRAVELS
from dialogs.words.silence import PLANS
from domain.calendar import zone
from domain.check_ins.silence import LEFT_OPEN
from domain.children.known import AGES
from domain.marks import N_
from domain.privacy.copying import Answered, CheckedIn, Copy
from locales.catalogues import LANGUAGES, direction
from storage.kinds import CheckInState, Gender, Purpose

#: What became of a check-in.
_CAME = {
    CheckInState.PLANNED: N_("to come"),
    CheckInState.HELD: N_("to come"),
    CheckInState.SENDING: N_("to come"),
    CheckInState.SENT: N_("asked"),
    CheckInState.STARTED: N_("begun"),
    CheckInState.ANSWERED: N_("answered"),
    CheckInState.SILENT: N_("asked, and not answered"),
    CheckInState.MISSED: N_("asked, and not answered"),
}
#: What no key opens any more.
_LOST = N_("(this can't be opened any more)")
#: Of all others.
_NOT_ASKED = N_("not asked")
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)


def page(copy: Copy, texts: Texts) -> bytes:
    """Reads itself, in the person's language and direction, without anything from elsewhere."""
    made = _PAGES.get_template("copy.html").render(
        copy=copy,
        _=texts.catalogue.gettext,
        lost=texts.catalogue.gettext(_LOST),
        language=texts.language,
        direction=direction(texts.language),
        own_language=LANGUAGES.get(copy.language, copy.language),
        helper=partial(_helper, texts),
        country_of=partial(country_name, texts),
        country=texts.locale.territories.get(copy.country, copy.country or "–"),
        when=partial(_when, texts, copy),
        days=partial(days_in_words, texts),
        day_of=partial(format_date, format=f"{texts.day_pattern} y", locale=texts.locale),
        said=texts.said,
        came=partial(_came, texts),
        name=partial(_name, texts),
        question=partial(_question, texts),
        choice=partial(_choice, texts),
        travels=lambda kind: texts(TRAVELS[kind]),
        plan=texts(PLANS[copy.if_silent][0]),
        age=texts(AGES[copy.age]),
        month=partial(format_date, format="MMM y", locale=texts.locale),
    )
    return made.encode("utf-8", "replace")


def machine_readable(copy: Copy) -> bytes:
    return json.dumps(asdict(copy), default=_plain, ensure_ascii=False, indent=1).encode(
        "utf-8", "replace"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def _when(texts: Texts, copy: Copy, instant: datetime) -> str:
    """On the person's own clock."""
    place = zone(copy.time_zone)
    return format_datetime(instant, f"{texts.day_pattern} y, HH:mm", place, locale=texts.locale)


def _came(texts: Texts, check_in: CheckedIn) -> str:
    """What they began by themselves and left was begun, however it is booked."""
    left = check_in.reason == LEFT_OPEN
    state = CheckInState.STARTED if left else check_in.state
    return texts.catalogue.gettext(_CAME.get(state, _NOT_ASKED))


def _name(texts: Texts, purpose: Purpose) -> str:
    names = NAMES.get(purpose)
    return texts.catalogue.gettext(names[0]) if names else str(purpose)


def _helper(texts: Texts, helper: Gender) -> str:
    return texts.catalogue.gettext(HELPERS[helper])


def _question(texts: Texts, answer: Answered) -> str:
    return texts.said(answer.asked) if answer.asked else answer.question


def _choice(texts: Texts, answer: Answered) -> str:
    if answer.choice is None:
        return "–"
    return ", ".join(map(texts.said, answer.chose)) or answer.choice
