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


Times = Sequence[tuple[UUID, Span]]


def gaps(
    declared: Iterable[Span], shifts: Times, fallback: Set[UUID], away: Times = ()
) -> list[Gap]:
    """In order, each as long as it is one and the same lack.

    `shifts`: who is on duty when; `fallback`: who is called when nobody answers; `away`: when who
    of these is not there.
    """
    found: list[Gap] = []
    for span in sorted(declared):
        near, off = _near(shifts, span), _near(away, span)
        edges = {edge for _, each in (*near, *off) for edge in (each.begins, each.ends)}
        within = sorted({edge for edge in edges if span.begins < edge < span.ends})
        for begins, ends in pairwise([span.begins, *within, span.ends]):
            now = Span(begins, ends)
            lack = _lack(_at(near, now), fallback - _at(off, now))
            if lack is not None:
                _add(found, Gap(begins, ends, lack))
    return found


def _near(times: Times, span: Span) -> Times:
    return [each for each in times if each[1].begins < span.ends and span.begins < each[1].ends]


def _at(times: Times, now: Span) -> set[UUID]:
    return {staff for staff, each in times if each.begins <= now.begins and now.ends <= each.ends}


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
