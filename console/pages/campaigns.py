from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from functools import partial
from http import HTTPStatus
from uuid import UUID

from starlette.responses import Response

from console.forms import fields
from console.forms.campaign_wishes import CampaignWishes
from console.forms.refilling import SEEN
from console.visit import Visit
from console.words.figures import Wording
from domain.actors import Actor
from domain.campaigns import (
    draft,
    edit,
    list_campaigns,
    pause,
    preview,
    progress,
    reach,
    start,
    stop,
    undo,
)
from domain.campaigns.counting import is_counted
from domain.campaigns.drafting import find_campaign
from domain.campaigns.missed import missed_lately
from domain.campaigns.placing import UNDO
from domain.campaigns.planning import has_ended
from domain.campaigns.schedule import After, Every, Unit, coming, schedule_of
from domain.campaigns.trying import try_out
from domain.errors import ChangedMeanwhile, Refused
from domain.figures.traits import Since
from domain.marks import N_
from domain.pathways.restored import wait_since
from domain.pathways.shelf import newest_of_each, stage_names, stages_ever
from domain.pathways.values import Anchor
from domain.profiles.reading import countries_and_languages
from domain.questionnaires.clinicians import left_alone
from domain.questionnaires.shelf import newest, on_offer
from domain.questionnaires.values import Questionnaire, Words
from domain.returnees.regions import regions_there
from storage.kinds import CampaignState
from storage.sessions import SERVICE, Session
from storage.tables.campaigns import Campaign

LATENESS = (1, 6, 12, 24, 48, 72, 168)
_USUAL_TIME = time(18)


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        campaigns = await list_campaigns(session, visit.actor)
        missed = await missed_lately(session, visit.actor)
        pathways = await newest_of_each(session, visit.actor.organisation_id) if missed else ()
        return await visit.show(
            session,
            "campaigns.html",
            campaigns=campaigns,
            schedules={campaign.id: schedule_of(campaign) for campaign in campaigns},
            coming={campaign.id: _coming(visit, session, campaign) for campaign in campaigns},
            missed=missed,
            left_alone=await left_alone(session, visit.actor),
            wait_since=await wait_since(session, visit.actor),
            pathways={pathway.key: pathway.name for pathway in pathways},
        )


async def plan(visit: Visit) -> Response:
    async with visit.begin() as session:
        tomorrow = session.now.astimezone(visit.me.place).date() + timedelta(days=1)
        usual = datetime.combine(tomorrow, _USUAL_TIME)
    wishes = CampaignWishes(
        questionnaire=visit.request.query_params.get("asks", ""),
        local_time=usual.isoformat(timespec="minutes"),
        second_prompt="yes",
    )
    return await _form(visit, wishes)


async def keep(visit: Visit) -> Response:
    wishes = CampaignWishes.said_in(await visit.form())
    try:
        outline = wishes.outline()
        async with visit.begin() as session:
            campaign = await draft(session, visit.actor, outline)
    except Refused as error:
        return await _form(visit, wishes, error)
    return visit.go(
        f"/campaigns/{campaign.id}", N_("Kept as a draft. Look at who gets it, then start it.")
    )


async def change(visit: Visit) -> Response:
    async with _campaign(visit) as (_, campaign):
        wishes = CampaignWishes.held_by(campaign)
    return await _form(visit, wishes, of=campaign)


async def keep_change(visit: Visit) -> Response:
    wishes = CampaignWishes.said_in(await visit.form())
    seen = fields.whole(await visit.field(SEEN))
    async with _campaign(visit) as (_, campaign):
        pass
    try:
        outline = wishes.outline()
        # It is for everybody, whomever this coordinator may see.
        async with visit.desk.database.begin(SERVICE) as session:
            await edit(session, visit.actor, campaign.id, outline, seen=seen)
    except Refused as error:
        return await _form(visit, wishes, error, of=campaign)
    return visit.go(
        f"/campaigns/{campaign.id}", N_("Changed. Whoever was asked already is not asked again.")
    )


async def show_one(visit: Visit) -> Response:
    """Before it starts, who would get what and when; afterwards, how far it is."""
    async with _campaign(visit) as (session, campaign):
        is_draft = campaign.state is CampaignState.DRAFT
        seen = await preview(session, visit.actor, campaign.id, visit.after) if is_draft else None
        schedule = schedule_of(campaign)
        held = campaign.group.get("stages", ())
        questionnaire = await newest(session, visit.actor.organisation_id, campaign.questionnaire)
        return await visit.show(
            session,
            "campaign.html",
            campaign=campaign,
            schedule=schedule,
            comes_again=isinstance(schedule, Every),
            coming=_coming(visit, session, campaign),
            has_ended=has_ended(campaign, session.now),
            spans=[span for span in Since if span in campaign.group.get("since", ())],
            stages=(await _stages(session, visit.actor.organisation_id, held)).values(),
            regions=campaign.group.get("regions", ()),
            questionnaire=questionnaire,
            wording=Wording(visit.language, visit.translations.gettext).about(questionnaire),
            counted=await is_counted(session, campaign),
            preview=seen,
            startable=seen is not None and (seen.anybody_at_once or isinstance(schedule, After)),
            only_at_once=seen is not None and seen.anybody_at_once and not seen.anybody,
            progress=await progress(session, campaign),
            telegram_takes=visit.desk.settings.telegram_rate * 3600,
            undo_until=_undo_until(campaign, session.now),
            reach=None if is_draft else await reach(session, visit.actor, campaign.id),
        )


