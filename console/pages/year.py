"""The sheet of a year: printable, and as files."""

from collections.abc import Iterator, Mapping

from starlette.responses import Response

from console.files.tables import Table, as_files, day_of
from console.forms import fields
from console.visit import Visit
from console.words.figures import SHARE_COLUMNS, Line, Wording, minutes, share_cells
from domain.figures.suppression import SMALLEST
from domain.figures.year.answers import NEED
from domain.figures.year.counting import (
    AGREED,
    BEFORE,
    CLOSED,
    NEW,
    NOT_KNOWN,
    OPEN,
    REFUSED,
    WAITING,
)
from domain.figures.year.reading import YearSheet, read_year
from domain.figures.year.values import Part, Promise
from domain.marks import N_
from storage.kinds import Received
from storage.sessions import SERVICE

_PEOPLE = {NEW: N_("Came this year"), BEFORE: N_("Were here before")}
_SAID = {AGREED: N_("Agreed to"), REFUSED: N_("Not agreed to"), WAITING: N_("No answer yet")}
_CAME = {
    Received.YES: N_("The help came"),
    Received.NOT_YET: N_("Not yet"),
    Received.NO: N_("It did not come"),
    NOT_KNOWN: N_("Not known"),
}
_COMPLAINTS = {CLOSED: N_("Closed"), OPEN: N_("Not closed, or gone with the person")}


async def show(visit: Visit) -> Response:
    sheet = await _found(visit)
    wording = Wording(visit.language, visit.translations.gettext)
    async with visit.begin() as session:
        return await visit.show(
            session,
            "year.html",
            sheet=sheet,
            wording=wording,
            need=NEED,
            parts=_parts(visit, sheet),
        )


async def _table(visit: Visit) -> Table:
    sheet = await _found(visit)
    return Table(f"year-{sheet.year}", COLUMNS, _rows(visit, sheet))


as_csv, as_xlsx = as_files(_table)


async def _found(visit: Visit) -> YearSheet:
    asked = visit.request.query_params.get("year", "")
    with visit.else_not_there():
        year = fields.number(asked) if asked else None
        async with visit.desk.database.begin(SERVICE) as session:
            return await read_year(session, visit.actor, year)


def _parts(visit: Visit, sheet: YearSheet) -> dict[str, list[Line]]:
    found = sheet.found
    return {
        "people": _lines(visit, found.people, _PEOPLE),
        "complaints": _lines(visit, found.complaints, _COMPLAINTS),
        "referrals-received": _lines(visit, found.referrals_received, _SAID),
        "help-given": _lines(visit, found.help_given, _CAME),
        "referrals-made": _lines(visit, found.referrals_made, _SAID),
        "help-got": _lines(visit, found.help_got, _CAME),
    }


def _lines(visit: Visit, part: Part, labels: Mapping[str, str]) -> list[Line]:
    return [
        Line(
            " · ".join(visit.translations.gettext(labels[cell]) for cell in each.cells),
            each.cells,
            each.count,
            part.base,
            SMALLEST,
        )
        for each in part.sums
    ]


def _rows(visit: Visit, sheet: YearSheet) -> Iterator[list[object]]:
    """Everything that the page shows, a line for each sum."""
    wording = Wording(visit.language, visit.translations.gettext)
    counted = day_of(sheet.counted_at, visit.me.place)
    of_sheet = [sheet.organisation, sheet.year, counted]
    answers = sheet.found.answers
    for part, lines in _parts(visit, sheet).items():
        for line in lines:
            yield [*of_sheet, part, "", "", *_of_line(line, sampled=False)]
    for line in wording.reach(answers):
        yield [*of_sheet, "check-ins", "", "", *_of_line(line)]
    for line in wording.answers(NEED, answers.whole):
        yield [*of_sheet, "need", "", "", *_of_line(line)]
    for trait, table in wording.tables(NEED, answers):
        for line in table.lines:
            yield [*of_sheet, "need", trait.value, table.group, *_of_line(line)]
    for promise in sheet.found.promises:
        for row in _of_promise(promise):
            yield [*of_sheet, "until-a-human-acted", "severity", promise.severity.value, *row]
    for name, number in (
        ("started", sheet.found.drills.started),
        ("passed", sheet.found.drills.passed),
    ):
        yield [*of_sheet, "drills", "", "", name, "", number, None, None, None, None, None, ""]


def _of_line(line: Line, *, sampled: bool = True) -> list[object]:
    """Of what is counted whole, nothing else might have been."""
    share, *between = share_cells(line.share)
    shares = [share, *(between if sampled else (None, None))]
    counts = [line.count or None, line.base or None]
    return [line.code, line.label, *counts, *shares, None, line.note]


def _of_promise(promise: Promise) -> Iterator[list[object]]:
    if promise.share is None:
        yield ["in-time", "", None, None, None, None, None, None, f"< {SMALLEST}"]
        return
    counts = [promise.in_time, promise.waits]
    yield ["in-time", "", *counts, *share_cells(promise.share), minutes(promise.median), ""]
    for name, number in (("late", promise.late), ("never", promise.never)):
        yield [name, "", number, promise.waits, None, None, None, None, ""]


#: The heading of each column, and its tag (https://hxlstandard.org).
COLUMNS = {
    "organisation": "#org+name",
    "year": "#date+year",
    "counted_on": "#date+counted",
    "figure": "#indicator+code",
    "grouped_by": "#group+type",
    "group": "#group+name",
    "value": "#indicator+value+code",
    "value_text": "#indicator+value+name",
    "number": "#indicator+num",
    "of": "#indicator+base+num",
    **SHARE_COLUMNS,
    "median_minutes": "#indicator+median+num",
    "fewer_than": "#meta+note",
}
