"""By what a signal of the watch was decided, however long ago."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.distress import Own, Watch
from domain.distress.versions import lexicons_in
from domain.lexicon.reading import own_in
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Decided:
    #: Version of the watch, and whether the lexicons that come along are the same today.
    rules: str
    current: bool
    #: Version of the organisation's own; 0 where it had none.
    own: int
    #: Those of its own words that spoke, and how many entries it muted then.
    phrases: Sequence[str]
    muted: int


async def owns_by(
    session: Session, organisation_id: UUID, versions: Iterable[str]
) -> Mapping[int, Own]:
    """What the organisation listened for, each of these once; see `own_version`."""
    numbers = set(map(own_version, versions))
    return {number: await own_in(session, organisation_id, number) for number in numbers}


def own_version(version: str) -> int:
    """Of the organisation's own, in what `Assessment.version` says; 0 where it had none."""
    return int(version.partition("+")[2] or 0)


def decided(own: Own, version: str, reasons: Sequence[str]) -> Decided:
    """`version` is as `Assessment.version` names it, and `own` the one that it says."""
    rules, _, _ = version.partition("+")
    entries = [entry for index in own.indexes for entry in index.entries]
    return Decided(
        rules=rules,
        current=lexicons_in(rules) == lexicons_in(Watch.load().version),
        own=own.version,
        phrases=[entry.line for entry in entries if entry.code in reasons],
        muted=len(own.muted),
    )
