import json
import math
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.shell import AsJson, carry_out, iso, service_session, show

if TYPE_CHECKING:
    from domain.directory.distance import Point
    from domain.directory.files.assembly import Reading
    from domain.directory.files.problems import Rejected
    from domain.directory.finding import FoundService, Search
    from domain.directory.importing import Brought, ImportReport
    from storage.sessions import Session

# Of those that go without, so many are named.
_NAMED = 10

directory = typer.Typer(help="The directory of services.", no_args_is_help=True)

Files = Annotated[Path, typer.Argument(help="A folder, an archive or one file.")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="For files that are not HSDS: what is where.")
]
Archive = Annotated[
    Path, typer.Argument(help="The zip archive to write, in place of an earlier one.")
]
Export = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="As JSON.")]
Source = Annotated[
    str | None, typer.Option(help="Whose directory this is; the file's name if not said.")
]


@directory.command("import")
def import_(
    path: Files, mapping: MappingFile = None, source: Source = None, as_json: AsJson = False
) -> None:
    """Take in services: good rows load, bad ones are reported; exit 1 if none is good."""
    _report(carry_out(_read_in(path, mapping, source, keep=True)), as_json, "loaded", "updated")


@directory.command()
def check(
    path: Files, mapping: MappingFile = None, source: Source = None, as_json: AsJson = False
) -> None:
    """Say what importing would do, and do nothing."""
    report = carry_out(_read_in(path, mapping, source, keep=False))
    _report(report, as_json, "would be loaded", "would be updated")


