"""Words from a case's page: to the person, now or later, and to colleagues."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.responses import Response

from console.forms import fields
from console.forms.refilling import ONCE
from console.pages.cases import case_of, case_there, show_case
from console.routing import File
from console.visit import Visit
from domain.actors import Actor
from domain.cases.finding import find_case
from domain.casework import work
from domain.casework.second_thoughts import names_unsafe_place, told_in_note
from domain.errors import Refused
from domain.marks import N_
from domain.replies.cards import send_card
from domain.replies.phrases import PHRASES, Phrase
from domain.replies.recordings import LARGEST, TOO_LONG, send_recording
from domain.replies.sending import Conditions, must_wait
from domain.replies.unsent import GRACE, moment_for, take_words_back
from storage.sessions import SERVICE, Session
from storage.tables.cases import Message
from storage.tables.returnees import Returnee

# What a worker chooses beside the words.
_CHOICES = ("only_confirmed", "vital", "any_hour", "at", "unsafe_place")
#: Returns what is said once it is done.
Act = Callable[[Session, Actor, UUID, str], Awaitable[str]]

#: So much of what is too long comes in that the form's own page can say so.
FILE = File(5 * LARGEST, TOO_LONG)
_LEAVES_SOON = N_("Your words leave in a few seconds. Until then you can take them back.")
_WAITS = N_("Your words wait, and beside them stands why. Until they leave you can take them back.")
_LEAVES_LATER = N_("Your words wait for the time you chose. Until then you can take them back.")


async def write(visit: Visit) -> Response:
    """What was typed is never lost: where it can't be sent, it is still in the field. What names a
    place where it is not safe for them comes back once, with a question.
    """
    kept = {name: await visit.field(name) for name in _CHOICES}
    words = await visit.field("words")
    if not kept["unsafe_place"] and await _names_unsafe_place(visit, words):
        asked = {**kept, "words": words, "unsafe_place": "asked"}
        return await show_case(visit, asked, status=HTTPStatus.CONFLICT)
    how = replace(await _ticked(visit), any_hour=kept["any_hour"])
    act = partial(_write, how=how, at=kept["at"])
    return await _with_words(visit, "words", act, **kept)


async def _names_unsafe_place(visit: Visit, words: str) -> bool:
    async with case_of(visit) as (session, case_id):
        return await names_unsafe_place(session, visit.actor, case_id, words)


async def _write(
    session: Session, actor: Actor, case_id: UUID, words: str, *, how: Conditions, at: str
) -> str:
    if at:
        case = await find_case(session, actor, case_id)
        how = replace(how, later=await moment_for(session, case, fields.wall_time(at)))
    message = await work.write(session, actor, case_id, words, how)
    return await _when_it_leaves(session, message)


async def _when_it_leaves(session: Session, message: Message) -> str:
    if message.planned:
        return _LEAVES_LATER
    return _WAITS if await must_wait(session, message) else _LEAVES_SOON


async def say_phrase(visit: Visit) -> Response:
    """One of the ready sentences, in the person's language."""
    chosen = await visit.field("phrase")
    if chosen not in set(Phrase):
        raise Refused("Choose a sentence.")
    phrase, how = Phrase(chosen), await _ticked(visit)
    async with case_of(visit) as (session, case_id):
        case = await find_case(session, visit.actor, case_id)
        returnee = await session.get_one(Returnee, case.returnee_id)
        words = visit.desk.catalogues.of(returnee.language).gettext(PHRASES[phrase])
        message = await work.write(session, visit.actor, case_id, words, how, phrase=phrase)
        done = await _when_it_leaves(session, message)
    return visit.go(f"/cases/{case_id}#newest", done)


async def give_card(visit: Visit) -> Response:
    """A service of the directory, as the person's phone shows services."""
    how = await _ticked(visit)
    service_id = fields.identifier(await visit.field("service"), N_("Choose a service."))
    case_id = await case_there(visit)
    # What another organisation withholds from the person is nothing that this one sees.
    async with visit.desk.database.begin(SERVICE) as session:
        message = await send_card(session, visit.actor, case_id, service_id, how)
        done = await _when_it_leaves(session, message)
    return visit.go(f"/cases/{case_id}#newest", done)


async def give_recording(visit: Visit) -> Response:
    """A worker's own voice, from the phone's recorder or a file."""
    sent = await visit.request.form()
    given = sent.get("recording")
    data = await given.read(LARGEST + 1) if isinstance(given, UploadFile) else b""
    how = await _ticked(visit)
    async with case_of(visit) as (session, case_id):
        message = await send_recording(session, visit.actor, case_id, data, how)
        done = await _when_it_leaves(session, message)
    return visit.go(f"/cases/{case_id}#newest", done)


async def take_back(visit: Visit) -> Response:
    """They are in the field again, to be put right, with what was chosen beside them."""
    async with case_of(visit) as (session, case_id):
        message_id = visit.request.path_params["message_id"]
        back = await take_words_back(session, visit.actor, case_id, message_id)
    kept = {"words": back.words, "taken_back": "yes"}
    if back.only_confirmed:
        kept["only_confirmed"] = "yes"
    if back.at is not None:
        kept["at"] = f"{back.at:%Y-%m-%dT%H:%M}"
    return await show_case(visit, kept)


async def note(visit: Visit) -> Response:
    """One that seems to say who somebody is comes back once, with a question."""
    words = await visit.field("note")
    if not await visit.field("knowing") and (told := await told_in_note(words)):
        return await show_case(visit, {"note": words}, status=HTTPStatus.CONFLICT, told=told)
    act = partial(_note, once=await visit.field(ONCE))
    return await _with_words(visit, "note", act)


async def _note(session: Session, actor: Actor, case_id: UUID, words: str, *, once: str) -> str:
    await work.note(session, actor, case_id, words, once=once)
    return N_("Noted for your colleagues.")


async def _with_words(visit: Visit, name: str, act: Act, **kept: str) -> Response:
    words = await visit.field(name)
    try:
        async with case_of(visit) as (session, case_id):
            done = await act(session, visit.actor, case_id, words)
    except Refused as error:
        return await show_case(
            visit,
            {name: words, **kept},
            status=HTTPStatus.CONFLICT,
            refused=visit.reason(error),
        )
    return visit.go(f"/cases/{case_id}#newest", done)


async def _ticked(visit: Visit) -> Conditions:
    return Conditions(
        only_confirmed=bool(await visit.field("only_confirmed")),
        to_somebody_known=bool(await visit.field("known")),
        vital=bool(await visit.field("vital")),
        grace=GRACE,
        once=await visit.field(ONCE),
    )
