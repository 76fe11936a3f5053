from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from uuid import UUID

from starlette.responses import Response

from console.files.ranges import playable
from console.forms.refilling import ONCE
from console.headers import let_record
from console.live import Live, all_comparable, comparable
from console.pages.playing import can_be_opened, opened
from console.preview import preview_for
from console.visit import Visit
from domain.calendar import zone
from domain.cases.changes import mark_of, said_so_far
from domain.cases.finding import find_case
from domain.cases.states import to_act_by
from domain.cases.telling_names import Told
from domain.casework import raising, reopening, work
from domain.casework.heard import heard_in
from domain.casework.marking import signals_of
from domain.casework.reading import read_case, read_message
from domain.casework.story import CaseFile, Said
from domain.casework.tasks import colleagues_of, tasks_of
from domain.directory.calls import calls_made
from domain.directory.hotlines import who_can_come
from domain.directory.withholding import list_withheld
from domain.errors import Refused
from domain.marks import N_
from domain.queue.lines import newest_signs, newest_waiting
from domain.referrals.reading import beside_case
from domain.replies.cards import LONGEST_SEARCH, services_for
from domain.replies.phrases import FIRST_WORDS, PHRASES
from domain.replies.recordings import LARGEST, our_recording
from domain.replies.unsent import FARTHEST, something_ends_unsent
from domain.safeguarding import conflicts
from domain.safeguarding.readings import NeedsReason, break_glass
from locales.catalogues import comma
from storage.kinds import CaseState, Direction, Outcome, Severity
from storage.sessions import SERVICE, Session

# How long a case can be put off, in hours.
PAUSES = (1, 4, 12, 24, 72)

_ASKED = N_("They are asked whether it is safe to talk now.")
_ASKED_LATER = N_(
    "The question waits: it is no time to write to them now. They are asked once it is."
)
_CLOSED = N_(
    "The case is closed. If the person knows of it, they are told once it is safe to write to them."
)


async def follow(visit: Visit) -> Response:
    case_id = await case_there(visit)

    async def look() -> dict[str, Any]:
        async with visit.begin() as session:
            newest = await newest_waiting(session, visit.actor, beside=case_id)
            signs = await newest_signs(session, visit.actor, beside=case_id)
            return {
                "mark": await mark_of(session, visit.actor, case_id),
                "newest": comparable(newest),
                "signs": all_comparable(signs),
            }

    return Live(visit, look)


async def claim(visit: Visit) -> Response:
    async with case_of(visit) as (session, case_id):
        handed_back = await work.claim(session, visit.actor, case_id)
    return it_is_yours(visit, case_id, handed_back)


def it_is_yours(visit: Visit, case_id: UUID, handed_back: Collection[str]) -> Response:
    """From now on, and these others, by their codes, are no longer."""
    done = visit.translations.gettext("This case is yours. Write to the person now.")
    if handed_back:
        went = visit.translations.gettext("These went back to your colleagues: {codes}.")
        done = f"{done} {went.format(codes=comma(visit.language).join(handed_back))}"
    return visit.go(f"/cases/{case_id}", done)


async def make_graver(visit: Visit) -> Response:
    try:
        severity = Severity(await visit.field("severity"))
    except ValueError:
        raise Refused("Choose how grave it was.") from None
    case_id = await case_there(visit)
    async with visit.desk.database.begin(SERVICE) as session:
        await raising.make_graver(session, visit.actor, case_id, severity)
    return visit.go(f"/cases/{case_id}", N_("Raised: your colleagues are alerted."))


async def release(visit: Visit) -> Response:
    async with case_of(visit) as (session, case_id):
        await work.release(session, visit.actor, case_id)
    return visit.go("/queue", N_("The case is back in the queue."))


