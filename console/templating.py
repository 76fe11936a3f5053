"""How templates are read: escaped by default, in the reader's language and time zone."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from console import texts
from console.figures import Line
from console.offsets import offset_said
from console.reasons import reasons_in_words
from domain.figures.uncertainty import Share
from domain.marks import N_
from domain.names import isolated
from domain.organisations import zone
from domain.pathways.values import Offset
from domain.questionnaires.values import Words
from domain.reading_order import in_order
from domain.safety.safe_contact import SafeContact
from domain.safety.window import Window
from locales.catalogues import LANGUAGES, comma, day_pattern, direction, locale_of

_WEEK = range(7)
# Below so many of one unit, the next larger one says too little.
_FEW = 100
_SPANS = (
    ("duration-minute", timedelta(minutes=1)),
    ("duration-hour", timedelta(hours=1)),
    ("duration-day", timedelta(days=1)),
)
_TEMPLATES = Path(__file__).parent / "templates"
# By kind first: members of different kinds may have the same value, and are equal then.
_WORDS = {type(next(iter(words))): words for words in (*texts.EVERY, *texts.SOME)}


@cache
def templates() -> Environment:
    """Each template is read once, whoever asks."""
    pages = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        _gettext, _ngettext, newstyle=True
    )
    pages.tests["worded"] = lambda member: member in _WORDS[type(member)]
    pages.filters.update(
        word=_word,
        reasons=_reasons,
        hold=_hold,
        window=_window,
        local_time=_local_time,
        welcomes_now=_welcomes_now,
        country=_country,
        language_name=lambda code: LANGUAGES.get(code, code),
        direction=direction,
        said=_said,
        wall_time=_wall_time,
        there=_there,
        moment=_moment,
        clock=_clock,
        day=_day,
        date=_date,
        quarter=_quarter,
        offset=_offset,
        week_date=_week_date,
        weekday=_weekday,
        hour=_hour,
        percent=_percent,
        decimal=_decimal,
        share_of_line=_share_of_line,
        isolated=isolated,
        in_order=in_order,
        ago=_ago,
        span=_span,
        lasting=_lasting,
    )
    return pages


@pass_context
def _gettext(context: Context, text: str) -> str:
    translated: str = context["translations"].gettext(text)
    return translated


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    translated: str = context["translations"].ngettext(one, many, count)
    return translated


@pass_context
def _word(context: Context, member: Any) -> str:
    """What the console calls a kind, such as a severity."""
    return _gettext(context, _WORDS[type(member)][member])


@pass_context
def _reasons(context: Context, codes: Sequence[str]) -> list[str]:
    return reasons_in_words(codes, context["translations"])


@pass_context
def _hold(context: Context, code: str) -> str:
    """Why a message waits."""
    return _gettext(context, texts.HOLDS.get(code, N_("Waits for a better time")))


@pass_context
def _window(context: Context, window: Window) -> str:
    """Such as "09:00–20:00, every day"."""
    hours = f"{window.opens:%H:%M}–{window.closes:%H:%M}"
    if len(window.days) == len(_WEEK):
        return _gettext(context, "%(hours)s, every day") % {"hours": hours}
    names = _locale(context).days["stand-alone"]["abbreviated"]
    return _listed(context, [hours, *(names[day] for day in sorted(window.days))])


@pass_context
def _local_time(context: Context, time_zone: str) -> str:
    """What a clock on the wall shows there now."""
    return format_time(context["now"], "HH:mm", zone(time_zone), _locale(context))


@pass_context
def _country(context: Context, code: str | None) -> str:
    if not code:
        return _gettext(context, "Not said")
    name: str = _locale(context).territories.get(code, code)
    return name


def _there(instant: datetime, time_zone: str) -> datetime:
    """The same instant on the clocks of another place."""
    return instant.astimezone(zone(time_zone))


@pass_context
def _moment(context: Context, instant: datetime) -> str:
    """Day and time, on the reader's clock."""
    local = instant.astimezone(context["place"])
    return _listed(context, [_shown(context, local), _hour(context, local.time())])


