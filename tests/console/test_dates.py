"""A day is read in one way only, in whatever language."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from console.templating import templates
from domain.pathways.values import Offset, Unit
from domain.safety.window import Window
from locales.catalogues import LANGUAGES, Catalogues

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
# Such as 8/3/26, which is in March for some and in August for others.
IN_FIGURES = re.compile(r"\d[\s\u200e\u200f]*[./-][\s\u200e\u200f]*\d")


@pytest.fixture(scope="module")
def pages() -> Environment:
    return templates()


def shown(pages: Environment, written: str, language: str = "en", **about: object) -> str:
    there = ZoneInfo("Europe/Tirane")
    return pages.from_string(written).render(now=NOW, place=there, language=language, **about)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["date", "week_date", "day", "moment", "wall_time"])
def test_the_month_stands_there_by_its_name(pages: Environment, language: str, kind: str) -> None:
    for when in (datetime(2026, 3, 8, 9, tzinfo=UTC), datetime(2025, 3, 8, 9, tzinfo=UTC)):
        about: date = when.date() if kind.endswith("date") else when
        assert not IN_FIGURES.search(shown(pages, f"{{{{ it|{kind} }}}}", language, it=about))


def test_a_german_day_has_its_dot(pages: Environment) -> None:
    day = date(2026, 11, 29)
    assert shown(pages, "{{ it|date }}", "de", it=day) == "29. Nov. 2026"
    assert shown(pages, "{{ it|week_date }}", "de", it=day) == "So. 29. Nov."
    at = datetime(2026, 11, 29, 2, 15, tzinfo=UTC)
    assert shown(pages, "{{ it|moment }}", "de", it=at) == "29. Nov., 03:15"


def test_an_arabic_moment_has_an_arabic_comma(pages: Environment) -> None:
    at = datetime(2026, 11, 29, 2, 15, tzinfo=UTC)
    assert shown(pages, "{{ it|moment }}", "ar", it=at) == "29 نوفمبر، 03:15"
    assert shown(pages, "{{ it|wall_time }}", "ar", it="2026-11-29T18:00").endswith("نوفمبر، 18:00")


def test_from_midnight_to_midnight_is_all_day_and_no_other_day_and_night_is(
    pages: Environment,
) -> None:
    span, words = "{{ begins|until(ends) }}", Catalogues.load().of("de")
    whole = shown(pages, span, "de", begins=time(), ends=time(), translations=words)
    assert whole == "ganztägig"
    assert shown(pages, span, begins=time(8), ends=time(8)) == "08:00–08:00"
    assert shown(pages, span, begins=time(0), ends=time(6, 30)) == "00:00–06:30"


def test_somebody_who_may_be_written_to_at_any_time_has_no_hours_in_figures(
    pages: Environment,
) -> None:
    any_time = Window(opens=time(), closes=time())
    words = Catalogues.load().of("en")
    assert shown(pages, "{{ it|window }}", it=any_time, translations=words) == "all day, every day"
    on_mondays = replace(any_time, days=frozenset({0}))
    assert shown(pages, "{{ it|window }}", it=on_mondays, translations=words) == "all day, Mon"
    by_day = shown(pages, "{{ it|window }}", it=Window(), translations=words)
    assert by_day == "09:00–20:00, every day"


def test_a_day_of_another_year_says_so(pages: Environment) -> None:
    # It is the next year already where the reader is.
    late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert shown(pages, "{{ it|moment }}", it=late) == "1 Jan, 00:30"
    assert shown(pages, "{{ it|moment }}", it=late.replace(hour=9)) == "31 Dec 2025, 10:30"
    assert shown(pages, "{{ it|week_date }}", it=late.date()) == "Wed 31 Dec 2025"
    assert shown(pages, "{{ it|wall_time }}", it="2027-01-02T18:00") == "Sat 2 Jan 2027, 18:00"
    assert shown(pages, "{{ it|date }}", it=date(2026, 8, 3)) == "3 Aug 2026"


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1.5, "90 min"), (2, "2 hr"), (47, "47 hr"), (8 * 24, "8 days"), (9 * 24, "9 days")],
)
def test_who_waits_longer_is_not_said_to_wait_for_less(
    pages: Environment, hours: float, said: str
) -> None:
    assert shown(pages, "{{ it|span }}", it=NOW - timedelta(hours=hours)) == said


def test_what_ends_by_midnight_says_its_day_once(pages: Environment) -> None:
    span, begins = "{{ begins|spanning(ends) }}", datetime(2026, 11, 29, 7, tzinfo=UTC)
    by_noon, by_midnight = begins.replace(hour=11), begins.replace(hour=23)
    assert shown(pages, span, begins=begins, ends=by_noon) == "29 Nov, 08:00–12:00"
    assert shown(pages, span, begins=begins, ends=by_midnight) == "29 Nov, 08:00–00:00"
    into_the_night = by_midnight.replace(minute=30)
    assert shown(pages, span, begins=begins, ends=into_the_night) == (
        "29 Nov, 08:00 – 30 Nov, 00:30"
    )


def test_a_step_is_so_many_weeks_from_a_day_in_the_forms_of_the_language(
    pages: Environment,
) -> None:
    numbers = (1, 2, 3, 5, 11, 30, 100)
    said = {
        language: [shown(pages, "{{ it|offset }}", language, it=_weeks(each)) for each in numbers]
        for language in ("ar", "uk", "de")
    }
    assert said["ar"] == [
        "أسبوع",
        "أسبوعان",
        "3 أسابيع",
        "5 أسابيع",
        "11 أسبوعًا",
        "30 أسبوعًا",
        "100 أسبوع",
    ]
    assert said["uk"][:4] == ["1 тиждень", "2 тижні", "3 тижні", "5 тижнів"]
    assert said["de"][:3] == ["1 Woche", "2 Wochen", "3 Wochen"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", Unit)
def test_a_step_before_a_day_is_never_read_as_one_after_it(
    pages: Environment, language: str, unit: Unit
) -> None:
    """Nor where one or two of something is written without a figure."""
    for number in (1, 2, 3, 11):
        before = shown(pages, "{{ it|offset }}", language, it=Offset(-number, unit))
        after = shown(pages, "{{ it|offset }}", language, it=Offset(number, unit))
        assert before.strip("\u200e-") == after != before


def _weeks(number: int) -> Offset:
    return Offset(number, Unit.WEEKS)
