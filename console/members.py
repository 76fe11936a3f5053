"""Who is looking at a page."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.requests import Request

from console.cookies import SESSION, cookie_name
from console.desk import Desk
from domain.actors import Actor
from domain.calendar import zone
from domain.staff import actor_of, name_of
from domain.staff.browsers import forgery_token, whose
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation

# What a page asks for by itself, while perhaps nobody sits before it.
_BY_ITSELF = "by-itself"
# Far more than work with one replica; beyond that all of them pass the door once more.
_MOST_SEEN = 10_000


@dataclass(frozen=True, slots=True)
class Member:
    """A staff member, signed in with this browser."""

    actor: Actor
    name: str
    language: str
    organisation: str
    place: ZoneInfo
    #: What every form of this session carries back.
    form_token: str


async def signed_in(request: Request, desk: Desk) -> Member | None:
    """Raises DoorIsFull: cookies that nobody has seen before are looked at a few at a time, since a
    crowd can make them up by the thousand.
    """
    cookie = request.cookies.get(cookie_name(SESSION, desk.settings))
    if not cookie:
        return None
    seen = forgery_token(cookie)
    if seen in desk.seen:
        return await _whose(request, desk, cookie)
    async with desk.unseen.passing():
        member = await _whose(request, desk, cookie)
    if member is not None:
        if len(desk.seen) >= _MOST_SEEN:
            desk.seen.clear()
        desk.seen.add(seen)
    return member


async def _whose(request: Request, desk: Desk, cookie: str) -> Member | None:
    async with desk.database.begin(SERVICE) as session:
        using = _BY_ITSELF not in request.query_params
        staff = await whose(session, cookie, using=using)
        if staff is None:
            return None
        organisation = await session.get_one(Organisation, staff.organisation_id)
        return Member(
            actor_of(staff),
            name_of(session, staff),
            staff.language,
            organisation.name,
            zone(organisation.time_zone),
            forgery_token(cookie),
        )
