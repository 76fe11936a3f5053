from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from starlette.responses import Response

from console.live import Live
from console.recordings import recording
from console.visit import Visit
from domain.cases import work
from domain.cases.changes import mark_of
from domain.cases.finding import find_case
from domain.cases.reading import CaseFile, Said, read_case
from domain.errors import NotAllowed, Refused
from domain.marks import N_
from domain.safeguarding import conflicts
from domain.safeguarding.readings import NeedsReason, break_glass
from storage.kinds import CaseState, Direction, Outcome
from storage.sessions import SERVICE, Session

# How long a case can be put off, in hours.
PAUSES = (1, 4, 12, 24, 72)


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def follow(visit: Visit) -> Response:
    async with _case(visit) as (_, case_id):
        pass

    async def look() -> dict[str, Any]:
        async with visit.begin() as session:
            return {"mark": await mark_of(session, visit.actor, case_id)}

    return Live(visit, look)


async def claim(visit: Visit) -> Response:
    async with _case(visit) as (session, case_id):
        await work.claim(session, visit.actor, case_id)
    return visit.go(f"/cases/{case_id}", N_("This case is yours. Write to the person now."))


async def release(visit: Visit) -> Response:
    async with _case(visit) as (session, case_id):
        await work.release(session, visit.actor, case_id)
    return visit.go("/queue", N_("The case is back in the queue."))


async def write(visit: Visit) -> Response:
    """What was typed is never lost: where it can't be sent, it is still in the field."""
    ticked = await visit.field("only_confirmed")
    vital = await visit.field("vital")
    any_hour = await visit.field("any_hour")
    act = partial(work.write, only_confirmed=bool(ticked), vital=bool(vital), any_hour=any_hour)
    done = N_("Your words are on their way.")
    kept = {"only_confirmed": ticked, "vital": vital, "any_hour": any_hour}
    return await _with_words(visit, "words", act, done, **kept)


async def ask_to_talk(visit: Visit) -> Response:
    async with _case(visit) as (session, case_id):
        await work.ask_to_talk(session, visit.actor, case_id)
    return visit.go(f"/cases/{case_id}", N_("They are asked whether it is safe to talk now."))


async def note(visit: Visit) -> Response:
    return await _with_words(visit, "note", work.note, N_("Noted for your colleagues."))


async def snooze(visit: Visit) -> Response:
    hours = await visit.field("hours")
    if hours not in map(str, PAUSES):
        raise Refused("Choose for how long.")
    async with _case(visit) as (session, case_id):
        until = session.now + timedelta(hours=int(hours))
        await work.snooze(session, visit.actor, case_id, until)
    return visit.go("/queue", N_("The case is put off. A message from the person brings it back."))


async def resolve(visit: Visit) -> Response:
    try:
        outcome = Outcome(await visit.field("outcome"))
    except ValueError:
        raise Refused("Choose how it ended.") from None
    async with _case(visit) as (session, case_id):
        await work.resolve(session, visit.actor, case_id, outcome)
    return visit.go("/queue", N_("The case is closed, and the person is told."))


async def open_closed(visit: Visit) -> Response:
    reason = await visit.field("reason")
    async with _case(visit) as (session, case_id):
        await break_glass(session, visit.actor, case_id, reason)
    return visit.go(f"/cases/{case_id}")


async def recuse(visit: Visit) -> Response:
    async with _case(visit) as (session, case_id):
        person = (await find_case(session, visit.actor, case_id)).returnee_id
    async with visit.desk.database.begin(SERVICE) as session:
        await conflicts.recuse(session, visit.actor, person)
    return visit.go("/queue", N_("You see nothing of this person any more."))


async def play(visit: Visit) -> Response:
    """A recording or picture, straight from Telegram; nothing of it is kept here.

    Whoever opens it is taken to have heard or seen it.
    """
    async with _case(visit) as (session, case_id):
        said = _recording(await read_case(session, visit.actor, case_id), visit)
    assert said.file_id is not None
    data = await visit.desk.settings.fetch_file(said.file_id)
    async with visit.begin() as session:
        await work.mark_heard(session, visit.actor, said.id)
    return recording(data, said.kind)


async def _page(
    visit: Visit, *, status: int = HTTPStatus.OK, refused: str = "", **kept: str
) -> Response:
    async with _case(visit) as (session, case_id):
        try:
            file = await read_case(session, visit.actor, case_id)
        except NeedsReason:
            return await visit.show(session, "case-shut.html", case_id=case_id)
        return await visit.show(
            session,
            "case.html",
            status=status,
            file=file,
            case=file.case,
            mine=file.case.claimed_by == visit.actor.staff_id,
            is_open=file.case.state is not CaseState.RESOLVED,
            last=_last_words(file),
            mark=await mark_of(session, visit.actor, case_id),
            pauses=PAUSES,
            outcomes=list(Outcome),
            refused=refused,
            kept=kept,
        )


async def _with_words(
    visit: Visit,
    name: str,
    act: Callable[[Session, Any, UUID, str], Awaitable[object]],
    done: str,
    **kept: str,
) -> Response:
    words = await visit.field(name)
    try:
        async with _case(visit) as (session, case_id):
            await act(session, visit.actor, case_id, words)
    except NotAllowed:
        raise
    except Refused as error:
        return await _page(
            visit,
            status=HTTPStatus.CONFLICT,
            refused=visit.reason(error),
            **{name: words, **kept},
        )
    return visit.go(f"/cases/{case_id}#newest", done)


@asynccontextmanager
async def _case(visit: Visit) -> AsyncIterator[tuple[Session, UUID]]:
    """The case that the address names, in a transaction; the same 404 for none and for others'."""
    case_id: UUID = visit.request.path_params["id"]
    async with visit.begin() as session:
        try:
            await find_case(session, visit.actor, case_id)
        except Refused:
            raise visit.not_there() from None
        yield session, case_id


def _recording(file: CaseFile, visit: Visit) -> Said:
    wanted = visit.request.path_params["message_id"]
    for entry in file.timeline:
        if isinstance(entry, Said) and entry.id == wanted and entry.file_id:
            return entry
    raise visit.not_there()


def _last_words(file: CaseFile) -> Said | None:
    """What the person said last, which a worker must see before anything else is read."""
    said = [entry for entry in file.timeline if isinstance(entry, Said)]
    theirs = [entry for entry in said if entry.direction is Direction.FROM_RETURNEE]
    return theirs[-1] if theirs else None
