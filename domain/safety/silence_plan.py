"""What is done when somebody falls silent: their own choice, and nothing beyond it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from domain import audit
from domain.actors import Actor
from domain.children.known import is_child, is_known_child
from domain.errors import Refused
from domain.illegible import ILLEGIBLE
from domain.letters import without_turns
from domain.returnees.keys import data_key
from domain.returnees.person import find_returnee
from storage.keys.keyring import SealError
from storage.kinds import Identity, SilencePlan
from storage.sessions import Session
from storage.tables.returnees import Returnee, Safety

#: The reason of a case that silence opened, and of one that a check-in opened which never arrived,
#: since they have blocked us.
SILENCE, UNREACHED = "check-in.silence", "check-in.unreached"
#: Either says that a check-in stayed without an answer.
UNANSWERED = frozenset((SILENCE, UNREACHED))
# Nobody stays named for ever: after that the person is asked anew.
LONGEST = timedelta(days=366)
_MOST_LETTERS = 200
_LONGEST_NAME = 40
_USER_NAME = re.compile(r"@?[A-Za-z][A-Za-z0-9_]{3,31}")
# With the hyphens and dashes that telephones put into a number of theirs.
_PHONE = re.compile(r"\+?[\d\s()./\u2010-\u2013-]{5,25}")
_DIGITS = 5
_CONTEXT = "somebody named"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who may be contacted when the person falls silent, until then."""

    who: str
    how: str
    until: datetime
    #: By whoever held the phone then, and not through a worker.
    in_chat: bool = False
    #: Whether a key still does.
    opens: bool = True


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
    if not session.now < until <= session.now + LONGEST:
        raise Refused("Name a day within the next year on which this ends.")
    await _keep(session, returnee, Named(who.strip(), how.strip(), until))
    audit.done_by(session, actor, "person.other-named", returnee_id)


async def name_oneself(session: Session, returnee: Returnee, who: str, how: str, days: int) -> None:
    """The person names somebody in the chat, for so many days. Raises Refused."""
    if not may_name(returnee):
        raise Refused("To name somebody, please ask for a person.")
    until = session.now + timedelta(days=min(days, LONGEST.days))
    named = Named(checked_name(who), checked_address(how), until, in_chat=True)
    await _keep(session, returnee, named)


def may_name(returnee: Returnee) -> bool:
    """A child's family is never told, and whoever is in doubt could name themselves."""
    return not is_child(returnee) and returnee.identity is not Identity.DOUBTED


def checked_name(text: str) -> str:
    """Raises Refused for more than a first name or a word."""
    name = " ".join(text.split())
    if not 0 < len(name) <= _LONGEST_NAME or any(sign.isdigit() for sign in name):
        raise Refused("Please send a first name or one word, nothing more.")
    return name


def checked_address(text: str) -> str:
    """Raises Refused for anything but a number or a user name: where somebody lives is not kept."""
    address = without_turns(text).strip()
    digits = sum(sign.isdigit() for sign in address)
    if not (_USER_NAME.fullmatch(address) or (_PHONE.fullmatch(address) and digits >= _DIGITS)):
        raise Refused("Please send a phone number or a user name such as @name, and no address.")
    return address


async def forget_named(session: Session) -> int:
    """Whoever was named, once that is over: it was for a time. Returns how many. Needs the
    service's scope.
    """
    gone = await session.scalars(
        update(Safety)
        .where(Safety.other_until <= session.now)
        .values(other=None, other_until=None)
        .returning(Safety.returnee_id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def _keep(session: Session, returnee: Returnee, named: Named) -> None:
    if is_known_child(returnee):
        raise Refused("For a child nobody is named: their own worker decides.")
    if not named.who or not named.how or max(len(named.who), len(named.how)) > _MOST_LETTERS:
        raise Refused("Say who it is and how to reach them, in a few words.")
    safety = await session.get_one(Safety, returnee.id)
    key = await data_key(session, returnee.id)
    safety.other = key.seal(json.dumps([named.who, named.how, named.in_chat]), _CONTEXT)
    safety.other_until, safety.silence = named.until, SilencePlan.OTHER


async def named_by(session: Session, returnee_id: UUID) -> Named | None:
    """Whom they named, while that counts."""
    safety = await session.get_one(Safety, returnee_id)
    returnee = await session.get_one(Returnee, returnee_id)
    if plan_now(returnee, safety, session.now) is not SilencePlan.OTHER:
        return None
    assert safety.other is not None
    assert safety.other_until is not None
    try:
        kept = (await data_key(session, returnee_id)).open(safety.other, _CONTEXT)
    except SealError:
        return Named(ILLEGIBLE, ILLEGIBLE, safety.other_until, opens=False)
    who, how, *in_chat = json.loads(kept)
    return Named(who, how, safety.other_until, in_chat=any(in_chat))