async def ask_to_talk(visit: Visit) -> Response:
    once = await visit.field(ONCE)
    async with case_of(visit) as (session, case_id):
        asked = await work.ask_to_talk(session, visit.actor, case_id, once)
    return visit.go(f"/cases/{case_id}", _ASKED if asked else _ASKED_LATER)


async def snooze(visit: Visit) -> Response:
    hours = await visit.field("hours")
    if hours not in map(str, PAUSES):
        raise Refused("Choose for how long.")
    async with case_of(visit) as (session, case_id):
        until = session.now + timedelta(hours=int(hours))
        await work.snooze(session, visit.actor, case_id, until)
    return visit.go("/queue", N_("The case is put off. A message from the person brings it back."))


async def resolve(visit: Visit) -> Response:
    try:
        outcome = Outcome(await visit.field("outcome"))
    except ValueError:
        raise Refused("Choose how it ended.") from None
    read = await visit.field("read")
    async with case_of(visit) as (session, case_id):
        await work.resolve(session, visit.actor, case_id, outcome, read)
    return visit.go("/queue", _CLOSED)


async def reopen(visit: Visit) -> Response:
    case_id = await case_there(visit)
    async with visit.desk.database.begin(SERVICE) as session:
        handed_back = await reopening.reopen(session, visit.actor, case_id)
    return it_is_yours(visit, case_id, handed_back)


async def open_closed(visit: Visit) -> Response:
    reason = await visit.field("reason")
    async with case_of(visit) as (session, case_id):
        await break_glass(session, visit.actor, case_id, reason)
    return visit.go(f"/cases/{case_id}")


async def recuse(visit: Visit) -> Response:
    async with case_of(visit) as (session, case_id):
        person = (await find_case(session, visit.actor, case_id)).returnee_id
    async with visit.desk.database.begin(SERVICE) as session:
        await conflicts.recuse(session, visit.actor, person)
    return visit.go("/queue", N_("You see nothing of this person any more."))


async def play(visit: Visit) -> Response:
    """A recording or picture of theirs, or a colleague's voice, which is no less of the case."""
    async with case_of(visit) as (session, case_id):
        message_id = visit.request.path_params["message_id"]
        said = await read_message(session, visit.actor, case_id, message_id)
        ours = await our_recording(session, visit.actor, case_id, message_id)
        if ours is not None:
            return playable(visit.request, *ours)
        if said is None or not can_be_opened(said):
            raise visit.not_there()

    async def mark_heard() -> None:
        async with visit.begin() as session:
            await work.mark_heard(session, visit.actor, said.id, said.file_id)

    return await opened(visit, f"/cases/{case_id}", said, mark_heard)


async def show_case(
    visit: Visit,
    kept: Mapping[str, str] = MappingProxyType({}),
    *,
    status: int = HTTPStatus.OK,
    refused: str = "",
    told: Collection[Told] = (),
) -> Response:
    """The page of a case; `kept` is what was typed there and is not to be lost.

    `told`: what a note of theirs seems to hold, and should not.
    """
    # No organisation sees the others' names, nor whether they have the person by now.
    async with visit.desk.database.begin(SERVICE) as session:
        referrals = await beside_case(session, visit.actor, visit.id)
        can_reopen = await reopening.is_theirs_to_reopen(session, visit.actor, visit.id)
    async with case_of(visit) as (session, case_id):
        # Before the words themselves: what comes in between nobody has seen.
        read = await said_so_far(session, case_id)
        mark = await mark_of(session, visit.actor, case_id)
        signs = await newest_signs(session, visit.actor, beside=case_id)
        try:
            file = await read_case(session, visit.actor, case_id)
        except NeedsReason:
            # It was closed while they wrote: what they typed comes back above what asks why.
            if kept:
                raise
            return await visit.show(session, "case-shut.html", case_id=case_id)
        shown = {
            **_standing(visit, session, file),
            **_to_write_with(visit, session, file),
            **await _beside(visit, session, file),
            **await _services(visit, session, case_id),
        }
    heard = await heard_in(file)
    async with visit.begin() as session:
        page = await visit.show(
            session,
            "case.html",
            status=status,
            **shown,
            heard_in=heard,
            asked=[line for line in referrals if line.given],
            came_by=[line for line in referrals if not line.given],
            unsent=await something_ends_unsent(session, file.case),
            read=read,
            mark=mark,
            signs=all_comparable(signs),
            can_reopen=can_reopen,
            refused=refused,
            told=[each for each in Told if each in told],
            kept=kept,
        )
    return let_record(page) if shown["may_record"] else page