async def begin(visit: Visit) -> Response:
    at_once = await visit.field("at_once") == "yes"
    seen, asks = fields.whole(await visit.field(SEEN)), await visit.field("asks") or None
    return await _move(
        visit,
        partial(start, at_once=at_once, seen=seen, asks=asks),
        N_("It runs: everybody is asked at their own time."),
        ended=N_("The last time has passed."),
    )


async def take_back(visit: Visit) -> Response:
    return await _move(visit, undo, N_("Taken back: nobody was asked, and it is a draft again."))


async def try_it(visit: Visit) -> Response:
    return await _move(
        visit, try_out, N_("Look at your phone: marked as a test, and no answer is kept.")
    )


async def rest(visit: Visit) -> Response:
    return await _move(visit, pause, N_("Paused: nothing more is sent until you start it again."))


async def end(visit: Visit) -> Response:
    return await _move(visit, stop, N_("Stopped for good. Late answers still count."))


async def _move(
    visit: Visit,
    move: Callable[[Session, Actor, UUID], Awaitable[Campaign]],
    done: str,
    *,
    ended: str = "",
) -> Response:
    """`ended` is said instead where it asks nobody any more."""
    page = f"/campaigns/{visit.id}"
    try:
        async with _campaign(visit) as (_, campaign):
            pass
        # It is for everybody, whomever this coordinator may see.
        async with visit.desk.database.begin(SERVICE) as session:
            moved = await move(session, visit.actor, campaign.id)
            too_late = ended if has_ended(moved, session.now) else ""
    except Refused as error:
        return visit.go(page, refused=visit.reason(error))
    if too_late:
        return visit.go(page, refused=too_late)
    return visit.go(page, done)


async def _form(
    visit: Visit,
    wishes: CampaignWishes,
    refused: Refused | None = None,
    *,
    of: Campaign | None = None,
) -> Response:
    """Offers only the countries, regions and languages of people who are there, and what is chosen
    already: saving what nobody touched must change nothing.
    """
    held = wishes if of is None else CampaignWishes.held_by(of)
    async with visit.begin() as session:
        organisation_id = visit.actor.organisation_id
        countries, languages = await countries_and_languages(session, visit.actor)
        stages = await stage_names(session, organisation_id)
        gone = [key for key in held.stages if key not in stages]
        return await visit.show(
            session,
            "campaign-new.html",
            status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
            wishes=wishes,
            of=of,
            refused=visit.reason(refused) if refused else "",
            seen=await _seen(visit, of, refused),
            questionnaires=await _questionnaires(session, organisation_id, of),
            countries=sorted({*countries, *held.countries}),
            languages=sorted({*languages, *held.languages}),
            latenesses=sorted({*LATENESS, *([of.max_lateness_hours] if of else ())}),
            units=list(Unit),
            spans=list(Since),
            anchors=list(Anchor),
            regions=sorted({*await regions_there(session, visit.actor), *held.regions}),
            pathways=await newest_of_each(session, organisation_id),
            stages_gone=await _stages(session, organisation_id, gone),
        )


async def _seen(visit: Visit, campaign: Campaign | None, refused: Refused | None) -> str:
    """What they type hides what stands there by now: only who was told of it has seen it."""
    if campaign is None:
        return ""
    told = refused is None or isinstance(refused, ChangedMeanwhile)
    return str(campaign.version) if told else await visit.field(SEEN)


async def _questionnaires(
    session: Session, organisation_id: UUID, of: Campaign | None
) -> list[Questionnaire]:
    """What a campaign can ask, and what this one asks, though it may be switched off by now."""
    offered = await on_offer(session, organisation_id)
    if of is None or of.questionnaire in [each.key for each in offered]:
        return offered
    return [*offered, await newest(session, organisation_id, of.questionnaire)]


async def _stages(
    session: Session, organisation_id: UUID, keys: Collection[str]
) -> dict[str, Words]:
    """What each is called, though it may be gone from its pathway."""
    found = await stages_ever(session, organisation_id, keys)
    return {key: names[-1] for key, names in found.items()}


def _coming(visit: Visit, session: Session, campaign: Campaign) -> datetime | None:
    """When it asks next, while it does."""
    if campaign.state not in (CampaignState.RUNNING, CampaignState.PAUSED):
        return None
    return coming(campaign, session.now.astimezone(visit.me.place).replace(tzinfo=None))


def _undo_until(campaign: Campaign, now: datetime) -> datetime | None:
    """While its start can be undone."""
    if campaign.started_at is None or campaign.state is CampaignState.STOPPED:
        return None
    until = campaign.started_at + UNDO
    return until if now < until else None


@asynccontextmanager
async def _campaign(visit: Visit) -> AsyncIterator[tuple[Session, Campaign]]:
    """The campaign that the address names, in a transaction; the same 404 for none and others'."""
    async with visit.begin() as session:
        with visit.else_not_there():
            campaign = await find_campaign(session, visit.actor, visit.id)
        yield session, campaign
