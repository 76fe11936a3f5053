"""What the check-ins of a pathway came to, from stage to stage: printable, and as files."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from starlette.responses import Response

from console.files.tables import Table, as_files, day_of
from console.forms import fields
from console.visit import Visit
from console.words.courses import Point, courses_of_question, courses_of_reach
from console.words.figures import COLUMNS, Wording
from console.words.offsets import offset_said
from domain.errors import Refused
from domain.figures.quarter.reading import PathwayResults, StepResults, read_pathway_results
from domain.questionnaires.values import Questionnaire
from locales.catalogues import locale_of

#: The heading of each column, and its tag (https://hxlstandard.org).
_COLUMNS = {
    "pathway": "#activity+name",
    "quarter": "#date+start",
    "counted_on": "#date+counted",
    "stage": "#activity+stage+name",
    "step": "#activity+step+code",
    "questionnaire": "#activity+form+code",
    **COLUMNS,
}


async def show(visit: Visit) -> Response:
    found = await _found(visit)
    wording = _wording(visit)
    points = _points(wording, found.steps)
    async with visit.begin() as session:
        return await visit.show(
            session,
            "pathway-results.html",
            found=found,
            wording=wording,
            points=points,
            reached=courses_of_reach(wording, points),
            asked=_by_questionnaire(found.steps, points),
            courses=partial(courses_of_question, wording),
        )


async def _table(visit: Visit) -> Table:
    found = await _found(visit)
    if found.quarter is None:
        raise Refused("There are no figures yet.")
    return Table(f"{found.pathway.key}-{found.quarter}", _COLUMNS, _rows(visit, found))


as_csv, as_xlsx = as_files(_table)


def _rows(visit: Visit, found: PathwayResults) -> Iterator[list[object]]:
    wording = _wording(visit)
    name = wording.said(found.pathway.name)
    counted = day_of(found.counted_at, visit.me.place)
    for each in found.steps:
        stage = wording.said(each.stage.name)
        asks = each.questionnaire
        of_it = wording.about(asks)
        head = [name, str(found.quarter), counted, stage, each.step.key, asks.key]
        yield from of_it.rows(head, each.figures, asks.counted_questions)


async def _found(visit: Visit) -> PathwayResults:
    query = visit.request.query_params
    with visit.else_not_there():
        async with visit.begin() as session:
            return await read_pathway_results(
                session, visit.actor, query.get("of", ""), _quarter(query.get("quarter", ""))
            )


def _quarter(typed: str) -> date | None:
    return fields.day(typed) if typed else None


def _wording(visit: Visit) -> Wording:
    return Wording(visit.language, visit.translations.gettext)


def _points(wording: Wording, steps: Sequence[StepResults]) -> list[Point]:
    """Called by their stage, and by their day where it asks more than once."""
    often = Counter(each.stage.key for each in steps)
    return [
        Point(
            _named(wording, each, by_day=often[each.stage.key] > 1),
            each.figures,
            each.questionnaire.counted_questions,
        )
        for each in steps
    ]


def _named(wording: Wording, each: StepResults, *, by_day: bool) -> str:
    stage = wording.said(each.stage.name)
    if not by_day:
        return stage
    return f"{stage} · {offset_said(each.step.due, locale_of(wording.language))}"


def _by_questionnaire(
    steps: Sequence[StepResults], points: Sequence[Point]
) -> list[tuple[Questionnaire, list[Point]]]:
    """Those that asked the same are laid side by side."""
    asked: dict[str, tuple[Questionnaire, list[Point]]] = {}
    for each, point in zip(steps, points, strict=True):
        _, theirs = asked.setdefault(each.questionnaire.edition, (each.questionnaire, []))
        theirs.append(point)
    return list(asked.values())
