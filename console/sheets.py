"""Invites on paper. A card that is found tells nobody what it is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from console.qr import qr_svg
from console.templating import create_pages
from domain.directory.hotlines import Answers, numbers_for
from domain.invites import NewInvite
from locales.catalogues import Catalogues, direction

# Understood by every GSM network, with or without a SIM card, in nearly every country.
_EVERYWHERE = "112"


@dataclass(frozen=True, slots=True)
class Card:
    code: str
    link: str
    picture: Markup
    expires_at: datetime


def invite_link(bot_username: str, code: str) -> str:
    return f"https://t.me/{bot_username}?start={code}"


def cards(invites: Sequence[NewInvite], bot_username: str) -> list[Card]:
    links = [invite_link(bot_username, invite.code) for invite in invites]
    return [
        Card(invite.code, link, qr_svg(link), invite.expires_at)
        for invite, link in zip(invites, links, strict=True)
    ]


def emergency_number(country: str | None) -> str:
    """The one to call in danger, in this country or, where we know none, in most."""
    lines = numbers_for(country or "")
    return next((line.number for line in lines if line.answers is Answers.EMERGENCY), _EVERYWHERE)


def invite_sheet(
    invites: Sequence[NewInvite],
    bot_username: str,
    emergency: str,
    *,
    language: str = "en",
    time_zone: str = "UTC",
) -> str:
    """A whole HTML file, to be printed and cut: one card a person, with the emergency number."""
    return (
        create_pages()
        .get_template("sheet.html")
        .render(
            cards=cards(invites, bot_username),
            bot_username=bot_username,
            emergency=emergency,
            language=language,
            direction=direction(language),
            translations=Catalogues.load().of(language),
            place=ZoneInfo(time_zone),
        )
    )
