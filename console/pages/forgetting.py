from starlette.responses import Response

from console.pages.people import person_of, person_there
from console.visit import Visit
from domain.enrolment import parting
from domain.errors import Refused
from domain.marks import N_
from domain.privacy import handing_over, passing_on
from storage.sessions import SERVICE


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        leaving = await passing_on.list_leaving(session, visit.actor)
        return await visit.show(session, "leaving.html", leaving=leaving)


async def part(visit: Visit) -> Response:
    """Also of whom they have left by now: whoever presses twice is told the same."""
    pseudonym = await visit.field("pseudonym")
    async with visit.begin() as session:
        if not await parting.is_known(session, visit.actor, visit.id):
            raise visit.not_there()
    async with visit.desk.database.begin(SERVICE) as session:
        await parting.part(session, visit.actor, visit.id, pseudonym)
    done = N_("You accompany them no longer. They are told so, as soon as it is safe.")
    return visit.go("/people", done)


async def release_copy(visit: Visit) -> Response:
    async with person_of(visit) as (session, returnee_id):
        await handing_over.release_copy(session, visit.actor, returnee_id)
    return visit.go(f"/people/{returnee_id}", N_("A copy is on its way to their phone."))


async def pass_on(visit: Visit) -> Response:
    try:
        reason = passing_on.Reason(await visit.field("reason"))
    except ValueError:
        raise Refused("Choose how you know.") from None
    async with person_of(visit) as (session, returnee_id):
        await passing_on.pass_on(session, visit.actor, returnee_id, reason)
    return visit.go("/people", N_("Everything about them is being deleted."))


async def erase_now(visit: Visit) -> Response:
    async with person_of(visit) as (session, returnee_id):
        await passing_on.erase_now(session, visit.actor, returnee_id)
    return visit.go("/people", N_("Everything about them is being deleted."))


async def take_back(visit: Visit) -> Response:
    returnee_id = await person_there(visit)
    async with visit.desk.database.begin(SERVICE) as session:
        with_phone = await passing_on.take_back(session, visit.actor, returnee_id)
    done = N_("It is taken back, and they can be reached as before.")
    if not with_phone:
        done = N_("It is taken back. Their phone has begun anew: what is kept has no phone now.")
    return visit.go(f"/people/{returnee_id}", done)
