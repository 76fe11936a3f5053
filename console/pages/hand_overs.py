"""A case that one colleague offers to another."""

from starlette.responses import Response

from console.forms import fields
from console.pages.cases import it_is_yours
from console.visit import Visit
from domain.colleagues import handing_over
from domain.marks import N_
from storage.sessions import SERVICE


async def show(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        with visit.else_not_there():
            stands = await handing_over.standing(session, visit.actor, visit.id)
    async with visit.begin() as session:
        mine = stands.case.claimed_by == visit.actor.staff_id
        return await visit.show(
            session, "hand-over.html", stands=stands, case=stands.case, mine=mine
        )


async def offer(visit: Visit) -> Response:
    staff_id = fields.identifier(await visit.field("staff"), N_("Choose somebody of your team."))
    async with visit.desk.database.begin(SERVICE) as session:
        await handing_over.offer(session, visit.actor, visit.id, staff_id)
    return visit.go(
        f"/cases/{visit.id}", N_("It is offered. Until they accept, the case is yours.")
    )


async def accept(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        handed_back = await handing_over.accept(session, visit.actor, visit.id)
    return it_is_yours(visit, visit.id, handed_back)


async def reject(visit: Visit) -> Response:
    reason = await visit.field("reason")
    async with visit.desk.database.begin(SERVICE) as session:
        await handing_over.reject(session, visit.actor, visit.id, reason)
    return visit.go("/referrals", N_("They are told why, and keep the case."))


async def revoke(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await handing_over.revoke(session, visit.actor, visit.id)
    return visit.go(f"/cases/{visit.id}", N_("It is taken back."))
