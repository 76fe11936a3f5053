from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What the doctor found of one thing, in one line."""

    name: str
    ok: bool
    detail: str
