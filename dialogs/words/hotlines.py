"""A country's numbers, and how sure they are."""

from datetime import date

from dialogs.screens import Screen, Telling
from dialogs.texts import Texts
from domain.children.known import is_child
from domain.directory.calls import calls_made
from domain.directory.hotlines import NO_CALLS, WHO_ANSWERS, Answers, Calls, Hotline, numbers_for
from domain.marks import N_
from domain.names import isolated
from domain.safety.reading_along import line_may_be_named, line_may_stand
from storage.tables.returnees import Returnee

_COSTS = {"free": N_("free"), "charged": N_("costs money")}

_ANYWHERE = "112"
# What a line for those to whom that happened is called where others read along.
_UNTOLD = {Answers.POLICE: N_("Police")}
_HELP_LINE = N_("Help line")


async def numbers(telling: Telling) -> Screen:
    """All lines of a country, where the phone shows only some before they are opened."""
    return Screen(await numbers_told(telling, telling.params["country"]))


async def numbers_told(telling: Telling, country: str | None) -> str:
    """For whom the notice is, and as far as it is opened."""
    today, opened = telling.session.now.date(), bool(telling.params.get("opened"))
    texts, calls = telling.texts, await calls_made(telling.session)
    return numbers_text(texts, country, today, telling.returnee, calls=calls, is_opened=opened)


def numbers_text(
    texts: Texts,
    country: str | None,
    today: date,
    reader: Returnee | None = None,
    *,
    calls: Calls = NO_CALLS,
    is_opened: bool = False,
) -> str:
    """The lines of a country, support before police, each with who answers; or how to ask.

    On a watched phone only the emergency numbers, which anybody may look up, and on a discreet one
    no name that tells what happened to somebody, unless what they stand in was opened there.
    """
    if country is None:
        ask = texts("Tell me which country you are in now, and I will show its phone numbers.")
        return f"{ask} {_in_many_countries(texts)}"
    is_for_child = reader is not None and is_child(reader)
    lines = [
        line
        for line in numbers_for(country, today, calls, is_for_child=is_for_child)
        if is_opened or line_may_stand(line, texts.discretion)
    ]
    if not lines:
        return texts(
            "I have no phone numbers for {country}. In many countries 112 is the emergency number.",
            country=country_name(texts, country),
        )
    heading = texts("Phone numbers in {country}:", country=country_name(texts, country))
    named = [line_text(texts, line, today, is_opened=is_opened) for line in lines]
    return "\n".join([heading, *named])


def elsewhere_text(texts: Texts, numbers: str) -> str:
    """For whoever is in none of the countries that they are asked about, below these numbers."""
    return "" if _ANYWHERE in numbers else _in_many_countries(texts)


def _in_many_countries(texts: Texts) -> str:
    return texts("In many countries 112 is the emergency number.")


def country_name(texts: Texts, country: str) -> str:
    """What the language calls it; the two letters where nobody knows."""
    return str(texts.locale.territories.get(country, country))


def _name(texts: Texts, line: Hotline, *, is_opened: bool) -> str:
    if is_opened or line_may_be_named(line, texts.discretion):
        return texts(line.name)
    return texts(_UNTOLD.get(line.answers, _HELP_LINE))


def line_text(texts: Texts, line: Hotline, today: date, *, is_opened: bool = False) -> str:
    """What is not tested lately says so, whatever else is known of it."""
    facts = [
        texts("answered by {who}", who=texts(WHO_ANSWERS[line.answers])),
        line.hours,
        _languages(texts, line),
        texts(_COSTS[line.cost]) if line.cost else "",
        _from_elsewhere(texts, line),
        _tested(texts, line, today),
    ]
    return texts(
        "• <b>{number}</b> {name} ({facts})",
        number=isolated(line.number),
        name=_name(texts, line, is_opened=is_opened),
        facts=texts.listed(filter(None, facts)),
    )


def _languages(texts: Texts, line: Hotline) -> str:
    """By name where we know them, else how many the line says it has."""
    known = texts.language_names(line.languages)
    in_all = line.languages_in_all or 0
    if not known:
        return texts.count("{number} language", "{number} languages", in_all) if in_all else ""
    return f"{known} …" if in_all > len(line.languages) else known


def _from_elsewhere(texts: Texts, line: Hotline) -> str:
    """Nothing of a line that can only be called from the country under whose name it stands."""
    if line.abroad:
        return texts("from other countries: {number}", number=isolated(line.abroad))
    return texts("also from other countries") if line.reachable_from == "anywhere" else ""


def _tested(texts: Texts, line: Hotline, today: date) -> str:
    if line.unanswered_on is not None and line.is_silent(today):
        return texts("did not answer on {date}", date=texts.day(line.unanswered_on))
    if line.verified_on is None or not line.is_certain(today):
        return texts("not tested lately, it may not answer")
    return texts("tested on {date}", date=texts.day(line.verified_on))
