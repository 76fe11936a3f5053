"""By which words the cries of a case are heard, as the rules stand today."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.casework.story import CaseFile, Said
from domain.distress import Watch
from domain.distress.assessment import Evidence

# Seconds after which no further cry is looked at: whoever opens a case came to read it.
_LONGEST = 2.0
# So many words are shown below a cry.
_MOST = 6


async def heard_in(file: CaseFile) -> Mapping[UUID, Sequence[Evidence]]:
    """Of its cries by their ids: the newest, the one that came first, and of those between as many
    as there is time for, however many and long they are.

    To be asked outside any transaction: the database ends one that waits for long, and nobody would
    see the case at all.
    """
    found: dict[UUID, Sequence[Evidence]] = {}
    until = time.monotonic() + _LONGEST
    for said in _what_matters_first(file):
        # A thread of its own, since no alert must wait meanwhile.
        heard = await asyncio.to_thread(Watch.load().evidence, said.text or "", file.own)
        found[said.id] = _telling_most(heard)[:_MOST]
        if time.monotonic() > until:
            break
    return found


def _what_matters_first(file: CaseFile) -> Sequence[Said]:
    cries = [each for each in file.timeline if isinstance(each, Said) and each.cry and each.text]
    return [*cries[-1:], *cries[:-1][:1], *reversed(cries[1:-1])]


def _telling_most(heard: Sequence[Evidence]) -> Sequence[Evidence]:
    """The gravest of each reason before what else there is of any: whoever reads why must see by
    which words, and whether these mean something else. Nothing stands there twice, as a part of a
    longer phrase.
    """
    whole = [each for each in heard if not any(_is_part(each, other) for other in heard)]
    first = {each.code: each for each in reversed(whole)}
    return sorted(whole, key=lambda each: each is not first[each.code])


def _is_part(one: Evidence, other: Evidence) -> bool:
    return one != other and one.code == other.code and one.words in other.words
