"""What may harm the person, and is asked about once before it goes or is kept: the worker knows
better, so that these only guess.
"""

import asyncio
from uuid import UUID

from domain.actors import Actor
from domain.cases.finding import find_case
from domain.cases.telling_names import Told, told_by
from domain.casework.work import LONGEST_NOTE
from domain.illegible import if_legible
from domain.messages.sendable import fits_one_message
from domain.returnees.wishes import speaks_of_avoided
from storage.sessions import Session


async def names_unsafe_place(session: Session, actor: Actor, case_id: UUID, words: str) -> bool:
    """Whether words to the person seem to name a place that is not safe for them. Of more, which
    never goes, nothing. Raises NotAllowed or Refused.
    """
    if not fits_one_message(words):
        return False
    case = await find_case(session, actor, case_id)
    return bool(await if_legible(speaks_of_avoided(session, case.returnee_id, words)))


async def told_in_note(words: str) -> frozenset[Told]:
    """Beside what others do: thirty pages take a while. Of more, which no note takes, nothing."""
    if len(words) > LONGEST_NOTE:
        return frozenset()
    return await asyncio.to_thread(told_by, words)
