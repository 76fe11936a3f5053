from uuid import UUID

from starlette.responses import Response

from console.visit import Visit
from domain.errors import NotAllowed, Refused
from domain.marks import N_
from domain.people import judge_identity, list_people, read_person
from storage.kinds import Identity, Purpose


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        page = await list_people(session, visit.actor, visit.after)
        return await visit.show(session, "people.html", page=page)


async def show_one(visit: Visit) -> Response:
    async with visit.begin() as session:
        try:
            person = await read_person(session, visit.actor, _id(visit))
        except NotAllowed:
            raise
        except Refused:
            raise visit.not_there() from None
        return await visit.show(
            session, "person.html", person=person, purposes=list(Purpose), identities=list(Identity)
        )


async def judge(visit: Visit) -> Response:
    try:
        identity = Identity(await visit.field("identity"))
    except ValueError:
        raise Refused("Choose what you found out.") from None
    async with visit.begin() as session:
        try:
            await judge_identity(session, visit.actor, _id(visit), identity)
        except NotAllowed:
            raise
        except Refused:
            raise visit.not_there() from None
    return visit.go(f"/people/{_id(visit)}", N_("Noted who holds this phone."))


def _id(visit: Visit) -> UUID:
    returnee_id: UUID = visit.request.path_params["id"]
    return returnee_id
