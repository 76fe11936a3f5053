"""A pathway changed in the browser: a draft, step by step, until it is put in force."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

from starlette.responses import Response

from console.forms.pathway_wishes import StageWishes, StepWishes
from console.pages.pathways import titles
from console.visit import Visit
from domain.errors import Refused
from domain.marks import N_
from domain.pathways import editing
from domain.pathways.bringing import copy, differences, people_on
from domain.pathways.drafting import Draft, change, draft_of, drop, put_in_force, still_to_come
from domain.pathways.values import Anchor, Kind, Pathway, Stage
from domain.questionnaires.shelf import newest, on_offer
from domain.questionnaires.values import Words
from locales.catalogues import LANGUAGES
from storage.sessions import Session


async def show(visit: Visit) -> Response:
    key = _asked(visit, "of")
    async with visit.begin() as session:
        draft = await _draft(visit, session, key)
        counts = await people_on(session, visit.actor, key)
        return await visit.show(
            session,
            "pathway-edit.html",
            draft=draft,
            pathway=draft.pathway,
            changed=differences(draft.in_force, draft.pathway),
            still=await still_to_come(session, visit.actor, key),
            people=sum(counts.values()),
            kinds=Kind,
            titles=await titles(session, visit),
        )


async def begin_own(visit: Visit) -> Response:
    """As another is, under a name of its own."""
    key, name = await visit.field("of"), await visit.field("name")
    try:
        async with visit.begin() as session:
            await _draft(visit, session, key)
            made = await copy(session, visit.actor, key, name)
    except Refused as error:
        return visit.go(f"/pathways/look?of={quote(key)}", refused=visit.reason(error))
    return visit.go(_page(made.key), N_("It is there. Now make it yours."))


async def show_step(visit: Visit) -> Response:
    """One that is there, or a new one of a kind in a stage."""
    key, step_key = _asked(visit, "of"), _asked(visit, "step")
    async with visit.begin() as session:
        draft = await _draft(visit, session, key)
        with visit.else_not_there():
            if step_key:
                stage, step = editing.step_of(draft.pathway, step_key)
                wishes = StepWishes.held_by(stage, step, _reader(visit))
            else:
                stage = editing.stage_of(draft.pathway, _asked(visit, "stage"))
                wishes = StepWishes.new(_kind(_asked(visit, "kind")), stage.key)
        return await _step_form(visit, session, draft, wishes, step_key)


async def keep_step(visit: Visit) -> Response:
    form = await visit.form()
    key, step_key = await visit.field("of"), await visit.field("step")
    read = _reader(visit)
    wishes = StepWishes.of(form, _kind(await visit.field("kind")))

    def edit(pathway: Pathway) -> Pathway:
        before = editing.step_of(pathway, step_key) if step_key else None
        step = wishes.step(step_key, before[1].text if before else None, read)
        if before and before[0].key == wishes.stage:
            return editing.with_step(pathway, before[0], step)
        if before:
            pathway = editing.without_step(pathway, step_key)
        stage = editing.stage_of(pathway, wishes.stage)
        fresh = f"{stage.key}.{editing.fresh_key(pathway, wishes.kind)}"
        return editing.with_step(pathway, stage, wishes.step(fresh, step.text, read))

    refused = await _change(visit, key, edit)
    if not refused:
        return visit.go(_page(key, wishes.stage), N_("Kept in the draft."))
    async with visit.begin() as session:
        draft = await _draft(visit, session, key)
        return await _step_form(visit, session, draft, wishes, step_key, refused)


async def remove_step(visit: Visit) -> Response:
    key, step_key = await visit.field("of"), await visit.field("step")
    return await _changed(visit, key, lambda pathway: editing.without_step(pathway, step_key))


async def show_stage(visit: Visit) -> Response:
    key, stage_key = _asked(visit, "of"), _asked(visit, "stage")
    async with visit.begin() as session:
        draft = await _draft(visit, session, key)
        wishes = StageWishes()
        if stage_key:
            with visit.else_not_there():
                stage = editing.stage_of(draft.pathway, stage_key)
            wishes = StageWishes.held_by(stage, _reader(visit))
        return await _stage_form(visit, session, draft, wishes, stage_key)


async def keep_stage(visit: Visit) -> Response:
    key, stage_key = await visit.field("of"), await visit.field("stage")
    wishes = StageWishes.of(await visit.form())

    def edit(pathway: Pathway) -> Pathway:
        before: Stage | None = editing.stage_of(pathway, stage_key) if stage_key else None
        named = stage_key or editing.fresh_key(pathway, "stage")
        return editing.with_stage(pathway, wishes.stage(named, before, _reader(visit)))

    refused = await _change(visit, key, edit)
    if not refused:
        return visit.go(_page(key, stage_key), N_("Kept in the draft."))
    async with visit.begin() as session:
        draft = await _draft(visit, session, key)
        return await _stage_form(visit, session, draft, wishes, stage_key, refused)


async def remove_stage(visit: Visit) -> Response:
    key, stage_key = await visit.field("of"), await visit.field("stage")
    return await _changed(visit, key, lambda pathway: editing.without_stage(pathway, stage_key))


async def move_stage(visit: Visit) -> Response:
    key, stage_key = await visit.field("of"), await visit.field("stage")
    return await _changed(visit, key, lambda pathway: editing.earlier(pathway, stage_key))


async def give_up(visit: Visit) -> Response:
    key = await visit.field("of")
    try:
        async with visit.begin() as session:
            await drop(session, visit.actor, key, await visit.field("seen"))
    except Refused as error:
        return visit.go(_page(key), refused=visit.reason(error))
    return visit.go(f"/pathways/look?of={quote(key)}", N_("The draft is dropped."))


async def enact(visit: Visit) -> Response:
    key = await visit.field("of")
    moves = await visit.field("everybody") == "yes"
    try:
        async with visit.begin() as session:
            seen = await visit.field("seen")
            await put_in_force(session, visit.actor, key, seen, for_those_on_it=moves)
    except Refused as error:
        return visit.go(_page(key), refused=visit.reason(error))
    return visit.go(f"/pathways/look?of={quote(key)}", N_("In force from now on."))


async def _changed(visit: Visit, key: str, edit: Callable[[Pathway], Pathway]) -> Response:
    refused = await _change(visit, key, edit)
    if refused:
        return visit.go(_page(key), refused=refused)
    return visit.go(_page(key), N_("Kept in the draft."))


async def _change(visit: Visit, key: str, edit: Callable[[Pathway], Pathway]) -> str:
    """Why not; "" once it is done."""
    try:
        async with visit.begin() as session:
            offered = await on_offer(session, visit.actor.organisation_id)
            await change(
                session,
                visit.actor,
                key,
                await visit.field("seen"),
                edit,
                languages=LANGUAGES,
                questionnaires={each.key for each in offered},
            )
    except Refused as error:
        return visit.reason(error)
    return ""


async def _step_form(
    visit: Visit,
    session: Session,
    draft: Draft,
    wishes: StepWishes,
    step_key: str,
    refused: str = "",
) -> Response:
    offered = await on_offer(session, visit.actor.organisation_id)
    if wishes.questionnaire in draft.asks.difference(each.key for each in offered):
        offered.append(await newest(session, visit.actor.organisation_id, wishes.questionnaire))
    return await visit.show(
        session,
        "pathway-step.html",
        status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
        draft=draft,
        wishes=wishes,
        step_key=step_key,
        refused=refused,
        kinds=Kind,
        questionnaires=offered,
        languages=_languages(visit),
    )


async def _stage_form(
    visit: Visit,
    session: Session,
    draft: Draft,
    wishes: StageWishes,
    stage_key: str,
    refused: str = "",
) -> Response:
    return await visit.show(
        session,
        "pathway-stage.html",
        status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
        draft=draft,
        wishes=wishes,
        stage_key=stage_key,
        refused=refused,
        anchors=list(Anchor),
        languages=_languages(visit),
    )


async def _draft(visit: Visit, session: Session, key: str) -> Draft:
    with visit.else_not_there():
        return await draft_of(session, visit.actor, key)


def _asked(visit: Visit, name: str) -> str:
    return visit.request.query_params.get(name, "")


def _kind(written: str) -> Kind:
    return Kind(written) if written in set(Kind) else Kind.TASK


def _reader(visit: Visit) -> Callable[[Words, str], str]:
    def read(words: Words, language: str) -> str:
        return words.said(language, visit.desk.catalogues.of(language).gettext)

    return read


def _languages(visit: Visit) -> list[str]:
    """The reader's own first, and English."""
    return list(dict.fromkeys([visit.language, "en", *LANGUAGES]))


def _page(key: str, stage: str = "") -> str:
    return f"/pathways/edit?of={quote(key)}" + (f"#{quote(stage)}" if stage else "")
