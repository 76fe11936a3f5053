"""A country's numbers, and how sure they are."""

from datetime import date

from dialogs.texts import Texts
from domain.directory.hotlines import WHO_ANSWERS, Answers, Hotline, numbers_for
from storage.kinds import Discretion

_MOST = 6

#: Where people are asked whether they are there now: the countries whose numbers we have.
COUNTRIES = ("AL", "MA", "UA", "AT", "CY", "ES", "FR", "GB", "GR", "IT", "PL", "PT")


def numbers_text(texts: Texts, country: str | None, today: date) -> str:
    """The lines of a country, support before police, each with who answers; or how to ask.

    On a watched phone only the emergency numbers, which anybody may look up.
    """
    if country is None:
        return texts("Tell me which country you are in now, and I will show its phone numbers.")
    lines = [line for line in numbers_for(country) if _may_stand(texts, line)][:_MOST]
    if not lines:
        return texts(
            "I have no phone numbers for {country}. In many countries 112 is the emergency number.",
            country=country_name(texts, country),
        )
    heading = texts("Phone numbers in {country}:", country=country_name(texts, country))
    return "\n".join([heading, *(_line(texts, line, today) for line in lines)])


def country_name(texts: Texts, country: str) -> str:
    """What the language calls it; the two letters where nobody knows."""
    return str(texts.locale.territories.get(country, country))


def _may_stand(texts: Texts, line: Hotline) -> bool:
    return texts.discretion is not Discretion.WATCHED or line.answers is Answers.EMERGENCY


def _line(texts: Texts, line: Hotline, today: date) -> str:
    facts = [texts("answered by {who}", who=texts(WHO_ANSWERS[line.answers]))]
    if line.hours:
        facts.append(line.hours)
    if line.cost == "free":
        facts.append(texts("free"))
    if not line.is_certain(today):
        facts.append(texts("not tested lately, it may not answer"))
    return texts(
        "• <b>{number}</b> {name} ({facts})",
        number=line.number,
        name=texts(line.name),
        facts=", ".join(facts),
    )
