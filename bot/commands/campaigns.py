from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.shell import AsJson, Whose, carry_out, iso, organisation_of, service_session, show

if TYPE_CHECKING:
    from domain.actors import Operator
    from domain.campaigns.drafting import Outline
    from storage.sessions import Session
    from storage.tables.campaigns import Campaign

campaign = typer.Typer(
    help="Check-ins: planned from a file, previewed, started.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(help="A file (.toml) that says what is asked, whom, when.")]
Which = Annotated[str, typer.Argument(help="The campaign's name, or its file.")]


@campaign.command("import")
def import_(file: File, organisation: Whose = None, as_json: AsJson = False) -> None:
    """Keep it as a draft; a campaign of that name is changed."""

    async def work() -> dict[str, Any]:
        from domain.campaigns import draft, edit
        from domain.campaigns.drafting import find_by_name

        outline = _outline(file)
        async with service_session() as session:
            actor = await _operator(session, organisation)
            there = await find_by_name(session, actor, outline.name)
            kept = (
                await draft(session, actor, outline)
                if there is None
                else await edit(session, actor, there.id, outline)
            )
            return _facts(kept)

    _report(carry_out(work()), as_json)


@campaign.command()
def preview(which: Which, organisation: Whose = None, as_json: AsJson = False) -> None:
    """Count who would get it and who not, and why. Names nobody: the console does."""

    async def work() -> dict[str, Any]:
        from domain.campaigns.previewing import also_of, look_ahead

        async with service_session() as session:
            operator = await _operator(session, organisation)
            found = await _found(session, operator, which)
            ahead = await look_ahead(session, found, await also_of(session, operator, found))
            counts, hours = ahead.counts, ahead.outlook.hours
            excluded = {str(why): count for why, count in counts.items() if why is not None}
            by_hour = [
                {
                    "begins": iso(hour.begins),
                    "check_ins": hour.check_ins,
                    "messages": round(hour.messages),
                    "alerts": round(hour.alerts, 1),
                    "on_duty": hour.on_duty,
                    "too_much": hour.is_too_much,
                }
                for hour in hours
            ]
            counted = {
                "included": counts[None],
                "excluded": excluded,
                "within_an_hour_of_another": ahead.beside,
                "hours": by_hour,
            }
            return {**_facts(found), **counted}

    _report(carry_out(work()), as_json)


@campaign.command()
def start(
    which: Which,
    organisation: Whose = None,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Without ten minutes in which it can be undone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start it, or let it go on after a pause."""
    from functools import partial

    from domain.campaigns import start

    _move(partial(start, at_once=at_once), which, organisation, as_json)


@campaign.command()
def undo(which: Which, organisation: Whose = None, as_json: AsJson = False) -> None:
    """Take its start back, within ten minutes and before anybody was asked."""
    from domain.campaigns import undo

    _move(undo, which, organisation, as_json)


@campaign.command()
def pause(which: Which, organisation: Whose = None, as_json: AsJson = False) -> None:
    """Hold what has not gone yet."""
    from domain.campaigns import pause

    _move(pause, which, organisation, as_json)


@campaign.command()
def stop(which: Which, organisation: Whose = None, as_json: AsJson = False) -> None:
    """For good. Late answers still count."""
    from domain.campaigns import stop

    _move(stop, which, organisation, as_json)


def _move(
    move: "Callable[..., Awaitable[Campaign]]", which: str, organisation: str | None, as_json: bool
) -> None:
    async def work() -> dict[str, Any]:
        async with service_session() as session:
            actor = await _operator(session, organisation)
            found = await _found(session, actor, which)
            return _facts(await move(session, actor, found.id))

    _report(carry_out(work()), as_json)


async def _operator(session: "Session", organisation: str | None) -> "Operator":
    from domain.actors import Operator

    return Operator((await organisation_of(session, organisation)).id)


async def _found(session: "Session", actor: "Operator", which: str) -> "Campaign":
    from bot.errors import CannotOpen
    from domain.campaigns.drafting import find_by_name

    name = _outline(Path(which)).name if which.endswith(".toml") else which
    found = await find_by_name(session, actor, name)
    if found is None:
        raise CannotOpen(f"There is no campaign {name}: 'import' makes one from its file.")
    return found


def _outline(file: Path) -> "Outline":
    """Raises CannotOpen, which says of what file."""
    from bot.errors import CannotOpen
    from domain.campaigns.file import read
    from domain.errors import Refused
    from domain.text_files import content_of

    try:
        return read(content_of(file))
    except OSError as error:
        raise CannotOpen(f"{file} can't be read: {error.strerror}.") from None
    except Refused as refusal:
        raise CannotOpen(f"{file}: {refusal}") from None


def _facts(found: "Campaign") -> dict[str, Any]:
    return {
        "id": str(found.id),
        "name": found.name,
        "state": str(found.state),
        "version": found.version,
        "local_time": found.local_time,
        "started_at": iso(found.started_at) if found.started_at else None,
    }


def _report(result: dict[str, Any], as_json: bool) -> None:
    show(result, as_json, lambda: _in_words(result))


def _in_words(result: dict[str, Any]) -> str:
    said = f"{result['name']}: {result['state']}, version {result['version']}."
    if "included" not in result:
        return said
    excluded = [f"  {count:>6}  {why}" for why, count in sorted(result["excluded"].items())]
    return "\n".join([said, f"  {result['included']:>6}  would get it", *excluded])
