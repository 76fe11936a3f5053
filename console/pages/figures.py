"""How the service does: figures of groups, on a page and as files."""

from collections.abc import Iterator

from starlette.responses import Response

from console.files.tables import Table, as_files
from console.visit import Visit
from console.words.figures import SHARE_COLUMNS, Line, minutes, share_cells
from domain.cases.outcomes import OUTCOMES
from domain.figures.endings import Endings
from domain.figures.first_actions import FirstActions
from domain.figures.load import Load
from domain.figures.periods import Period, Step
from domain.figures.reading import ServiceFigures, read_figures
from domain.figures.suppression import SMALLEST
from domain.marks import N_
from storage.kinds import Outcome
from storage.sessions import SERVICE

STEPS = {Step.WEEK: N_("By weeks"), Step.MONTH: N_("By months")}


async def show(visit: Visit) -> Response:
    found = await _found(visit)
    async with visit.begin() as session:
        return await visit.show(
            session,
            "figures.html",
            found=found,
            steps=STEPS,
            outcomes=_outcomes(visit, found.endings),
            reopened=_reopened(visit, found.endings),
        )


async def _table(visit: Visit) -> Table:
    found = await _found(visit)
    return Table("figures", COLUMNS, _rows(visit, found))


as_csv, as_xlsx = as_files(_table)


async def _found(visit: Visit) -> ServiceFigures:
    """The same for everybody, as in the sheet of a year: what is missing in one of them would be
    whom the reader must not see (decision 0018).
    """
    async with visit.desk.database.begin(SERVICE) as session:
        return await read_figures(session, visit.actor, _step(visit))


def _step(visit: Visit) -> Step:
    asked = visit.request.query_params.get("by")
    return Step(asked) if asked in set(Step) else Step.WEEK


def _outcomes(visit: Visit, endings: Endings) -> list[Line]:
    named = visit.translations.gettext
    return [
        Line(
            " · ".join(named(OUTCOMES[Outcome(outcome)]) for outcome in each.cells),
            each.cells,
            each.count,
            endings.closed,
            SMALLEST,
        )
        for each in endings.outcomes
    ]


def _reopened(visit: Visit, endings: Endings) -> list[Line]:
    if not endings.settled:
        return []
    label = visit.translations.gettext(N_("Opened again, since the person still needed somebody"))
    return [Line(label, ("reopened",), endings.reopened, endings.settled, SMALLEST)]


def _rows(visit: Visit, found: ServiceFigures) -> Iterator[list[object]]:
    for course in found.courses:
        for period, part in ((found.whole, course.whole), *course.over_time):
            yield from _of_waits(course.severity, period, part)
    for load in found.load:
        yield from _of_load(load)
    for line in (*_outcomes(visit, found.endings), *_reopened(visit, found.endings)):
        counts = [line.count or None, line.base]
        shares = share_cells(line.share)
        yield [line.code, "", *_days(found.whole), *counts, *shares, None, None, None, line.note]


def _of_load(load: Load) -> Iterator[list[object]]:
    for name, number in (("calls", load.calls), ("open-at-the-end", load.open)):
        note = "" if number else f"< {SMALLEST}"
        yield [name, "", *_days(load.period), number or None, *_NOTHING, note]
    yield ["hours-on-duty", "", *_days(load.period), load.duty_hours, *_NOTHING, ""]


def _of_waits(severity: str, period: Period, part: FirstActions) -> Iterator[list[object]]:
    if part.few:
        yield ["in-time", severity, *_days(period), None, *_NOTHING, f"< {SMALLEST}"]
        return
    assert part.share is not None
    assert part.median is not None
    counts = [part.in_time, part.waits]
    medians = map(minutes, (part.median.span, part.median.low, part.median.high))
    yield ["in-time", severity, *_days(period), *counts, *share_cells(part.share), *medians, ""]
    for name, number in (("late", part.late), ("never", part.never)):
        yield [name, severity, *_days(period), number, part.waits, *_NOTHING[1:], ""]


def _days(period: Period) -> tuple[str, str]:
    return period.first_day.isoformat(), period.last_day.isoformat()


#: The heading of each column, and its tag (https://hxlstandard.org).
COLUMNS = {
    "figure": "#indicator+code",
    "severity": "#severity+code",
    "from": "#date+start",
    "to": "#date+end",
    "number": "#indicator+num",
    "of": "#indicator+base+num",
    **SHARE_COLUMNS,
    "median_minutes": "#indicator+median+num",
    "median_from": "#indicator+median+num+min",
    "median_to": "#indicator+median+num+max",
    "fewer_than": "#meta+note",
}
# Of a number that is of nothing: from "of" on.
_NOTHING = (None,) * 7
