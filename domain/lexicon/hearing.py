"""What a message would be heard as now, and by which lines."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from domain.actors import Actor, Right
from domain.distress import Assessment, Own, Watch
from domain.distress.lexicon import Entry
from domain.errors import Refused
from domain.lexicon.reading import own_now
from storage.sessions import Session

_MOST_LINES = 40
# Letters, as its field says.
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class HeardNow:
    verdict: Assessment
    #: Of the lexicons, whatever stands around them, and whether the organisation mutes them.
    lines: Sequence[tuple[Entry, bool]]


async def hear_as_now(session: Session, actor: Actor, text: str, watch: Watch) -> HeardNow:
    """As if one of the organisation's people wrote it. Nothing is kept.

    Raises NotAllowed, and Refused for more than anybody would read through: it takes half a minute.
    """
    actor.ensure_may(Right.KEEP_LEXICON)
    if len(text) > _LONGEST:
        raise Refused("Use at most {most} characters.", most=_LONGEST)
    own = await own_now(session, actor.organisation_id)
    # So many words take a while, in which no alert must wait.
    return await asyncio.to_thread(_heard, watch, text, own)


def _heard(watch: Watch, text: str, own: Own) -> HeardNow:
    found = watch.lines_in(text)[:_MOST_LINES]
    lines = [(entry, entry.key in own.muted) for entry in found]
    return HeardNow(watch.assess(text, own=own), lines)
