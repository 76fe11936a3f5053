"""Where a rota leaves declared hours without anybody, or without a second to fall back on."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from domain.duty.hours import Span


class Lack(StrEnum):
    NOBODY = "nobody"
    #: Somebody, and nobody to fall back on.
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Gap:
    begins: datetime
    ends: datetime
    lack: Lack


def gaps(
    declared: Iterable[Span], shifts: Sequence[tuple[UUID, Span]], fallback: Set[UUID]
) -> list[Gap]:
    """In order, each as long as it is one and the same lack.

    `shifts`: who is on duty when; `fallback`: who is called when nobody answers.
    """
    found: list[Gap] = []
    for span in sorted(declared):
        near = [
            each for each in shifts if each[1].begins < span.ends and span.begins < each[1].ends
        ]
        edges = {edge for _, each in near for edge in (each.begins, each.ends)}
        within = sorted({edge for edge in edges if span.begins < edge < span.ends})
        for begins, ends in pairwise([span.begins, *within, span.ends]):
            on = {staff for staff, each in near if each.begins <= begins and ends <= each.ends}
            lack = _lack(on, fallback)
            if lack is not None:
                _add(found, Gap(begins, ends, lack))
    return found


def _lack(on: set[UUID], fallback: Set[UUID]) -> Lack | None:
    if not on:
        return Lack.NOBODY
    return Lack.SECOND if len(on | fallback) < 2 else None


def _add(found: list[Gap], gap: Gap) -> None:
    last = found[-1] if found else None
    if last is not None and last.lack is gap.lack and gap.begins <= last.ends:
        found[-1] = Gap(last.begins, max(last.ends, gap.ends), gap.lack)
    else:
        found.append(gap)