@pass_context
def _said(context: Context, words: Words) -> str:
    """Of a questionnaire: ours in the reader's language, a form's if it speaks it."""
    translations = context["translations"]
    return in_order(words.said(context["language"], translations.gettext))


@pass_context
def _day(context: Context, instant: datetime) -> str:
    """On the reader's calendar."""
    return _date(context, instant.astimezone(context["place"]).date())


@pass_context
def _date(context: Context, day: date) -> str:
    """Of a calendar, wherever it hangs."""
    locale = _locale(context)
    return format_date(day, f"{day_pattern(locale)} y", locale)


@pass_context
def _quarter(context: Context, day: date) -> str:
    return format_date(day, "QQQQ y", _locale(context))


@pass_context
def _offset(context: Context, offset: Offset) -> str:
    return offset_said(offset, _locale(context))


@pass_context
def _week_date(context: Context, day: date) -> str:
    """With its day of the week."""
    return _shown(context, day, "EEE ")


@pass_context
def _weekday(context: Context, number: int) -> str:
    """Monday is 0."""
    name: str = _locale(context).days["stand-alone"]["wide"][number]
    return name


@pass_context
def _hour(context: Context, instant: datetime | time) -> str:
    """On the reader's clock, such as 09:00; of a time without a place, as it is."""
    place = context["place"] if isinstance(instant, datetime) else None
    return format_time(instant, "HH:mm", place, _locale(context))


@pass_context
def _percent(context: Context, share: float) -> str:
    return format_percent(share, locale=_locale(context))


@pass_context
def _decimal(context: Context, number: float) -> str:
    """With two digits behind the point, where they say something."""
    return format_decimal(number, "#,##0.##", _locale(context))


def _share_of_line(line: Line | None) -> Share | None:
    return line.share if line else None


@pass_context
def _wall_time(context: Context, local: datetime | str) -> str:
    """Day and time as the clock on somebody's wall shows them, in whatever place."""
    shown = datetime.fromisoformat(local) if isinstance(local, str) else local
    return _listed(context, [_week_date(context, shown.date()), _hour(context, shown.time())])


@pass_context
def _clock(context: Context, instant: datetime) -> str:
    """The time of an instant of today; with its day otherwise."""
    place = context["place"]
    if instant.astimezone(place).date() == context["now"].astimezone(place).date():
        return format_time(instant, "HH:mm", place, _locale(context))
    return _moment(context, instant)


@pass_context
def _ago(context: Context, instant: datetime) -> str:
    """Such as "5 minutes ago" or "in 2 hours"."""
    return format_timedelta(
        instant - context["now"], add_direction=True, locale=_locale(context), threshold=1.2
    )


@pass_context
def _span(context: Context, instant: datetime) -> str:
    """How long since, or until, in a few letters."""
    return format_timedelta(
        abs(instant - context["now"]), locale=_locale(context), threshold=1.2, format="short"
    )


@pass_context
def _lasting(context: Context, span: timedelta) -> str:
    """In the unit that says it best, such as "7 min" or "26 hr"."""
    unit, one = next((each for each in _SPANS if span < _FEW * each[1]), _SPANS[-1])
    number = round(span / one, 1 if span < 10 * one else 0)
    return format_unit(number, unit, "short", locale=_locale(context))


@pass_context
def _welcomes_now(context: Context, contact: SafeContact) -> bool:
    """Whether it is an hour that the person called safe."""
    return contact.window.holds(context["now"].astimezone(zone(contact.time_zone)))


def _shown(context: Context, day: date, before: str = "") -> str:
    """The month by its name, since figures alone are read in two ways; with its year where it
    isn't this one.
    """
    this_year = context["now"].astimezone(context["place"]).year
    locale = _locale(context)
    pattern = before + day_pattern(locale)
    return format_date(day, pattern if day.year == this_year else f"{pattern} y", locale)


def _listed(context: Context, parts: Sequence[str]) -> str:
    return comma(context["language"]).join(parts)


def _locale(context: Context) -> Locale:
    return locale_of(context["language"])
