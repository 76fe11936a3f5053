"""A service, the way somebody reads it who wants to go there."""

from uuid import UUID

from babel.dates import get_day_names

from dialogs.presses import ToMenu, button, keyboard
from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from domain.directory.avoiding import Avoided, without
from domain.directory.finding import FoundService, get_service
from domain.directory.freshness import Age
from domain.directory.needs import Need
from domain.directory.values import Location, Schedule, Service
from domain.marks import N_
from domain.names import isolated
from domain.wishes import wishes_of

_CLOSED = N_("This service has closed.")
_LONGEST_TEXT = 700
_MOST_PLACES = 3
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

NEEDS = {
    Need.EMERGENCY: N_("🆘 Emergency help"),
    Need.SHELTER: N_("🏠 A place to live"),
    Need.HEALTH: N_("🩺 Doctor and health"),
    Need.PSYCHOSOCIAL: N_("💬 Someone to talk to"),
    Need.LEGAL: N_("⚖️ Legal advice"),
    Need.DOCUMENTS: N_("📄 Papers"),
    Need.CASH: N_("💶 Money"),
    Need.FOOD: N_("🍲 Food"),
    Need.LIVELIHOOD: N_("🛠 Work"),
    Need.EDUCATION: N_("🎓 School and courses"),
    Need.FAMILY_TRACING: N_("👪 Finding family"),
    Need.CHILD_PROTECTION: N_("🧒 Help for children"),
    Need.ANTI_TRAFFICKING: N_("🤝 Help after being exploited"),
}
#: Of these, anybody may see that they were looked for.
ORDINARY = frozenset(
    {Need.HEALTH, Need.DOCUMENTS, Need.FOOD, Need.LIVELIHOOD, Need.EDUCATION, Need.CASH}
)


async def card(telling: Telling) -> Screen:
    """One that they found themselves, though it is where they do not want to be: they looked."""
    texts = telling.texts
    found = await _find(telling, await _avoided(telling))
    words = card_text(texts, found) if found else texts(_CLOSED)
    return Screen(words, keyboard([button(texts("Menu"), ToMenu())]))


async def card_from_worker(telling: Telling) -> str:
    """Nobody sends them where they do not want to be, whenever they said so."""
    texts, avoided = telling.texts, await _avoided(telling)
    found = await _find(telling, avoided)
    if found is None:
        return texts(_CLOSED)
    if without(found.service, avoided) is None:
        return texts("I don't show this any more. You can ask for a person by writing here.")
    return card_text(texts, found)


async def _find(telling: Telling, avoided: Avoided) -> FoundService | None:
    session, service = telling.session, UUID(telling.params["service"])
    language = telling.texts.language
    return await get_service(session, service, now=session.now, language=language, avoided=avoided)


async def _avoided(telling: Telling) -> Avoided:
    if telling.returnee is None:
        return frozenset()
    return (await wishes_of(telling.session, telling.returnee.id)).avoided


def card_text(texts: Texts, found: FoundService) -> str:
    service = found.service
    lines = [
        texts("<b>{name}</b>", name=service.name),
        _organisation(texts, service),
        _short(texts, service.description),
        *(_place(texts, place) for place in service.locations[:_MOST_PLACES]),
        *_opening(texts, found),
        *_phones(texts, service),
        texts("For: {whom}", whom=_cut(service.eligibility_description))
        if service.eligibility_description
        else "",
        texts("Cost: {cost}", cost=_cut(service.fees_description))
        if service.fees_description
        else "",
        texts("🌐 {address}", address=service.url) if service.url else "",
        _age(texts, found),
    ]
    return "\n".join(line for line in lines if line)


def _organisation(texts: Texts, service: Service) -> str:
    organisation = service.organization
    return texts("<i>{name}</i>", name=organisation.name) if organisation else ""


def _short(texts: Texts, description: str) -> str:
    return texts("{words}", words=_cut(description)) if description else ""


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST_TEXT else words[:_LONGEST_TEXT].rstrip() + " …"


def _place(texts: Texts, place: Location) -> str:
    parts = dict.fromkeys((place.name, place.address_1, place.address_2, place.city))
    where = ", ".join(part for part in parts if part)
    return texts("📍 {where}", where=where) if where else ""


def _opening(texts: Texts, found: FoundService) -> list[str]:
    service = found.service
    schedules = service.schedules or next(
        (place.schedules for place in service.locations if place.schedules), ()
    )
    hours = dict.fromkeys(_hours(texts, schedule) for schedule in schedules)
    lines = [texts("🕒 {hours}", hours=hours) for hours in hours if hours]
    if found.is_open is None:
        return lines
    return [*lines, texts("Open now") if found.is_open else texts("Closed now")]


def _hours(texts: Texts, schedule: Schedule) -> str:
    names = get_day_names("abbreviated", locale=texts.locale)
    days = ", ".join(
        names[_DAYS.index(day[-2:])] for day in schedule.byday.split(",") if day[-2:] in _DAYS
    )
    times = ""
    if schedule.opens_at and schedule.closes_at:
        times = f"{schedule.opens_at:%H:%M}–{schedule.closes_at:%H:%M}"
    return " ".join(part for part in (days, times) if part) or schedule.description


def _phones(texts: Texts, service: Service) -> list[str]:
    phones = [*service.phones, *(each for place in service.locations for each in place.phones)]
    numbers = dict.fromkeys(phone.number for phone in phones if phone.number)
    return [texts("📞 {number}", number=isolated(number)) for number in numbers]


def _age(texts: Texts, found: FoundService) -> str:
    if found.age is Age.UNKNOWN:
        return texts("⚠️ Nobody has told us how old this is. Call before you go.")
    if found.age is Age.FRESH or found.service.assured_date is None:
        return ""
    return texts(
        "⚠️ Last checked on {date}. Call before you go.",
        date=found.service.assured_date.isoformat(),
    )
