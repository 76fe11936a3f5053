"""Invites on paper. A card that is found tells nobody what it is for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from console.qr import qr_svg
from console.templating import templates
from domain.directory.hotlines import emergency_number
from domain.enrolment.invites import NewInvite
from domain.errors import Refused
from locales.catalogues import Catalogues, direction

_NUMBER = re.compile(r"\+?\d[\d -]{1,19}")


@dataclass(frozen=True, slots=True)
class Card:
    code: str
    link: str
    picture: Markup
    expires_at: datetime


def invite_link(bot_username: str, code: str) -> str:
    """What opens the chat with this code."""
    return f"https://t.me/{bot_username}?start={code}"


def cards(invites: Sequence[NewInvite], bot_username: str) -> list[Card]:
    links = [invite_link(bot_username, invite.code) for invite in invites]
    return [
        Card(invite.code, link, qr_svg(link), invite.expires_at)
        for invite, link in zip(invites, links, strict=True)
    ]


def words_on(card: Card, emergency: str, language: str, now: datetime, place: ZoneInfo) -> Markup:
    """What whoever holds it reads, in their own language."""
    words = _rendered(
        "card-words.html", language, card=card, emergency=emergency, now=now, place=place
    )
    return Markup(words)  # noqa: S704


def emergency_on_cards(typed: str, country: str | None) -> str:
    """What whoever prints the cards typed, or what we know; no card goes out without a number.

    Raises Refused.
    """
    number = typed.strip() or emergency_number(country) or ""
    if not _NUMBER.fullmatch(number):
        raise Refused("An emergency number is made of digits, such as 112.")
    return number


def invite_sheet(
    invites: Sequence[NewInvite],
    bot_username: str,
    emergency: str,
    now: datetime,
    *,
    language: str = "en",
    time_zone: str = "UTC",
) -> str:
    """A whole HTML file, to be printed and cut: one card a person, with the emergency number."""
    return _rendered(
        "sheet.html",
        language,
        cards=cards(invites, bot_username),
        bot_username=bot_username,
        emergency=emergency,
        now=now,
        place=ZoneInfo(time_zone),
    )


def _rendered(template: str, language: str, **context: object) -> str:
    return (
        templates()
        .get_template(template)
        .render(
            language=language,
            direction=direction(language),
            translations=Catalogues.load().of(language),
            **context,
        )
    )
