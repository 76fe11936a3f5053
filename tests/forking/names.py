"""Things of the code by name, "bot.lanes.lanes:Lanes.run", to catch or exchange in a replica."""

from importlib import import_module
from typing import Any


def find(place: str) -> Any:
    """What goes by that name. Raises when nothing does any more."""
    holder, name = _holder(place)
    return getattr(holder, name)


def exchange(place: str, other: object) -> None:
    """Puts another thing in its place, for as long as this process lives."""
    holder, name = _holder(place)
    assert hasattr(holder, name), f"{place} is not there any more"
    setattr(holder, name, other)


def _holder(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    holder: Any = import_module(module)
    *way, name = path.split(".")
    for step in way:
        holder = getattr(holder, step)
    return holder, name