@directory.command()
def search(
    words: Annotated[str, typer.Argument(help="In any of the languages.")] = "",
    country: Annotated[str | None, typer.Option(help="ISO 3166, such as AL.")] = None,
    need: Annotated[str | None, typer.Option(help="Such as shelter or health.")] = None,
    language: Annotated[str, typer.Option(help="In which to show it.")] = "en",
    near: Annotated[
        str | None,
        typer.Option(metavar="LAT,LON", help="In degrees, such as 41.33,19.82: the nearest first."),
    ] = None,
    within: Annotated[
        float | None, typer.Option(metavar="KM", help="Of --near, as the crow flies.")
    ] = None,
    open_now: Annotated[
        bool, typer.Option("--open-now", help="Only what is known to be open.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    as_json: AsJson = False,
) -> None:
    """Find services as the chat would; those hidden for their age, too."""

    async def work() -> list[dict[str, Any]]:
        from domain.directory.finding import find_services
        from domain.directory.importing import brought

        wanted = _wanted(words, country, need, near, within, open_now)
        async with service_session() as session:
            found = await find_services(
                session, wanted, now=session.now, language=language, limit=limit
            )
            whence = await brought(session, [each.id for each in found])
        return [_shown(each, whence[each.id]) for each in found]

    services = carry_out(work())
    show(services, as_json, lambda: "\n".join(map(_line, services)) or "Nothing found.")


def _wanted(
    words: str,
    country: str | None,
    need: str | None,
    near: str | None,
    within: float | None,
    open_now: bool,
) -> "Search":
    """Raises BadParameter."""
    from domain.countries import code_of
    from domain.directory.finding import Search
    from domain.directory.needs import Need

    code = code_of(country) if country is not None else None
    if country is not None and code is None:
        why = f"{country!r} is none of ISO 3166: use its two letters, such as AL."
        raise typer.BadParameter(why, param_hint="--country")
    if need is not None and need not in set(Need):
        raise typer.BadParameter(f"{need!r} is none of {', '.join(Need)}.", param_hint="--need")
    if within is not None and near is None:
        raise _no_distance(f"{within:g} is from nowhere: name the point with --near.")
    if within is not None and not 0 < within < math.inf:
        raise _no_distance(f"{within:g} is no distance: give kilometres, such as 25.")
    return Search(
        words=words,
        country=code,
        need=Need(need) if need else None,
        near=_point(near) if near is not None else None,
        within_km=within,
        open_now=open_now,
        include_hidden=True,
    )


def _no_distance(why: str) -> typer.BadParameter:
    return typer.BadParameter(why, param_hint="--within")


def _shown(found: "FoundService", brought: "Brought") -> dict[str, Any]:
    offered_by, distance = found.service.organization, found.distance_km
    return {
        "id": str(found.id),
        "name": found.service.name,
        "organization": offered_by.name if offered_by else None,
        "age": found.age,
        "open": found.is_open,
        "distance_km": None if distance is None else round(distance, 1),
        "city": found.nearest.city if found.nearest else None,
        "source": brought.source,
        "imported_at": iso(brought.at),
    }


def _point(typed: str) -> "Point":
    from domain.directory.distance import Point

    try:
        latitude, longitude = map(float, typed.split(","))
    except ValueError:
        latitude = longitude = math.nan
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        why = f"{typed} is no point: give degrees, such as 41.33,19.82."
        raise typer.BadParameter(why, param_hint="--near")
    return Point(latitude, longitude)


def _line(found: dict[str, Any]) -> str:
    parts = [found["name"], found["organization"]]
    if found["distance_km"] is not None:
        parts.append(" ".join(filter(None, (f"{found['distance_km']} km", found["city"]))))
    return " — ".join(filter(None, parts))


@directory.command()
def export(
    file: Archive,
    source: Annotated[
        str | None, typer.Option(help="Only what came from this one; everything if not said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the directory as HSDS 3.0."""

    async def work() -> bytes:
        from domain.directory.importing import export_directory

        async with service_session() as session:
            if source is not None:
                await _ensure_known(session, source)
            return await export_directory(session, source)

    _write(file, work, as_json)


@directory.command()
def convert(
    english: Export,
    arabic: Export,
    file: Archive,
    as_json: AsJson = False,
) -> None:
    """Turn an export of UNHCR Jordan's services-advisor into HSDS 3.0, which then imports."""

    async def work() -> bytes:
        from bot.errors import CannotOpen
        from domain.directory.files.writing import write_directory
        from domain.directory.services_advisor import convert

        try:
            features = [json.loads(export.read_bytes()) for export in (english, arabic)]
            return write_directory(convert(*features))
        except (ValueError, LookupError, TypeError, AttributeError):
            why = "is no export of the services-advisor, or it has changed since."
            raise CannotOpen(f"{english.name} or {arabic.name} {why}") from None

    _write(file, work, as_json)


def _write(file: Path, making: Callable[[], Coroutine[Any, Any, bytes]], as_json: bool) -> None:
    async def work() -> int:
        from zipfile import is_zipfile

        from bot.written_files import Kind, written

        archive = await making()
        with written(file, Kind("archive", is_zipfile, public=True)) as out:
            out.write(archive)
        return len(archive)

    size = carry_out(work())
    show({"file": str(file), "bytes": size}, as_json, lambda: f"{file}: {size:,} bytes.")


@directory.command()
def remove(
    source: Annotated[str, typer.Option(help="Everything that came from this one.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Really: only importing it anew brings it back.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take back what was imported from a source, with what people said of it."""
    if not yes:
        typer.echo("Only importing it anew brings it back: say --yes.", err=True)
        raise typer.Exit(2)

    async def work() -> int:
        from domain.directory.importing import remove_source

        async with service_session() as session:
            await _ensure_known(session, source)
            return await remove_source(session, source)

    gone = carry_out(work())
    show({"source": source, "removed": gone}, as_json, lambda: f"{gone} removed.")


async def _ensure_known(session: "Session", source: str) -> None:
    from bot.errors import CannotOpen
    from domain.directory.importing import sources

    if source not in (known := await sources(session)):
        named = ", ".join(known) or "none yet"
        raise CannotOpen(f"No directory came from {source}: there is {named}.")


async def _ensure_not_twice(session: "Session", reading: "Reading", name: str) -> None:
    """A file's name is a guess: last month's list was called otherwise."""
    from bot.errors import CannotOpen
    from domain.directory.importing import brought_by_another

    if other := await brought_by_another(session, reading, name):
        raise CannotOpen(
            f"Most of these services came from {other} before. Say --source {other} to bring them "
            f"up to date, or --source {name} to have them a second time."
        )


async def _read_in(
    path: Path, mapping: Path | None, source: str | None, *, keep: bool
) -> "ImportReport":
    from domain.directory.files.mapping import load_mapping
    from domain.directory.files.reading import read_directory
    from domain.directory.files.sources import read_files
    from domain.directory.importing import check_directory, import_directory

    reading = read_directory(read_files(path), load_mapping(mapping) if mapping else None)
    name = source or path.stem
    async with service_session() as session:
        if source is None:
            await _ensure_not_twice(session, reading, name)
        if keep:
            return await import_directory(session, reading, name, session.now)
        return await check_directory(session, reading, name)


def _report(report: "ImportReport", as_json: bool, loaded: str, updated: str) -> None:
    def describe() -> str:
        lines = [f"{report.loaded} {loaded}, {report.updated} {updated}."]
        lines += map(_rejections, _alike(report.rejected))
        lines += _to_look_at(report)
        return "\n".join(lines)

    rejected = [
        {"file": each.file, "row": each.row, "column": each.column, "reason": each.reason}
        for each in report.rejected
    ]
    result = {
        "loaded": report.loaded,
        "updated": report.updated,
        "rejected": rejected,
        "without_need": report.without_need,
        "not_read": report.not_read,
        "withheld_not_read": report.withheld_not_read,
    }
    show(result, as_json, describe)
    if not report.loaded + report.updated:
        raise typer.Exit(1)


def _alike(rejected: Sequence["Rejected"]) -> Iterator[list["Rejected"]]:
    """Rows in a row with the same fault: a table of which nothing fits would bury why in as many
    lines as it has.
    """
    found: list[Rejected] = []
    for each in rejected:
        if found and not _goes_on(found[-1], each):
            yield found
            found = []
        found.append(each)
    if found:
        yield found


def _goes_on(before: "Rejected", each: "Rejected") -> bool:
    if before.row is None or each.row is None:
        return False
    return replace(before, row=before.row + 1) == each


def _rejections(alike: "list[Rejected]") -> str:
    first, last = alike[0], alike[-1]
    row = f"row {first.row}" if first.row is not None else None
    if first is not last:
        row = f"rows {first.row} to {last.row}"
    return f"{', '.join(filter(None, [first.file, row, first.column]))}: {first.reason}"


def _to_look_at(report: "ImportReport") -> Iterator[str]:
    if report.without_need:
        yield (
            f"Without a need, so nobody finds them in the chat: {_named(report.without_need)}. "
            "docs/directory.md says how to name one."
        )
    if report.not_read:
        yield (
            f"Came before and not now, so they stay, and age: {_named(report.not_read)}. "
            "docs/directory.md says how to take them back."
        )
    if report.withheld_not_read:
        yield (
            "Withheld by an organisation until now, so look whether they came under another id, "
            f"which would be shown: {_named(report.withheld_not_read)}."
        )


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
