from uuid import UUID

from starlette.responses import Response

from console.visit import Visit
from domain.audit_chain import head_of
from domain.errors import Refused
from domain.marks import N_
from domain.people import pseudonym_of
from domain.safeguarding.conflicts import (
    end_conflict,
    keep_apart,
    standing_conflicts,
    who_can_be_kept_apart,
)
from storage.kinds import ConflictKind
from storage.sessions import SERVICE


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        return await visit.show(
            session,
            "safeguarding.html",
            conflicts=await standing_conflicts(session, visit.actor),
            head=await head_of(session, visit.actor.organisation_id),
        )


async def show_apart(visit: Visit) -> Response:
    """Who must see nothing of one person."""
    async with visit.begin() as session:
        pseudonym = await pseudonym_of(session, visit.actor, _id(visit))
        if not pseudonym:
            raise visit.not_there()
        return await visit.show(
            session,
            "apart.html",
            person=_id(visit),
            pseudonym=pseudonym,
            conflicts=await standing_conflicts(session, visit.actor, _id(visit)),
            colleagues=await who_can_be_kept_apart(session, visit.actor),
        )


async def set_apart(visit: Visit) -> Response:
    try:
        staff_id = UUID(await visit.field("staff"))
        kind = ConflictKind(await visit.field("kind"))
    except ValueError:
        raise Refused("Choose who must see nothing of this person, and why.") from None
    async with visit.desk.database.begin(SERVICE) as session:
        await keep_apart(session, visit.actor, _id(visit), staff_id, kind)
    return visit.go(f"/people/{_id(visit)}/apart", N_("They see nothing of this person any more."))


async def end(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await end_conflict(session, visit.actor, _id(visit))
    return visit.go("/safeguarding", N_("They may see this person again."))


def _id(visit: Visit) -> UUID:
    named: UUID = visit.request.path_params["id"]
    return named
