"""A service, the way somebody reads it who wants to go there."""

from collections.abc import Iterable
from datetime import time
from html import unescape
from uuid import UUID

from aiogram.types import InlineKeyboardButton
from babel.dates import get_day_names

from dialogs.presses import DidNotWork, ToMenu, ToServices, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from domain.directory.avoiding import Avoided
from domain.directory.finding import FoundService, get_service
from domain.directory.freshness import Age
from domain.directory.needs import Need
from domain.directory.opening import DAYS, holds_every_week
from domain.directory.values import Location, Phone, Schedule, Service
from domain.directory.withholding import is_withheld
from domain.marks import N_
from domain.names import isolated
from domain.returnees.enrolments import organisations_for
from domain.returnees.wishes import wishes_left
from domain.safety.reading_along import need_may_be_named
from domain.telegram_limits import units

#: In the three forms of a phone: what stands on the button, and what its press is answered with.
DID_NOT_WORK = (N_("This did not work"), N_("This did not work"), N_("Out of date"))
PASSED_ON = (N_("Thank you, I have passed this on."), N_("Thank you."), N_("Thank you."))
#: What its organisation withholds, in the same three forms.
NOT_SHOWN = (
    N_(
        "I don't show this service any more. Before you go there, ask a person: /help. "
        "Or look for another one."
    ),
    N_("I don't show this any more. Look for another one."),
    N_("I don't show this any more. Look for another one."),
)
_CLOSED = N_("This service has closed.")
# Telegram takes 4096 in a message; a caseworker's line may stand above.
_LONGEST_CARD = 3800
_LONGEST_TEXTS = (700, 200, 60)
_LONGEST_LINE = 150
_LONGEST_PLACE = 250
_LONGEST_HOURS = 80
_LONGEST_EXTENSION = 20
_MOST_PLACES = 3
_MOST_HOURS = 7
_MOST_PHONES = 6
_WHOLE_DAY, _ALWAYS = "00:00–24:00", "24/7"

NEEDS = {
    Need.EMERGENCY: N_("🆘 Urgent help"),
    Need.SHELTER: N_("🏠 Place to live"),
    Need.HEALTH: N_("🩺 Doctor and health"),
    Need.PSYCHOSOCIAL: N_("💬 Someone to talk to"),
    Need.LEGAL: N_("⚖️ Legal advice"),
    Need.DOCUMENTS: N_("📄 Papers"),
    Need.CASH: N_("💶 Money"),
    Need.FOOD: N_("🍲 Food"),
    Need.LIVELIHOOD: N_("🛠 Work"),
    Need.EDUCATION: N_("🎓 Learning"),
    Need.FAMILY_TRACING: N_("👪 Find family"),
    Need.CHILD_PROTECTION: N_("🧒 For children"),
    Need.ANTI_TRAFFICKING: N_("🤝 Help after being exploited"),
}
_UNTOLD = N_("🤝 Other help")


def need_name(texts: Texts, need: Need) -> str:
    """Where others read along, nothing that tells what happened to somebody."""
    return texts(NEEDS[need] if need_may_be_named(need, texts.discretion) else _UNTOLD)


async def card(telling: Telling) -> Screen:
    """One that they found themselves, though it is where they do not want to be: they looked."""
    texts = telling.texts
    found = await _find(telling)
    to_menu = [button(texts("Menu"), ToMenu())]
    if found is None:
        return Screen(texts(_CLOSED), keyboard(to_menu))
    if await _is_withheld(telling, found):
        return _not_shown(texts)
    return Screen(card_text(texts, found), keyboard([_did_not_work(texts, found)], to_menu))


async def card_from_worker(telling: Telling) -> Screen:
    """Nobody sends them where they do not want to be, whenever they said so."""
    texts, found = telling.texts, await _find(telling)
    if found is None:
        return Screen(texts(_CLOSED))
    if found.is_avoided:
        return Screen(texts("I don't show this any more. You can ask for a person: /help."))
    if await _is_withheld(telling, found):
        return _not_shown(texts)
    return Screen(card_text(texts, found), keyboard([_did_not_work(texts, found)]))


