"""Pathways: reading them, writing them, and how many are on which version."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import UploadFile
from starlette.responses import Response

from console.forms import fields
from console.forms.refilling import SEEN
from console.routing import File
from console.visit import Visit
from domain.errors import Refused
from domain.marks import N_
from domain.pathways.bringing import bring, differences, move_all, people_on
from domain.pathways.drafting import draft_of
from domain.pathways.problems import Problem
from domain.pathways.reading import LARGEST, TOO_LARGE, read_pathway
from domain.pathways.restored import let_go_on, wait_since
from domain.pathways.shelf import edition, newest, newest_of_each
from domain.pathways.values import Pathway
from domain.pathways.writing import write_pathway
from domain.problems import Faulty
from domain.questionnaires import shelf as questionnaires
from domain.questionnaires.shelf import on_offer
from domain.questionnaires.values import Words
from locales.catalogues import LANGUAGES
from storage.sessions import Session

FILE = File(4 * LARGEST, TOO_LARGE)
_MOST_PROBLEMS = 100


async def show(visit: Visit) -> Response:
    return await _list(visit)


async def look(visit: Visit) -> Response:
    return await _look(visit, visit.request.query_params.get("of", ""))


async def download(visit: Visit) -> Response:
    async with visit.begin() as session:
        pathway = await _named(visit, session, visit.request.query_params.get("of", ""))
    named = {"Content-Disposition": f'attachment; filename="{pathway.key}.toml"'}
    return Response(_file(visit, pathway), media_type="application/toml", headers=named)


async def take_in(visit: Visit) -> Response:
    """A file, or what stands in the form."""
    sent = await visit.form()
    file = sent.get("file")
    of, typed = await visit.field("of"), str(sent.get("text", ""))
    given = await visit.field(SEEN)
    seen = fields.whole(given) if given else None
    content = await file.read(LARGEST + 1) if isinstance(file, UploadFile) else typed.encode()
    try:
        async with visit.begin() as session:
            offered = {each.key for each in await on_offer(session, visit.actor.organisation_id)}
            if of:
                offered |= (await _named(visit, session, of)).asks
            # A second for an odd one, in which the others are not to wait.
            pathway = await asyncio.to_thread(
                read_pathway,
                content,
                languages=LANGUAGES,
                questionnaires=offered,
            )
            # Under another key it is another pathway, which their page did not show.
            seen = seen if pathway.key == of else None
            taken = await bring(session, visit.actor, pathway, seen=seen)
    except Faulty as faulty:
        problems = faulty.problems[:_MOST_PROBLEMS]
        return await (_look(visit, of, problems, typed, seen) if of else _list(visit, problems))
    return visit.go(f"/pathways/look?of={taken.key}", N_("Taken in. Look at what is done when."))


async def move(visit: Visit) -> Response:
    key, seen = await visit.field("of"), fields.whole(await visit.field(SEEN))
    try:
        async with visit.begin() as session:
            await move_all(session, visit.actor, key, seen)
    except Refused as error:
        return visit.go("/pathways", refused=visit.reason(error))
    done = N_("They go on with the new version. What was asked already is not asked again.")
    return visit.go(f"/pathways/look?of={key}", done)


async def go_on(visit: Visit) -> Response:
    async with visit.begin() as session:
        await let_go_on(session, visit.actor)
    return visit.go("/pathways", N_("They go on. What is due is asked and told within minutes."))


async def _list(visit: Visit, problems: list[Problem] | None = None) -> Response:
    async with visit.begin() as session:
        return await visit.show(
            session,
            "pathways.html",
            status=HTTPStatus.CONFLICT if problems else HTTPStatus.OK,
            pathways=await newest_of_each(session, visit.actor.organisation_id),
            wait_since=await wait_since(session, visit.actor),
            problems=problems,
        )


async def _look(
    visit: Visit,
    key: str,
    problems: list[Problem] | None = None,
    typed: str = "",
    seen: int | None = None,
) -> Response:
    async with visit.begin() as session:
        pathway = await _named(visit, session, key)
        counts = await people_on(session, visit.actor, key)
        older = [version for version in counts if version != pathway.version]
        changed = []
        if older:
            name = f"{key}@{older[-1]}"
            before = await edition(session, visit.actor.organisation_id, name)
            changed = differences(before, pathway)
        return await visit.show(
            session,
            "pathway.html",
            status=HTTPStatus.CONFLICT if problems else HTTPStatus.OK,
            pathway=pathway,
            counts=counts,
            behind=sum(counts[version] for version in older),
            changed=changed,
            drafted=(await draft_of(session, visit.actor, key)).revision > 0,
            problems=problems,
            seen=seen or pathway.version,
            text=typed or _file(visit, pathway),
            titles=await titles(session, visit),
        )


async def titles(session: Session, visit: Visit) -> dict[str, Words]:
    """What check-ins ask, by the key of the questionnaire."""
    every = await questionnaires.newest_of_each(session, visit.actor.organisation_id)
    return {each.key: each.title for each in every}


async def _named(visit: Visit, session: Session, key: str) -> Pathway:
    with visit.else_not_there():
        return await newest(session, visit.actor.organisation_id, key)


def _file(visit: Visit, pathway: Pathway) -> str:
    return write_pathway(
        pathway, LANGUAGES, lambda code, text: visit.desk.catalogues.of(code).gettext(text)
    )
