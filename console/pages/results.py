from functools import partial

from starlette.responses import Response

from console.files.tables import Table, as_files, day_of
from console.visit import Visit
from console.words.courses import Point, courses_of_question
from console.words.figures import COLUMNS, Wording
from domain.campaigns import results
from domain.campaigns.drafting import find_campaign
from domain.campaigns.results import Results
from domain.errors import Refused
from domain.figures.publication import Trait
from domain.pathways.shelf import stages_ever
from storage.sessions import Session
from storage.tables.campaigns import Campaign

#: The heading of each column, and its tag (https://hxlstandard.org).
_COLUMNS = {
    "campaign": "#activity+name",
    "asked_on": "#date+asked",
    "counted_on": "#date+counted",
    **COLUMNS,
}


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        campaign, found = await _found(visit, session)
        wording = await _wording(visit, session, found)
        return await visit.show(
            session,
            "results.html",
            campaign=campaign,
            found=found,
            wording=wording,
            courses=partial(courses_of_question, wording, _points(found)),
        )


async def _table(visit: Visit) -> Table:
    async with visit.begin() as session:
        _, found = await _found(visit, session)
        wording = await _wording(visit, session, found)
    if found.last is None:
        raise Refused("There are no figures yet.")
    last = found.last
    days = [day_of(at, visit.me.place) for at in (last.asked_at, last.counted_at)]
    head = [last.campaign, *days]
    return Table("results", _COLUMNS, wording.rows(head, last.figures, last.questions))


as_csv, as_xlsx = as_files(_table)


def _points(found: Results) -> list[Point]:
    return [
        Point(each.campaign, each.figures, each.questions, each.asked_at)
        for each in found.over_time
    ]


async def _found(visit: Visit, session: Session) -> tuple[Campaign, Results]:
    campaign_id = visit.id
    with visit.else_not_there():
        campaign = await find_campaign(session, visit.actor, campaign_id)
    return campaign, await results(session, visit.actor, campaign_id)


async def _wording(visit: Visit, session: Session, found: Results) -> Wording:
    groups = found.last.figures.groups.get(Trait.STAGE, ()) if found.last else ()
    shown = [group.name for group in groups if group.name]
    stages = await stages_ever(session, visit.actor.organisation_id, shown)
    wording = Wording(visit.language, visit.translations.gettext, stages)
    return wording.about(found.last.asked) if found.last else wording
