from starlette.responses import RedirectResponse, Response

from console.visit import Visit
from domain.actors import Right
from domain.duty import go_off_duty, go_on_duty
from domain.marks import N_


async def first_page(visit: Visit) -> Response:
    """Where this person's work is."""
    for right, path in (
        (Right.WORK_ON_CASES, "/queue"),
        (Right.SEE_PEOPLE, "/people"),
        (Right.MANAGE_STAFF, "/team"),
    ):
        if visit.actor.may(right):
            return RedirectResponse(path)
    return RedirectResponse("/account")


async def change_duty(visit: Visit) -> Response:
    on = await visit.field("duty") == "on"
    async with visit.begin() as session:
        await (go_on_duty if on else go_off_duty)(session, visit.actor)
    done = N_("You are on duty: alerts come to you.") if on else N_("You are off duty.")
    return visit.go("/queue", done)
