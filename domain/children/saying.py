"""Whoever says that they are a child, as the watch heard it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from domain.distress import Assessment
from storage.kinds import Severity

# What the watch gives as its reason.
_CHILD = "minor"


def says_child(severity: Severity, reasons: Sequence[str]) -> bool:
    """Whether the watch heard that somebody is a child, and not only of one: whatever lowers the
    reason follows it.
    """
    kinds = [reason.partition(".")[0] for reason in reasons]
    in_full = any(kind == _CHILD and after != "scope" for kind, after in pairwise([*kinds, ""]))
    return severity.rank >= Severity.URGENT.rank and in_full


def of_a_child(heard: Assessment) -> Assessment:
    """What was heard, once the message has also said how young they are."""
    severity = max(heard.severity, Severity.URGENT, key=lambda level: level.rank)
    reasons = (*heard.reasons, f"{_CHILD}.age")
    return replace(heard, severity=severity, ask=False, reasons=reasons)
