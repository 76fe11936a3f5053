"""What check-ins ask: ours, and the forms that coordinators bring along."""

import asyncio
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from pathlib import PurePath
from urllib.parse import quote
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.responses import Response

from console.files.tables import XLSX
from console.forms import fields
from console.routing import File
from console.visit import Visit
from domain.errors import Refused
from domain.languages import that_nobody_chooses
from domain.marks import N_
from domain.problems import Faulty
from domain.questionnaires import shelf
from domain.questionnaires.correcting import ask_instead, may_be_older
from domain.questionnaires.filling import Filling
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.reading import named_after, read_form
from domain.questionnaires.forms.template import template
from domain.questionnaires.forms.workbook import LARGEST, TOO_LARGE
from domain.questionnaires.importing import bring, possible_clinicians, switch
from domain.questionnaires.typed import Wrong, judged, read
from domain.questionnaires.values import Kind, Question, Questionnaire
from locales.catalogues import LANGUAGES
from storage.kinds import Severity

FILE = File(LARGEST + 64 * 1024, TOO_LARGE)
#: A form with thousands of faults is another kind of file.
_MOST_PROBLEMS = 200


async def show(visit: Visit) -> Response:
    return await _list(visit)


async def take_in(visit: Visit) -> Response:
    sent = await visit.form()
    file = sent.get("file")
    name, language = await visit.field("name"), await visit.field("language")
    content, called = b"", ""
    if isinstance(file, UploadFile):
        content = await file.read(LARGEST + 1)
        called = named_after(PurePath(file.filename or "").stem)
    try:
        # Half a second for a long one, in which the others are not to wait.
        form = await asyncio.to_thread(
            partial(read_form, content, name=name or called, language=language)
        )
    except Faulty as faulty:
        return await _list(visit, faulty.problems, name, language)
    async with visit.begin() as session:
        taken = await bring(session, visit.actor, form)
    return visit.go(f"/questionnaires/look?of={taken.key}", N_("Taken in. Look at how it reads."))


async def begin_from(visit: Visit) -> Response:
    named = {"Content-Disposition": 'attachment; filename="questionnaire.xlsx"'}
    return Response(await asyncio.to_thread(template), media_type=XLSX, headers=named)


async def use(visit: Visit) -> Response:
    is_on = await visit.field("on") == "yes"
    try:
        async with visit.begin() as session:
            await switch(
                session,
                visit.actor,
                await visit.field("key"),
                is_on=is_on,
                clinician=_id(await visit.field("clinician")),
            )
    except Refused as error:
        return visit.go("/questionnaires", refused=visit.reason(error))
    said = N_("New check-ins can ask it.") if is_on else N_("No new check-in asks it.")
    return visit.go("/questionnaires", said)


async def ask_now(visit: Visit) -> Response:
    """What was planned with an older version, too."""
    key, version = await visit.field("key"), await visit.field("version")
    async with visit.begin() as session:
        await ask_instead(session, visit.actor, key, fields.whole(version))
    said = N_("From now on this version is used wherever nobody has begun an older one.")
    return visit.go(f"/questionnaires/look?of={quote(key)}", said)


async def look(visit: Visit) -> Response:
    """The form as a phone shows it, filled in with what the address says, and nowhere kept."""
    given = visit.request.query_params
    async with visit.begin() as session:
        with visit.else_not_there():
            questionnaire = await shelf.newest(
                session, visit.actor.organisation_id, given.get("of", "")
            )
        spoken = questionnaire.languages or tuple(LANGUAGES)
        wanted = (given.get("in", ""), visit.language)
        language = next((each for each in wanted if each in spoken), spoken[0])
        offered = await shelf.on_offer(session, visit.actor.organisation_id)
        answers, wrong = _tried(questionnaire, visit)
        filling = Filling(questionnaire, answers)
        worries = [worry.severity for worry in filling.worries()]
        return await visit.show(
            session,
            "questionnaire.html",
            questionnaire=questionnaire,
            is_on=questionnaire.key in {each.key for each in offered},
            may_be_older=await may_be_older(session, visit.actor, questionnaire),
            spoken=spoken,
            unread=that_nobody_chooses(questionnaire.languages),
            shown=language,
            gettext_shown=visit.desk.catalogues.of(language).gettext,
            filling=filling,
            answers=answers,
            wrong=wrong,
            kinds=Kind,
            worst=max(worries, key=lambda severity: severity.rank, default=Severity.NONE),
        )


def _tried(
    questionnaire: Questionnaire, visit: Visit
) -> tuple[dict[str, str | None], dict[str, str]]:
    """What the address answers, and what of it the form does not want."""
    answers: dict[str, str | None] = {}
    wrong: dict[str, str] = {}
    for place, question in enumerate(questionnaire.questions):
        given = [each for each in visit.request.query_params.getlist(f"q{place}") if each]
        if not given:
            continue
        try:
            said = _said(Filling(questionnaire, answers), question, given)
        except Refused:
            continue
        if isinstance(said, Wrong):
            wrong[question.name] = given[0]
        else:
            answers[question.name] = said
    return answers, wrong


def _said(filling: Filling, question: Question, given: Sequence[str]) -> str | Wrong:
    """Raises Refused for a choice that the form does not have."""
    said = read(question, given[0]) if question.kind.is_typed else " ".join(given)
    if isinstance(said, Wrong):
        return said
    question.chosen(said)
    return judged(filling, question, said)


async def _list(
    visit: Visit, problems: list[Problem] | None = None, name: str = "", language: str = ""
) -> Response:
    async with visit.begin() as session:
        organisation_id = visit.actor.organisation_id
        offered = await shelf.on_offer(session, organisation_id)
        return await visit.show(
            session,
            "questionnaires.html",
            status=HTTPStatus.CONFLICT if problems else HTTPStatus.OK,
            questionnaires=await shelf.newest_of_each(session, organisation_id),
            offered={each.key for each in offered},
            colleagues=await possible_clinicians(session, visit.actor),
            languages=LANGUAGES,
            typed={"name": name, "language": language},
            problems=(problems or [])[:_MOST_PROBLEMS],
        )


def _id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
