"""By what a signal of the watch was decided, however long ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.distress import Watch
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


async def decided(
    session: Session, organisation_id: UUID, version: str, reasons: Sequence[str]
) -> Decided:
    """`version` is as `Assessment.version` names it."""
    rules, _, number = version.partition("+")
    own = await own_in(session, organisation_id, int(number or 0))
    entries = [entry for index in own.indexes for entry in index.entries]
    return Decided(
        rules=rules,
        current=lexicons_in(rules) == lexicons_in(Watch.load().version),
        own=own.version,
        phrases=[entry.line for entry in entries if entry.code in reasons],
        muted=len(own.muted),
    )
