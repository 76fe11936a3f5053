"""A campaign as a file, in TOML: the same as the console's form."""

from datetime import date, datetime
from typing import Any

from domain.calendar import YEARS, as_wall_time
from domain.campaigns.drafting import Outline
from domain.campaigns.schedule import JUST_ONCE, Schedule, after, every
from domain.errors import Refused
from domain.pathways.values import Anchor
from domain.text_files import NotToml, read_toml

_KINDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "questionnaire": str,
    "time": (str, datetime),
    "countries": list,
    "languages": list,
    "since": list,
    "stages": list,
    "regions": list,
    "lateness_hours": int,
    "second_prompt": bool,
    "every": dict,
    "after_days": int,
    "after": str,
}
_KINDS_OF_EVERY: dict[str, type] = {"unit": str, "interval": int, "until": date}
_NEEDED = ("name", "questionnaire", "time")


def read(content: bytes) -> Outline:
    """Raises Refused with what is wrong, and where."""
    try:
        said = read_toml(content)
    except NotToml as error:
        raise Refused("This is no TOML: {reason}.", reason=str(error)) from None
    for key, value in said.items():
        if key not in _KINDS or not _is_of(value, _KINDS[key]):
            raise Refused("{key} is not something a check-in's file says in this way.", key=key)
    for key in _NEEDED:
        if key not in said:
            raise Refused("A check-in's file must say its {key}.", key=key)
    return Outline(
        name=said["name"],
        questionnaire=said["questionnaire"],
        local_time=_time(said["time"]),
        schedule=_schedule(said),
        countries=_codes(said, "countries"),
        languages=_codes(said, "languages"),
        since=_codes(said, "since"),
        stages=_codes(said, "stages"),
        regions=_codes(said, "regions"),
        max_lateness_hours=said.get("lateness_hours", 24),
        second_prompt=said.get("second_prompt", True),
    )


def _time(said: str | datetime) -> datetime:
    try:
        local_time = said if isinstance(said, datetime) else as_wall_time(said)
    except ValueError:
        raise Refused("Choose a day and a time.") from None
    if local_time.tzinfo is not None:
        raise Refused("Choose a day and a time without a time zone: each person's own clock.")
    if local_time.year not in YEARS:
        raise Refused("Choose a day and a time.")
    return local_time


def _schedule(said: dict[str, Any]) -> Schedule:
    if "every" in said and "after_days" in said:
        raise Refused("A check-in asks again and again, or some days after each return: not both.")
    if "after" in said and "after_days" not in said:
        raise Refused("A check-in's file must say its {key}.", key="after_days")
    if "after_days" in said:
        return after(said["after_days"], said.get("after", Anchor.ARRIVAL))
    if "every" not in said:
        return JUST_ONCE
    times = said["every"]
    for key, value in times.items():
        if key not in _KINDS_OF_EVERY or not _is_of(value, _KINDS_OF_EVERY[key]):
            raise Refused("{key} is not something a check-in's file says in this way.", key=key)
    return every(str(times.get("unit")), times.get("interval", 1), times.get("until"))


def _is_of(value: object, kinds: type | tuple[type, ...]) -> bool:
    """To Python true is a number, too, and a moment is a day."""
    return type(value) in (kinds if isinstance(kinds, tuple) else (kinds,))


def _codes(said: dict[str, Any], key: str) -> list[str]:
    return [str(each) for each in said.get(key, ())]