def _did_not_work(texts: Texts, found: FoundService) -> InlineKeyboardButton:
    return button(texts(texts.pick(*DID_NOT_WORK)), DidNotWork(service=found.id))


def _not_shown(texts: Texts) -> Screen:
    search = button(texts("🔎 Search again"), ToServices())
    return Screen(texts(texts.pick(*NOT_SHOWN)), keyboard([search]))


async def _is_withheld(telling: Telling, found: FoundService) -> bool:
    shown_by = await organisations_for(telling.session, telling.returnee)
    return await is_withheld(telling.session, shown_by, found.id)


async def _find(telling: Telling) -> FoundService | None:
    session, service = telling.session, UUID(telling.params["service"])
    language, avoided = telling.texts.language, await _avoided(telling)
    return await get_service(session, service, now=session.now, language=language, avoided=avoided)


async def _avoided(telling: Telling) -> Avoided:
    if telling.returnee is None:
        return frozenset()
    return (await wishes_left(telling.session, telling.returnee.id)).avoided


def card_text(texts: Texts, found: FoundService) -> str:
    """As long as one message may be, whatever a directory holds: rather shorter than not at all."""
    return next(
        (card for card in (_card(texts, found, most) for most in _LONGEST_TEXTS) if _fits(card)),
        _card(texts, found, 0),
    )


def _fits(card: str) -> bool:
    """Telegram counts without what marks words."""
    return units(unescape(card)) <= _LONGEST_CARD


def _card(texts: Texts, found: FoundService, most: int) -> str:
    service = found.service
    lines = [
        texts("<b>{name}</b>", name=_cut(service.name, _LONGEST_LINE)),
        _organisation(texts, service),
        # Such as that it is closed this month: however little else there is room for.
        _said(texts, N_("❗ {words}"), max(most, min(_LONGEST_TEXTS)), words=service.alert),
        _said(texts, N_("{words}"), most, words=service.description),
        *_where_and_when(texts, found, most),
        *_phones(texts, service),
        *_before_going(texts, service, most),
        _website(texts, service),
        _age(texts, found),
    ]
    return "\n".join(line for line in lines if line)


def _before_going(texts: Texts, service: Service, most: int) -> list[str]:
    """What somebody would else learn only at the door."""
    years = isolated(service.ages) if service.ages else ""
    papers = texts.listed(service.required_documents)
    spoken = texts.language_names(service.spoken)
    return [
        _said(texts, N_("For: {whom}"), most, whom=service.eligibility_description),
        _said(texts, N_("Age: {years}"), most, years=years),
        _said(texts, N_("What to do first: {how}"), most, how=service.application_process),
        _said(texts, N_("Papers to bring: {papers}"), most, papers=papers),
        _said(texts, N_("Languages: {languages}"), most, languages=spoken),
        _said(texts, N_("Interpreters: {words}"), most, words=service.interpretation_services),
        _said(texts, N_("Cost: {cost}"), most, cost=service.fees_description),
        _said(texts, N_("Waiting time: {time}"), most, time=service.wait_time),
    ]


def _said(texts: Texts, line: str, most: int, **said: str) -> str:
    """Nothing where the directory says nothing."""
    shown = {name: _cut(words, most) for name, words in said.items()}
    return texts(line, **shown) if all(shown.values()) else ""


def _website(texts: Texts, service: Service) -> str:
    """A part of an address leads nowhere."""
    fits = 0 < len(service.url) <= _LONGEST_LINE
    return texts("🌐 {address}", address=isolated(service.url)) if fits else ""


def _organisation(texts: Texts, service: Service) -> str:
    organisation = service.organization
    if organisation is None:
        return ""
    return texts("<i>{name}</i>", name=_cut(organisation.name, _LONGEST_LINE))


