from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from starlette.responses import Response

from console.forms.refilling import ONCE
from console.pages.playing import can_be_opened, opened
from console.visit import Visit
from domain.actors import Actor
from domain.audit.chain import head_of
from domain.errors import Refused
from domain.marks import N_
from domain.safeguarding import passing_on
from domain.safeguarding.conflicts import (
    end_conflict,
    keep_apart,
    known_here,
    standing_conflicts,
    who_can_be_kept_apart,
)
from domain.safeguarding.handling import (
    answer_complaint,
    close_complaint,
    mark_heard,
    take_complaint,
)
from domain.safeguarding.messages import said_so_far
from domain.safeguarding.outside import name_outside, outside_address
from domain.safeguarding.passing_on import call_for_child
from domain.safeguarding.readings import readings_to_review, review
from domain.safeguarding.story import ComplaintLine, Told, list_complaints, read_complaint
from domain.safeguarding.unheard import unheard_lately
from storage.kinds import ConflictKind
from storage.sessions import SERVICE, Session
from storage.tables.organisations import Organisation


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        return await visit.show(
            session,
            "safeguarding.html",
            complaints=await list_complaints(session, visit.actor),
            outside=outside_address(
                await session.get_one(Organisation, visit.actor.organisation_id)
            ),
            unheard=await unheard_lately(session, visit.actor),
            conflicts=await standing_conflicts(session, visit.actor),
            head=await head_of(session, visit.actor.organisation_id),
        )


async def show_apart(visit: Visit) -> Response:
    """Who must see nothing of one person."""
    async with visit.begin() as session:
        with visit.else_not_there():
            pseudonym = await known_here(session, visit.actor, visit.id)
        return await visit.show(
            session,
            "apart.html",
            person=visit.id,
            pseudonym=pseudonym,
            conflicts=await standing_conflicts(session, visit.actor, visit.id),
            colleagues=await who_can_be_kept_apart(session, visit.actor),
        )


async def set_apart(visit: Visit) -> Response:
    try:
        staff_id = UUID(await visit.field("staff"))
        kind = ConflictKind(await visit.field("kind"))
    except ValueError:
        raise Refused("Choose who must see nothing of this person, and why.") from None
    async with visit.desk.database.begin(SERVICE) as session:
        await keep_apart(session, visit.actor, visit.id, staff_id, kind)
    return visit.go(f"/people/{visit.id}/apart", N_("They see nothing of this person any more."))


async def show_readings(visit: Visit) -> Response:
    """What colleagues read that nobody had to work on."""
    async with visit.desk.database.begin(SERVICE) as session:
        readings = await readings_to_review(session, visit.actor)
    async with visit.begin() as session:
        return await visit.show(session, "readings.html", readings=readings)


async def review_one(visit: Visit) -> Response:
    async with visit.begin() as session:
        await review(session, visit.actor, visit.id)
    return visit.go("/readings", N_("Noted that you looked at it."))


async def name_somebody_outside(visit: Visit) -> Response:
    async with visit.begin() as session:
        await name_outside(session, visit.actor, await visit.field("outside"))
    return visit.go("/safeguarding", N_("Everybody who confides reads that from now on."))


async def pass_on(visit: Visit) -> Response:
    """By whoever heard it from the person."""
    words, once = await visit.field("words"), await visit.field(ONCE)
    async with visit.desk.database.begin(SERVICE) as session:
        await passing_on.pass_on(session, visit.actor, visit.id, words, once)
    return visit.go(f"/people/{visit.id}", N_("Safeguarding knows now, and nobody else."))


async def show_complaint(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        # Before the words themselves: what comes in between nobody has read.
        read = await said_so_far(session, visit.id)
    complaint, told = await _read(visit)
    async with visit.begin() as session:
        return await visit.show(
            session, "complaint.html", complaint=complaint, told=told, read=read
        )


async def play(visit: Visit) -> Response:
    """A recording or picture of a complaint."""
    _, told = await _read(visit)
    wanted = visit.request.path_params["message_id"]
    said = next((each for each in told if each.id == wanted and can_be_opened(each)), None)
    if said is None:
        raise visit.not_there()

    async def mark() -> None:
        async with visit.desk.database.begin(SERVICE) as session:
            await mark_heard(session, visit.actor, visit.id, said.id)

    return await opened(visit, f"/complaints/{visit.id}", said, mark)


async def take(visit: Visit) -> Response:
    return await _with_complaint(visit, take_complaint, N_("You look after it."))


async def close(visit: Visit) -> Response:
    act = partial(close_complaint, read=await visit.field("read"))
    return await _with_complaint(visit, act, N_("It is closed."))


async def call(visit: Visit) -> Response:
    return await _with_complaint(
        visit, call_for_child, N_("Whoever looks after children is called.")
    )


async def answer(visit: Visit) -> Response:
    act = partial(
        answer_complaint,
        words=await visit.field("words"),
        once=await visit.field(ONCE),
        read=await visit.field("read"),
    )
    return await _with_complaint(visit, act, N_("Your words are on their way."))


async def _with_complaint(
    visit: Visit, act: Callable[[Session, Actor, UUID], Awaitable[None]], done: str
) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await act(session, visit.actor, visit.id)
    return visit.go(f"/complaints/{visit.id}", done)


async def _read(visit: Visit) -> tuple[ComplaintLine, list[Told]]:
    """The words of somebody who has left since open to the service alone."""
    async with visit.desk.database.begin(SERVICE) as session:
        with visit.else_not_there():
            return await read_complaint(session, visit.actor, visit.id)


async def end(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await end_conflict(session, visit.actor, visit.id)
    return visit.go("/safeguarding", N_("They may see this person again."))
