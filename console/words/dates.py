"""Days, times and spans as a reader's language writes them, on the reader's own clock."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

from console.words.offsets import offset_said
from domain.calendar import zone
from domain.marks import N_
from domain.pathways.values import Offset
from locales.catalogues import comma, day_pattern, locale_of

# Below so many of one unit, the next larger one says too little.
_FEW = 100
# Of one hour, day or week the rest is too much to round away: nine days would be a week, and less
# than eight days.
_FEWEST = 2
_SPANS = (
    ("duration-minute", timedelta(minutes=1)),
    ("duration-hour", timedelta(hours=1)),
    ("duration-day", timedelta(days=1)),
)


@pass_context
def _local_time(context: Context, time_zone: str) -> str:
    """What a clock on the wall shows there now."""
    return format_time(context["now"], "HH:mm", zone(time_zone), locale_in(context))


def _there(instant: datetime, time_zone: str) -> datetime:
    """The same instant on the clocks of another place."""
    return instant.astimezone(zone(time_zone))


@pass_context
def _moment(context: Context, instant: datetime) -> str:
    """Day and time, on the reader's clock."""
    local = instant.astimezone(context["place"])
    return listed(context, [_shown(context, local), _hour(context, local.time())])


@pass_context
def _day(context: Context, instant: datetime) -> str:
    """On the reader's calendar."""
    return _date(context, instant.astimezone(context["place"]).date())


@pass_context
def _date(context: Context, day: date) -> str:
    """Of a calendar, wherever it hangs."""
    locale = locale_in(context)
    return format_date(day, f"{day_pattern(locale)} y", locale)


@pass_context
def _quarter(context: Context, day: date) -> str:
    return format_date(day, "QQQQ y", locale_in(context))


@pass_context
def _offset(context: Context, offset: Offset) -> str:
    return offset_said(offset, locale_in(context))


@pass_context
def _week_date(context: Context, day: date) -> str:
    """With its day of the week."""
    return _shown(context, day, "EEE ")


@pass_context
def _weekday(context: Context, number: int) -> str:
    """Monday is 0."""
    name: str = locale_in(context).days["stand-alone"]["wide"][number]
    return name


@pass_context
def _month(context: Context, number: int) -> str:
    """January is 1."""
    name: str = locale_in(context).months["stand-alone"]["wide"][number]
    return name


@pass_context
def _hour(context: Context, instant: datetime | time) -> str:
    """On the reader's clock, such as 09:00; of a time without a place, as it is."""
    place = context["place"] if isinstance(instant, datetime) else None
    return format_time(instant, "HH:mm", place, locale_in(context))


@pass_context
def hours_from(context: Context, begins: datetime | time, ends: datetime | time) -> str:
    """From one to the other; what lasts from midnight to midnight is the whole day."""
    first, last = _hour(context, begins), _hour(context, ends)
    if first == last == _hour(context, time()):
        return str(context["translations"].gettext(N_("all day")))
    return f"{first}–{last}"


@pass_context
def _spanning(context: Context, begins: datetime, ends: datetime) -> str:
    """Day and time of both; the day once, where it ends by midnight."""
    first = _moment(context, begins)
    last_day = (ends - timedelta.resolution).astimezone(context["place"]).date()
    if last_day == begins.astimezone(context["place"]).date():
        return f"{first}–{_hour(context, ends)}"
    return f"{first} – {_moment(context, ends)}"


@pass_context
def _wall_time(context: Context, local: datetime | str) -> str:
    """Day and time as the clock on somebody's wall shows them, in whatever place."""
    shown = datetime.fromisoformat(local) if isinstance(local, str) else local
    return listed(context, [_week_date(context, shown.date()), _hour(context, shown.time())])


@pass_context
def _clock(context: Context, instant: datetime) -> str:
    """The time of an instant of today; with its day otherwise."""
    place = context["place"]
    if instant.astimezone(place).date() == context["now"].astimezone(place).date():
        return format_time(instant, "HH:mm", place, locale_in(context))
    return _moment(context, instant)


@pass_context
def _ago(context: Context, instant: datetime) -> str:
    """Such as "5 minutes ago" or "in 2 hours"."""
    return format_timedelta(
        instant - context["now"], add_direction=True, locale=locale_in(context), threshold=_FEWEST
    )


@pass_context
def _span(context: Context, instant: datetime) -> str:
    """How long since, or until, in a few letters."""
    return format_timedelta(
        abs(instant - context["now"]), locale=locale_in(context), threshold=_FEWEST, format="short"
    )


@pass_context
def _lasting(context: Context, span: timedelta) -> str:
    """In the unit that says it best, such as "7 min" or "26 hr"."""
    unit, one = next((each for each in _SPANS if span < _FEW * each[1]), _SPANS[-1])
    number = round(span / one, 1 if span < 10 * one else 0)
    return format_unit(number, unit, "short", locale=locale_in(context))


def _shown(context: Context, day: date, before: str = "") -> str:
    """The month by its name, since figures alone are read in two ways; with its year where it
    isn't this one.
    """
    this_year = context["now"].astimezone(context["place"]).year
    locale = locale_in(context)
    pattern = before + day_pattern(locale)
    return format_date(day, pattern if day.year == this_year else f"{pattern} y", locale)


def listed(context: Context, parts: Sequence[str]) -> str:
    return comma(context["language"]).join(parts)


def locale_in(context: Context) -> Locale:
    """The reader's."""
    return locale_of(context["language"])


#: By what templates call them.
FILTERS: Mapping[str, Callable[..., object]] = {
    "local_time": _local_time,
    "there": _there,
    "moment": _moment,
    "day": _day,
    "date": _date,
    "quarter": _quarter,
    "offset": _offset,
    "week_date": _week_date,
    "weekday": _weekday,
    "month": _month,
    "hour": _hour,
    "until": hours_from,
    "spanning": _spanning,
    "wall_time": _wall_time,
    "clock": _clock,
    "ago": _ago,
    "span": _span,
    "lasting": _lasting,
}
