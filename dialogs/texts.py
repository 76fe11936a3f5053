"""Words for one person: their language, escaped for Telegram's HTML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from html import escape
from typing import Any

from aiogram_dialog.api.protocols import DialogManager
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.text import Text
from babel import Locale
from babel.dates import format_date

from domain.errors import Refusal
from domain.languages import language_name
from domain.questionnaires.values import Words
from domain.reading_order import in_order
from locales.catalogues import comma, day_pattern, locale_of
from storage.kinds import Discretion

# "р." and "г." behind a year, whose point would be doubled at the end of a sentence.
_YEAR_IN_SHORT = re.compile(r"\s'\w+'\.$")


@dataclass(frozen=True, slots=True)
class Texts:
    language: str
    discretion: Discretion
    catalogue: NullTranslations

    @property
    def locale(self) -> Locale:
        """For dates and the names of countries."""
        return locale_of(self.language)

    def __call__(self, message: str, /, **values: Any) -> str:
        """The message in the person's language, with the values put in, escaped."""
        said = in_order(self.catalogue.gettext(message))
        return said.format_map(_escaped(values))

    def reason(self, refusal: Refusal) -> str:
        """Why not, in the person's language, not escaped: it is put into another text."""
        return refusal.said(self.catalogue.gettext)

    def said(self, words: Words) -> str:
        """Ours or a form's, in the person's language if it is there; not escaped."""
        return in_order(words.said(self.language, self.catalogue.gettext))

    def count(self, one: str, many: str, number: int, **values: Any) -> str:
        """The form that the language wants for this number, which the text calls {number}."""
        said = in_order(self.catalogue.ngettext(one, many, number))
        return said.format_map(_escaped({"number": number, **values}))

    def days(self, number: int) -> str:
        return self.count("{number} day", "{number} days", number)

    def day(self, day: date) -> str:
        """With its month by name, which nobody takes for something else."""
        written = str(self.locale.date_formats["long"])
        return format_date(day, _YEAR_IN_SHORT.sub("", written), locale=self.locale)

    @property
    def day_pattern(self) -> str:
        """Of a day where there is little room."""
        return day_pattern(self.locale)

    def listed(self, parts: Iterable[str]) -> str:
        """One after the other, with the comma of the person's language; not escaped."""
        return comma(self.language).join(parts)

    def language_names(self, codes: Iterable[str]) -> str:
        """As the person's own language calls them, listed; not escaped."""
        return self.listed(language_name(self.locale, code) for code in codes)

    def form(self, plain: str, *, discreet: str, watched: str) -> str:
        """Of three messages, the one that may stand on this phone."""
        return self(self.pick(plain, discreet, watched))

    def pick(self, plain: str, discreet: str, watched: str) -> str:
        """Which of the three that is, not yet in the person's language."""
        return {
            Discretion.OPEN: plain,
            Discretion.DISCREET: discreet,
            Discretion.WATCHED: watched,
        }[self.discretion]


def _escaped(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: escape(value, quote=False) if isinstance(value, str) else value
        for name, value in values.items()
    }


class Tr(Text):
    """A text of a window, found in the catalogue when it is shown; {names} come from the getter."""

    def __init__(self, message: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.message = message

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        texts: Texts = manager.middleware_data["texts"]
        return texts(self.message, **data)


class Forms(Text):
    """A window's text in its three forms: what may stand on an open, discreet or watched phone."""

    def __init__(
        self, plain: str, *, discreet: str, watched: str, when: WhenCondition = None
    ) -> None:
        super().__init__(when=when)
        self.messages = (plain, discreet, watched)

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        texts: Texts = manager.middleware_data["texts"]
        return texts(texts.pick(*self.messages), **data)