def _cut(words: str, most: int) -> str:
    if not most:
        return ""
    return words if len(words) <= most else words[:most].rstrip() + " …"


def _where_and_when(texts: Texts, found: FoundService, most: int) -> list[str]:
    """The hours once; or under each door, where they differ."""
    service = found.service
    hours = [door.schedules or service.schedules for door in service.locations]
    doors = list(zip(service.locations, hours, found.doors, strict=True))
    if len({(when, is_open) for _, when, is_open in doors}) > 1:
        return [
            line
            for door, when, is_open in doors[:_MOST_PLACES]
            for line in (*_place(texts, door, most), *_opening(texts, when, is_open))
        ]
    doors_shown = service.locations[:_MOST_PLACES]
    places = [line for door in doors_shown for line in _place(texts, door, most)]
    return [*places, *_opening(texts, next(iter(hours), service.schedules), found.is_open)]


def _place(texts: Texts, place: Location, most: int) -> list[str]:
    parts = dict.fromkeys((place.name, place.address_1, place.address_2, place.city))
    where = texts.listed(part for part in parts if part)
    return [
        _said(texts, N_("📍 {where}"), _LONGEST_PLACE, where=where),
        _said(texts, N_("🚌 {words}"), most, words=place.transportation),
        _said(texts, N_("♿ {words}"), most, words=place.accessibility),
    ]


def _opening(texts: Texts, schedules: Iterable[Schedule], is_open: bool | None) -> list[str]:
    hours = dict.fromkeys(_cut(_hours(texts, each), _LONGEST_HOURS) for each in schedules)
    lines = [texts("🕒 {hours}", hours=each) for each in hours if each][:_MOST_HOURS]
    if is_open is None:
        return lines
    return [*lines, texts("Open now") if is_open else texts("Closed now")]


def _hours(texts: Texts, schedule: Schedule) -> str:
    """Those of every week; others only as whoever knows them describes them."""
    if not holds_every_week(schedule):
        return schedule.description
    names = get_day_names("abbreviated", locale=texts.locale)
    open_on = [day for day in schedule.byday.split(",") if day in DAYS]
    days = texts.listed(names[DAYS.index(day)] for day in open_on)
    times = _times(schedule)
    if times == _WHOLE_DAY and len(open_on) in (0, len(DAYS)):
        return _ALWAYS
    return " ".join(part for part in (days, times) if part) or schedule.description


def _times(schedule: Schedule) -> str:
    """Midnight is when a day ends, too."""
    if schedule.opens_at is None or schedule.closes_at is None:
        return ""
    closes = f"{schedule.closes_at:%H:%M}" if schedule.closes_at != time() else "24:00"
    return f"{schedule.opens_at:%H:%M}–{closes}"


def _phones(texts: Texts, service: Service) -> list[str]:
    return [_phone(texts, each) for each in service.phones_to_call[:_MOST_PHONES]]


def _phone(texts: Texts, phone: Phone) -> str:
    number = isolated(phone.number)
    extension = _cut(phone.extension, _LONGEST_EXTENSION)
    facts = [
        texts("extension {extension}", extension=isolated(extension)) if extension else "",
        _cut(texts.language_names(phone.languages), _LONGEST_LINE),
    ]
    known = texts.listed(filter(None, facts))
    if not known:
        return texts("📞 {number}", number=number)
    return texts("📞 {number} ({facts})", number=number, facts=known)


def _age(texts: Texts, found: FoundService) -> str:
    if found.age is Age.UNKNOWN:
        return texts("⚠️ Nobody has told us how old this is. Call before you go.")
    if found.service.assured_date is None:
        return ""
    date = texts.day(found.service.assured_date)
    if found.age is Age.FRESH:
        return texts("Last checked on {date}.", date=date)
    return texts("⚠️ Last checked on {date}. Call before you go.", date=date)
