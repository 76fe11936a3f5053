from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from console.figures import COLUMNS, Line, Wording
from console.files import Rows, csv_file, xlsx_file
from console.visit import Visit
from domain.campaigns import results
from domain.campaigns.drafting import find_campaign
from domain.campaigns.results import Asking, Results
from domain.errors import NotAllowed, Refused
from domain.pathways.shelf import stage_names
from domain.questionnaires.values import Question
from storage.check_ins import Campaign
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Course:
    """How often an answer was given, from asking to asking; None where only a sum was shown."""

    label: str
    lines: list[tuple[Asking, Line | None]]


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        campaign, found = await _found(visit, session)
        wording = await _wording(visit, session)
        return await visit.show(
            session,
            "results.html",
            campaign=campaign,
            found=found,
            wording=wording,
            courses=partial(_courses, wording, found.over_time),
        )


async def as_csv(visit: Visit) -> Response:
    return await _as_file(visit, csv_file)


async def as_xlsx(visit: Visit) -> Response:
    return await _as_file(visit, xlsx_file)


async def _as_file(
    visit: Visit, write: Callable[[str, dict[str, str], Rows], Response]
) -> Response:
    async with visit.begin() as session:
        _, found = await _found(visit, session)
        wording = await _wording(visit, session)
    if found.last is None:
        raise Refused("There are no figures yet.")
    return write("results", COLUMNS, wording.rows(found.last, found.questions))


async def _found(visit: Visit, session: Session) -> tuple[Campaign, Results]:
    campaign_id = visit.id
    try:
        campaign = await find_campaign(session, visit.actor, campaign_id)
    except NotAllowed:
        raise
    except Refused:
        raise visit.not_there() from None
    return campaign, await results(session, visit.actor, campaign_id)


async def _wording(visit: Visit, session: Session) -> Wording:
    stages = await stage_names(session, visit.actor.organisation_id)
    return Wording(visit.language, visit.translations.gettext, stages)


def _courses(wording: Wording, askings: Sequence[Asking], question: Question) -> list[Course]:
    """Of every answer that was shown by itself at least twice."""
    if len(askings) < 2:
        return []
    each = [
        (asking, {line.code: line for line in wording.answers(question, asking.figures.whole)})
        for asking in askings
    ]
    courses = [
        Course(
            wording.said(choice.label),
            [(asking, lines.get(choice.name)) for asking, lines in each],
        )
        for choice in question.choices
    ]
    return [course for course in courses if sum(line is not None for _, line in course.lines) > 1]
