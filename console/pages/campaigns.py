from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID

from starlette.responses import Response

from console.campaign_wishes import Wishes
from console.visit import Visit
from domain.actors import Actor
from domain.campaigns import (
    list_campaigns,
    pause,
    preview,
    progress,
    reach,
    start,
    stop,
)
from domain.campaigns.drafting import find_campaign
from domain.campaigns.group import Since
from domain.campaigns.schedule import Unit, schedule_of
from domain.errors import NotAllowed, Refused
from domain.marks import N_
from domain.people import countries_and_languages
from domain.questionnaires.shelf import newest, on_offer
from storage.check_ins import Campaign
from storage.kinds import CampaignState
from storage.sessions import SERVICE, Session

LATENESS = (6, 12, 24, 48, 72)
_USUAL_TIME = time(18)


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        campaigns = await list_campaigns(session, visit.actor)
        return await visit.show(session, "campaigns.html", campaigns=campaigns)


async def plan(visit: Visit) -> Response:
    async with visit.begin() as session:
        tomorrow = session.now.astimezone(visit.me.place).date() + timedelta(days=1)
        usual = datetime.combine(tomorrow, _USUAL_TIME)
    wishes = Wishes(local_time=usual.isoformat(timespec="minutes"), second_prompt="yes")
    return await _form(visit, wishes)


async def keep(visit: Visit) -> Response:
    wishes = Wishes.of(await visit.request.form())
    try:
        async with visit.begin() as session:
            campaign = await wishes.drafted(session, visit.actor)
    except NotAllowed:
        raise
    except Refused as error:
        return await _form(visit, wishes, visit.reason(error))
    return visit.go(
        f"/campaigns/{campaign.id}", N_("Kept as a draft. Look at who gets it, then start it.")
    )


async def show_one(visit: Visit) -> Response:
    """Before it starts, who would get what and when; afterwards, how far it is."""
    async with _campaign(visit) as (session, campaign):
        is_draft = campaign.state is CampaignState.DRAFT
        return await visit.show(
            session,
            "campaign.html",
            campaign=campaign,
            schedule=schedule_of(campaign),
            spans=[span for span in Since if span in campaign.group.get("since", ())],
            questionnaire=await newest(
                session, visit.actor.organisation_id, campaign.questionnaire
            ),
            preview=await preview(session, visit.actor, campaign.id, visit.after)
            if is_draft
            else None,
            progress=await progress(session, campaign),
            reach=None if is_draft else await reach(session, visit.actor, campaign.id),
        )


async def begin(visit: Visit) -> Response:
    return await _move(visit, start, N_("It runs: everybody is asked at their own time."))


async def rest(visit: Visit) -> Response:
    return await _move(visit, pause, N_("Paused: nothing more is sent until you start it again."))


async def end(visit: Visit) -> Response:
    return await _move(visit, stop, N_("Stopped for good. Late answers still count."))


async def _move(
    visit: Visit, move: Callable[[Session, Actor, UUID], Awaitable[Campaign]], done: str
) -> Response:
    page = f"/campaigns/{visit.request.path_params['id']}"
    try:
        async with _campaign(visit) as (_, campaign):
            pass
        # It is for everybody, whomever this coordinator may see.
        async with visit.desk.database.begin(SERVICE) as session:
            await move(session, visit.actor, campaign.id)
    except Refused as error:
        return visit.go(page, refused=visit.reason(error))
    return visit.go(page, done)


async def _form(visit: Visit, wishes: Wishes, refused: str = "") -> Response:
    """Offers only the countries and languages of people who are there."""
    async with visit.begin() as session:
        countries, languages = await countries_and_languages(session, visit.actor)
        return await visit.show(
            session,
            "campaign-new.html",
            status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
            wishes=wishes,
            refused=refused,
            questionnaires=await on_offer(session, visit.actor.organisation_id),
            countries=countries,
            languages=languages,
            latenesses=LATENESS,
            units=list(Unit),
            spans=list(Since),
        )


@asynccontextmanager
async def _campaign(visit: Visit) -> AsyncIterator[tuple[Session, Campaign]]:
    """The campaign that the address names, in a transaction; the same 404 for none and others'."""
    async with visit.begin() as session:
        try:
            campaign = await find_campaign(session, visit.actor, visit.request.path_params["id"])
        except Refused:
            raise visit.not_there() from None
        yield session, campaign
