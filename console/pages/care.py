"""What staff write down of a person in order to look after them."""

from uuid import UUID

from starlette.responses import Response

from console.forms import fields
from console.pages.people import person_of, person_there
from console.visit import Visit
from domain.children.deciding import decide, withdraw_decision
from domain.children.focal_point import name_focal_point
from domain.children.known import CHILDREN, mark_age
from domain.consent.turning_points import expect_majority
from domain.directory.listing import lands_with_places
from domain.errors import Refused
from domain.marks import N_
from domain.pathways.moving import write_down_country
from domain.pathways.placing import set_arrival
from domain.profiles.wishing import Stood, write_down
from domain.referrals.sharing import ask_about_partner
from domain.returnees.file_numbers import set_file_number
from domain.returnees.regions import write_down_region
from domain.returnees.wishes import Place, wishes_left
from storage.kinds import AgeBand, Gender
from storage.sessions import SERVICE

_NOTED = N_("Noted.")


async def age(visit: Visit) -> Response:
    otherwise = N_("Choose an age, and a month if you know it.")
    try:
        band = AgeBand(await visit.field("age"))
    except ValueError:
        raise Refused(otherwise) from None
    month = fields.month(await visit.field("month"), await visit.field("year"))
    if month is not None and band is AgeBand.UNKNOWN:
        raise Refused(otherwise)
    read = await visit.field("says_child") == "yes"
    async with person_of(visit) as (session, returnee_id):
        await mark_age(session, visit.actor, returnee_id, band, knows_what_they_say=read)
        kept = month if band in CHILDREN else None
        await expect_majority(session, visit.actor, returnee_id, kept)
    return visit.go(f"/people/{returnee_id}", _NOTED)


async def decide_for_child(visit: Visit) -> Response:
    reasons = await visit.field("decision")
    worker = fields.identifier(await visit.field("worker"), N_("Choose somebody of your team."))
    async with person_of(visit) as (session, returnee_id):
        await decide(session, visit.actor, returnee_id, worker, reasons)
    return visit.go(f"/people/{returnee_id}", N_("The decision is recorded."))


async def end_decision(visit: Visit) -> Response:
    async with person_of(visit) as (session, returnee_id):
        await withdraw_decision(session, visit.actor, returnee_id)
    return visit.go(f"/people/{returnee_id}", N_("No check-ins any more."))


async def arrival(visit: Visit) -> Response:
    given = await visit.field("day")
    day = fields.day(given) if given else None
    async with person_of(visit) as (session, returnee_id):
        await set_arrival(session, visit.actor, returnee_id, day)
    return visit.go(f"/people/{returnee_id}", _NOTED)


async def country(visit: Visit) -> Response:
    given = await visit.field("country")
    async with person_of(visit, everything=True) as (session, returnee_id):
        await write_down_country(session, visit.actor, returnee_id, given)
    return visit.go(f"/people/{returnee_id}", _NOTED)


async def region(visit: Visit) -> Response:
    given, agreed = await visit.field("region"), await visit.field("agreed") == "yes"
    async with person_of(visit) as (session, returnee_id):
        await write_down_region(session, visit.actor, returnee_id, given or None, agreed=agreed)
    return visit.go(f"/people/{returnee_id}", _NOTED)


async def file_number(visit: Visit) -> Response:
    given, before = await visit.field("file_number"), await visit.field("file_number_before")
    async with person_of(visit, everything=True) as (session, returnee_id):
        await set_file_number(session, visit.actor, returnee_id, given, instead_of=before)
    return visit.go(f"/people/{returnee_id}", _NOTED)


async def ask_partner(visit: Visit) -> Response:
    partner = fields.identifier(await visit.field("partner"), N_("There is no such organisation."))
    returnee_id = await person_there(visit)
    # No organisation sees the others' rows.
    async with visit.desk.database.begin(SERVICE) as session:
        await ask_about_partner(session, visit.actor, returnee_id, partner)
    return visit.go(
        f"/people/{returnee_id}", N_("They are asked in the chat, as soon as it is safe.")
    )


async def wishes(visit: Visit) -> Response:
    helper = await _helper(visit, "helper")
    partners = await _partners(visit, "partner")
    chosen = await _places(visit, "place")
    stood = Stood(
        await _helper(visit, "helper_before"),
        frozenset(await _places(visit, "place_before")),
        frozenset(await _partners(visit, "partner_before")),
    )
    async with person_of(visit) as (session, returnee_id):
        listed = await lands_with_places(session, session.now, visit.language)
        known = {(land, ""): Place(land) for land, _ in listed}
        for there in (each for _, found in listed for each in found):
            known[there.country, there.key] = Place(there.country, there.key, there.name)
        before = await wishes_left(session, returnee_id)
        for place in before.places:
            known[place.country, place.key] = place
    if not chosen <= set(known):
        raise Refused("There is no such place.")
    places = [known[each] for each in chosen]
    # No organisation sees the others' rows.
    async with visit.desk.database.begin(SERVICE) as session:
        await write_down(session, visit.actor, returnee_id, helper, places, partners, stood)
    return visit.go(f"/people/{returnee_id}", _NOTED)


async def _helper(visit: Visit, name: str) -> Gender | None:
    given = await visit.field(name)
    return Gender(given) if given in set(Gender) else None


async def _places(visit: Visit, name: str) -> set[tuple[str, str]]:
    return {(each[:2], each[3:]) for each in await visit.fields(name) if each}


async def _partners(visit: Visit, name: str) -> list[UUID]:
    given = await visit.fields(name)
    return [fields.identifier(each, N_("There is no such organisation.")) for each in given]


async def focal_point(visit: Visit) -> Response:
    named = await visit.field("staff")
    staff_id = fields.identifier(named, N_("Choose somebody of your team.")) if named else None
    async with visit.begin() as session:
        await name_focal_point(session, visit.actor, staff_id)
    return visit.go("/team", _NOTED)
