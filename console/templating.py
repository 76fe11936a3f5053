"""How templates are read: escaped by default, in the reader's language and time zone."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from console.words import dates, texts
from console.words.dates import hours_from, listed, locale_in
from console.words.figures import Line
from console.words.reasons import reasons_in_words
from domain.calendar import zone
from domain.figures.uncertainty import Share
from domain.languages import language_name
from domain.marks import N_
from domain.names import isolated
from domain.questionnaires.values import Words
from domain.reading_order import in_order
from domain.safety.safe_contact import SafeContact
from domain.safety.window import UNKNOWN, Window
from locales.catalogues import LANGUAGES, direction

_WEEK = range(7)
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
        dates.FILTERS,
        word=_word,
        reasons=_reasons,
        hold=_hold,
        window=_window,
        welcomes_now=_welcomes_now,
        country=_country,
        languages=_languages,
        language_name=lambda code: LANGUAGES.get(code, code),
        direction=direction,
        said=_said,
        percent=_percent,
        decimal=_decimal,
        share_of_line=_share_of_line,
        isolated=isolated,
        in_order=in_order,
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
    if window == UNKNOWN:
        return _gettext(context, N_("can't be read any more"))
    hours = hours_from(context, window.opens, window.closes)
    if len(window.days) == len(_WEEK):
        return _gettext(context, "%(hours)s, every day") % {"hours": hours}
    names = locale_in(context).days["stand-alone"]["abbreviated"]
    return listed(context, [hours, *(names[day] for day in sorted(window.days))])


@pass_context
def _country(context: Context, code: str | None) -> str:
    if not code:
        return _gettext(context, "Not said")
    name: str = locale_in(context).territories.get(code, code)
    return name


@pass_context
def _languages(context: Context, codes: Sequence[str]) -> str:
    """As the reader's language calls them."""
    locale = locale_in(context)
    return listed(context, [language_name(locale, code) for code in codes])


@pass_context
def _said(context: Context, words: Words) -> str:
    """Of a questionnaire: ours in the reader's language, a form's if it speaks it."""
    translations = context["translations"]
    return in_order(words.said(context["language"], translations.gettext))


@pass_context
def _percent(context: Context, share: float) -> str:
    return format_percent(share, locale=locale_in(context))


@pass_context
def _decimal(context: Context, number: float) -> str:
    """With two digits behind the point, where they say something."""
    return format_decimal(number, "#,##0.##", locale_in(context))


def _share_of_line(line: Line | None) -> Share | None:
    return line.share if line else None


@pass_context
def _welcomes_now(context: Context, contact: SafeContact) -> bool:
    """Whether it is an hour that the person called safe, as far as anybody can read that."""
    there = context["now"].astimezone(zone(contact.time_zone))
    return contact.window.holds(there)
