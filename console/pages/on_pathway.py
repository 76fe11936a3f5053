"""Somebody on a pathway, and what changing it would change; and who has no next check-in."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from console.forms import fields
from console.pages.pathways import titles
from console.pages.people import person_of, person_there, seen
from console.visit import Visit
from domain.campaigns.following import Moved, moved_by, put_and_follow
from domain.marks import N_
from domain.pathways import pausing
from domain.pathways.placing import Place, as_they_stand, course_of, propose
from domain.pathways.planning import Change
from domain.pathways.reconciling import without_next
from domain.pathways.shelf import newest_of_each
from domain.pathways.values import Anchor, Days
from domain.safeguarding.readings import NeedsReason
from storage.sessions import SERVICE


async def show(visit: Visit) -> Response:
    """Somebody's pathway and days; and, once others are chosen, what that would change."""
    given = visit.request.query_params
    proposed = "pathway" in given
    async with visit.begin() as session:
        try:
            person = await seen(visit, session)
        except NeedsReason:
            return visit.go(f"/people/{visit.id}")
        course = await course_of(session, person.returnee, visit.actor.organisation_id)
        stood = await as_they_stand(session, person.returnee, course.place.days)
        there = replace(course.place, days=stood)
        pathway, lines = course.pathway, course.lines
        moves: list[Moved] = []
        if proposed:
            days = {anchor: given.get(anchor, "") for anchor in Anchor}
            there = Place(given["pathway"], _days(days), tuple(given.getlist("chosen")))
            # As they stood when the page was opened, however often it has shown since what changes.
            stood = _days({anchor: given.get(f"{anchor}_before", "") for anchor in Anchor})
            pathway, lines = await propose(session, visit.actor, person.line.id, there)
            moves = await moved_by(session, visit.actor, person.returnee, there.days, stood)
        return await visit.show(
            session,
            "person-pathway.html",
            person=person,
            there=there,
            stood=stood,
            pathway=pathway,
            proposed=proposed,
            lines=[line for line in lines if line.change is not Change.GONE],
            gone=sum(line.change is Change.GONE for line in lines),
            moves=moves,
            anchors=list(Anchor),
            pathways=await newest_of_each(session, visit.actor.organisation_id),
            titles=await titles(session, visit),
        )


async def keep(visit: Visit) -> Response:
    days = {anchor: await visit.field(anchor) for anchor in Anchor}
    chosen = tuple(await visit.fields("chosen"))
    place = Place(await visit.field("pathway"), _days(days), chosen)
    stood = _days({anchor: await visit.field(f"{anchor}_before") for anchor in Anchor})
    async with person_of(visit, everything=True) as (session, returnee_id):
        await put_and_follow(session, visit.actor, returnee_id, place, stood)
    return visit.go(f"/people/{returnee_id}", N_("Kept. Everything is planned by these days now."))


async def rest(visit: Visit) -> Response:
    rests = await visit.field("rests") == "yes"
    async with person_of(visit) as (session, returnee_id):
        await (pausing.pause if rests else pausing.go_on)(session, visit.actor, returnee_id)
    done = N_("The pathway rests.") if rests else N_("The pathway goes on.")
    return visit.go(f"/people/{returnee_id}", done)


async def move_on(visit: Visit) -> Response:
    country = await visit.field("country")
    returnee_id = await person_there(visit)
    async with visit.desk.database.begin(SERVICE) as session:
        await pausing.move_on(session, visit.actor, returnee_id, country)
    return visit.go(
        f"/people/{returnee_id}", N_("Noted. They get the numbers there, and are asked anew.")
    )


async def show_unplanned(visit: Visit) -> Response:
    async with visit.begin() as session:
        page = await without_next(session, visit.actor, visit.after)
        return await visit.show(session, "unplanned.html", page=page)


def _days(given: Mapping[Anchor, str]) -> Days:
    """As a form says them. Raises Refused."""
    return {anchor: fields.day(day) for anchor, day in given.items() if day}
