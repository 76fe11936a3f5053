"""After a restore pathways ask and tell nothing until a coordinator lets them go on (P5).

Between the backup and the loss somebody may have said no, paused or frozen their chat, and nobody
remembers.
"""

from datetime import datetime

from domain import audit
from domain.actors import Actor, Right
from storage.sessions import Session
from storage.tables.organisations import Organisation


async def wait_since(session: Session, actor: Actor) -> datetime | None:
    """None where they don't wait. Raises NotAllowed."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    return (await session.get_one(Organisation, actor.organisation_id)).pathways_wait_since


async def let_go_on(session: Session, actor: Actor) -> None:
    """What is due is asked and told within minutes. Raises NotAllowed."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    organisation = await session.get_one(Organisation, actor.organisation_id, with_for_update=True)
    if organisation.pathways_wait_since is not None:
        organisation.pathways_wait_since = None
        audit.done_by(session, actor, "pathways.let-go-on")