def _standing(visit: Visit, session: Session, file: CaseFile) -> dict[str, Any]:
    """The case, how it stands with whoever reads it, and what they can do with it."""
    mine = file.case.claimed_by == visit.actor.staff_id
    is_open = file.case.state is not CaseState.RESOLVED
    return {
        "file": file,
        "case": file.case,
        "mine": mine,
        "is_open": is_open,
        "due": to_act_by(file.case),
        "may_record": mine and is_open and file.contact.heard_alone,
        "last": _last_words(file),
        "severities": list(reversed(Severity)),
        "pauses": PAUSES,
        "outcomes": list(Outcome),
        "longest_recording": LARGEST,
    }


async def _beside(visit: Visit, session: Session, file: CaseFile) -> dict[str, Any]:
    """What stands around it: tasks, colleagues, what the watch heard, whom to call."""
    return {
        "owed": await tasks_of(session, visit.actor, file.case),
        "colleagues": await colleagues_of(session, visit.actor),
        "signals": await signals_of(session, visit.actor, file.case.id),
        "lines": who_can_come(file.contact.country, session.now.date(), await calls_made(session)),
    }


def _to_write_with(visit: Visit, session: Session, file: CaseFile) -> dict[str, Any]:
    """Ready sentences in the person's language, how any would look on their phone, and between
    which times of theirs it can leave.
    """
    theirs = visit.desk.catalogues.of(file.contact.language)
    here = session.now.astimezone(zone(file.contact.time_zone))
    return {
        "preview": preview_for(file.contact, theirs),
        "phrases": [(phrase, theirs.gettext(words)) for phrase, words in PHRASES.items()],
        "first_words": FIRST_WORDS,
        "soonest": here,
        "latest": here + FARTHEST,
    }


async def _services(visit: Visit, session: Session, case_id: UUID) -> dict[str, Any]:
    """What a search in the directory finds; nothing before something is looked for."""
    wanted = visit.request.query_params.get("service", "").strip()[:LONGEST_SEARCH]
    open_now = "open_now" in visit.request.query_params
    if not wanted:
        return {"wanted": wanted, "open_now": open_now, "services": [], "withheld": {}}
    found = await services_for(
        session, visit.actor, case_id, wanted, visit.language, open_now=open_now
    )
    ids = [each.id for each in found]
    withheld = await list_withheld(session, visit.actor, visit.language, ids)
    return {"wanted": wanted, "open_now": open_now, "services": found, "withheld": withheld}


@asynccontextmanager
async def case_of(visit: Visit) -> AsyncIterator[tuple[Session, UUID]]:
    """The case that the address names, in a transaction; the same 404 for none and for others'."""
    case_id: UUID = visit.id
    async with visit.begin() as session:
        with visit.else_not_there():
            await find_case(session, visit.actor, case_id)
        yield session, case_id


async def case_there(visit: Visit) -> UUID:
    """The case that the address names, or 404, for what needs the service's scope afterwards."""
    async with case_of(visit) as (_, case_id):
        return case_id


def _last_words(file: CaseFile) -> Said | None:
    """What the person said last, which a worker must see before anything else is read."""
    said = [entry for entry in file.timeline if isinstance(entry, Said)]
    theirs = [entry for entry in said if entry.direction is Direction.FROM_RETURNEE]
    return theirs[-1] if theirs else None
