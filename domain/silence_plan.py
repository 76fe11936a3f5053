"""What is done when somebody falls silent: their own choice, and nothing beyond it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain import audit
from domain.actors import Actor
from domain.children import is_child
from domain.errors import Refused
from domain.returnees import data_key, find_returnee
from storage.kinds import SilencePlan
from storage.returnees import Returnee, Safety
from storage.sessions import Session

#: The reason of a case that silence opened.
SILENCE = "check-in.silence"
# Nobody stays named for ever: after that the person is asked anew.
LONGEST = timedelta(days=366)
_MOST_LETTERS = 200
_CONTEXT = "somebody named"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who may be contacted when the person falls silent, until then."""

    who: str
    how: str
    until: datetime


def plan_now(returnee: Returnee, safety: Safety, now: datetime) -> SilencePlan:
    """Once the time of the one they named is over, nothing is done; nor by name for a child, whose
    family is never told.
    """
    named = safety.silence is SilencePlan.OTHER
    over = safety.other_until is None or safety.other_until <= now
    if named and (over or is_child(returnee)):
        return SilencePlan.NOTHING
    return safety.silence


async def choose_plan(session: Session, returnee: Returnee, plan: SilencePlan) -> None:
    """The person's choice. Whoever was named is forgotten with any other one."""
    safety = await session.get_one(Safety, returnee.id)
    if plan is SilencePlan.OTHER:
        if safety.other is None:
            raise Refused("Nobody is named yet.")
    else:
        safety.other = safety.other_until = None
    safety.silence = plan


async def name_other(
    session: Session, actor: Actor, returnee_id: UUID, who: str, how: str, until: datetime
) -> None:
    """A worker writes down whom the person names. Raises as find_returnee, and Refused."""
    returnee = await find_returnee(session, actor, returnee_id)
    if is_child(returnee):
        raise Refused("For a child nobody is named: their own worker decides.")
    who, how = who.strip(), how.strip()
    if not who or not how or max(len(who), len(how)) > _MOST_LETTERS:
        raise Refused("Say who it is and how to reach them, in a few words.")
    if not session.now < until <= session.now + LONGEST:
        raise Refused("Name a day within the next year on which this ends.")
    safety = await session.get_one(Safety, returnee_id)
    key = await data_key(session, returnee_id)
    safety.other = key.seal(json.dumps([who, how]), _CONTEXT)
    safety.other_until, safety.silence = until, SilencePlan.OTHER
    audit.record(
        session,
        actor.organisation_id,
        "person.other-named",
        staff_id=actor.staff_id,
        subject=returnee_id,
    )


async def named_by(session: Session, returnee_id: UUID) -> Named | None:
    """Whom they named, while that counts."""
    safety = await session.get_one(Safety, returnee_id)
    returnee = await session.get_one(Returnee, returnee_id)
    if plan_now(returnee, safety, session.now) is not SilencePlan.OTHER:
        return None
    assert safety.other is not None
    assert safety.other_until is not None
    key = await data_key(session, returnee_id)
    who, how = json.loads(key.open(safety.other, _CONTEXT))
    return Named(who, how, safety.other_until)
