"""A pathway rests: somebody moves on to another country, or the team has a reason.

Whoever moves on has not failed. Nothing of the pathway is asked, told or called silence meanwhile;
they are given the numbers of the country where they are, and asked anew what they agree to.
"""

from uuid import UUID

from domain import audit
from domain.actors import Actor
from domain.consent.renewal import renew
from domain.errors import Refused
from domain.pathways import moving
from domain.returnees.person import find_returnee
from storage.kinds import Renewing
from storage.sessions import Session
from storage.tables.pathways import OnPathway

MOVED_ON, PAUSED = "moved-on", "paused"


async def move_on(session: Session, actor: Actor, returnee_id: UUID, country: str) -> None:
    """They are in another country now, or soon. Raises NotAllowed and Refused.

    Needs the service's scope: what they are asked anew is theirs alone to know.
    """
    returnee = await moving.be_there(session, actor, returnee_id, country)
    on = await session.get(OnPathway, (returnee_id, actor.organisation_id))
    if on is not None:
        on.paused_at, on.paused_why = session.now, MOVED_ON
    await renew(session, returnee, Renewing.MOVED)
    audit.done_by(session, actor, moving.MOVED_ON, returnee_id)


async def pause(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """Nothing of the pathway happens until it goes on. Raises NotAllowed and Refused."""
    on = await _theirs(session, actor, returnee_id)
    if on.paused_at is None:
        on.paused_at, on.paused_why = session.now, PAUSED
        audit.done_by(session, actor, "pathway.paused", returnee_id)


async def go_on(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """What is still to come happens again; what came meanwhile is over, unless a new day of arrival
    brings it back. Raises NotAllowed and Refused.
    """
    on = await _theirs(session, actor, returnee_id)
    if on.paused_at is not None:
        on.paused_at = on.paused_why = None
        audit.done_by(session, actor, "pathway.resumed", returnee_id)


async def _theirs(session: Session, actor: Actor, returnee_id: UUID) -> OnPathway:
    await find_returnee(session, actor, returnee_id)
    on = await session.get(OnPathway, (returnee_id, actor.organisation_id), populate_existing=True)
    if on is None:
        raise Refused("They are on no pathway.")
    return on
