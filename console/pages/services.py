"""Services of the directory, for whoever keeps it: those that did not work for people, those that
their organisation does not show, and any that they look for.
"""

from starlette.responses import Response

from console.forms import fields
from console.visit import Visit
from domain.directory import withholding
from domain.directory.finding import Search, find_services, get_service
from domain.directory.reports import have_looked, reported
from domain.directory.withholding import list_withheld
from domain.marks import N_
from domain.replies.cards import LONGEST_SEARCH

_MOST_FOUND = 20


async def show(visit: Visit) -> Response:
    wanted = visit.request.query_params.get("service", "").strip()[:LONGEST_SEARCH]
    search = Search(words=wanted, include_hidden=True)
    async with visit.begin() as session:
        found = (
            await find_services(
                session, search, now=session.now, language=visit.language, limit=_MOST_FOUND
            )
            if wanted
            else []
        )
        return await visit.show(
            session,
            "services.html",
            wanted=wanted,
            found=found,
            reported=await reported(session, visit.actor, visit.language),
            withheld=await list_withheld(session, visit.actor, visit.language),
        )


async def show_one(visit: Visit) -> Response:
    async with visit.begin() as session:
        found = await get_service(session, visit.id, now=session.now, language=visit.language)
        if found is None:
            raise visit.not_there()
        withheld = await list_withheld(session, visit.actor, visit.language, [visit.id])
        return await visit.show(
            session, "service.html", found=found, withheld=withheld.get(visit.id)
        )


async def withhold(visit: Visit) -> Response:
    async with visit.begin() as session:
        await withholding.withhold(session, visit.actor, visit.id, await visit.field("reason"))
    return visit.go(f"/services/{visit.id}", N_("It is shown no more."))


async def show_again(visit: Visit) -> Response:
    async with visit.begin() as session:
        was_withheld = await withholding.show_again(session, visit.actor, visit.id)
    done = N_("It is shown again.") if was_withheld else ""
    return visit.go(f"/services/{visit.id}", done)


async def settle(visit: Visit) -> Response:
    last_on = fields.day(await visit.field("last_on"), N_("Look once more, and send it again."))
    async with visit.begin() as session:
        was_there = await have_looked(session, visit.actor, visit.id, last_on)
    done = N_("It is here again once somebody else says so.") if was_there else ""
    return visit.go("/services", done)
