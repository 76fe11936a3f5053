"""UNHCR Jordan's services-advisor to HSDS 3.0: a file for each language, joined by id and activity.

Nobody says when these entries were last checked, so none gets an assured date. Comments are left
out where they may be the name of a person.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from domain.directory.files.cells import time_of
from domain.directory.needs import needs_of
from domain.directory.values import Location, Organization, Schedule, Service

Feature = dict[str, Any]

_DAYS = {
    "Sun-Thurs": "SU,MO,TU,WE,TH",
    "Mon-Thurs  and Sat": "MO,TU,WE,TH,SA",
    "Sundays only": "SU",
    "Mondays only": "MO",
    "Tuesdays only": "TU",
    "Thursdays only": "TH",
    "Saturdays only": "SA",
}
_HOUR = re.compile(r"\d{1,2}:\d{2}(?:[ap]m)?")
_SENTENCE_WORDS = 6
_PHONE = re.compile(r"\d{6,}")


def convert(english: Collection[Feature], arabic: Collection[Feature]) -> list[Service]:
    """Raises ValueError where there is nothing."""
    if not english:
        raise ValueError("there are no services")
    translated = {_key(feature): feature for feature in arabic}
    return [_service(feature, translated.get(_key(feature))) for feature in english]


def _key(feature: Feature) -> str:
    return f"{feature['id']}/{feature['properties']['activity']}"


def _service(feature: Feature, arabic: Feature | None) -> Service:
    said = feature["properties"]
    categories = (said["activityName"], said["activityCategory"], *_ticked(said, "indicators"))
    partner = said["partnerName"].strip()
    return Service(
        id=_id(_key(feature)),
        name=said["activityName"],
        organization=Organization(id=_id(partner), name=partner, description=partner),
        description=_description(said),
        eligibility_description=_listed(said, "3.", "1.", "2."),
        application_process=_listed(said, "4.", "10."),
        translations={"ar": _texts(arabic["properties"])} if arabic else {},
        categories=categories,
        needs=needs_of(said["activityName"], categories, ""),
        schedules=_schedules(said),
        locations=(_location(feature, arabic),),
    )


def _texts(said: Feature) -> dict[str, str]:
    texts = {
        "name": said["activityName"],
        "description": _description(said),
        "eligibility_description": _listed(said, "3.", "1.", "2."),
        "application_process": _listed(said, "4.", "10."),
    }
    return {name: text for name, text in texts.items() if text}


def _description(said: Feature) -> str:
    comment = said.get("comments") or ""
    is_prose = len(comment.split()) >= _SENTENCE_WORDS and not _PHONE.search(comment)
    return "\n".join([*_ticked(said, "indicators"), *([comment] if is_prose else [])])


def _listed(said: Feature, *numbers: str) -> str:
    """What is ticked under questions, which are known by the number that both languages share."""
    names = [name for number in numbers for name in said if name.startswith(number)]
    return "; ".join(answer for name in names for answer in _ticked(said, name))


def _ticked(said: Feature, question: str) -> list[str]:
    return [answer for answer, is_ticked in said.get(question, {}).items() if is_ticked]


def _schedules(said: Feature) -> tuple[Schedule, ...]:
    if "Every Day" not in _ticked(said, "6. Availability"):
        return ()
    days = [_DAYS[day] for day in _ticked(said, "7. Availability Day") if day in _DAYS]
    opens, closes = (
        next(map(time_of, _HOUR.findall(_listed(said, number))), None) for number in ("8.", "9.")
    )
    return tuple(
        Schedule(
            byday=day,
            opens_at=opens,
            closes_at=closes,
            valid_from=date.fromisoformat(said["startDate"]),
            valid_to=date.fromisoformat(said["endDate"]),
        )
        for day in days
    )


def _location(feature: Feature, arabic: Feature | None) -> Location:
    name = feature["properties"]["locationName"].strip()
    longitude, latitude = feature["geometry"]["coordinates"]
    local = arabic["properties"]["locationName"].strip() if arabic else ""
    return Location(
        id=_id(f"{name}/{latitude}/{longitude}"),
        name=name,
        city=name,
        country="JO",
        latitude=latitude,
        longitude=longitude,
        translations={"ar": {"name": local, "city": local}} if local else {},
    )


def _id(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"services-advisor/{text}"))
