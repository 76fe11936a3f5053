"""Keeping what must not be lost, and bringing it back."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.shell import AsJson, carry_out, iso, show

if TYPE_CHECKING:
    from bot.archive.restoring import Restored
    from bot.archive.taking import Backup


def backup(
    file: Annotated[Path, typer.Argument(help="Where it goes, in place of an earlier one.")],
    as_json: AsJson = False,
) -> None:
    """Back up everything into one sealed file, which holds no key, beside whatever runs."""

    async def work() -> "Backup":
        from bot.archive.taking import take_backup
        from bot.settings import read_settings

        return await take_backup(read_settings(), file)

    made = carry_out(work())
    rows = sum(made.rows.values())
    show(
        {
            "file": str(made.file),
            "bytes": made.bytes,
            "taken_at": iso(made.taken_at),
            "schema": made.schema,
            "epoch": made.epoch,
            "rows": made.rows,
            "noted": made.noted,
        },
        as_json,
        lambda: (
            f"{made.file}: {rows:,} rows of {len(made.rows)} tables as of {iso(made.taken_at)},"
            f" {made.bytes:,} bytes, sealed with the key of epoch {made.epoch}."
        ),
    )
    warn_if_unnoted(made)


def warn_if_unnoted(made: "Backup") -> None:
    if not made.noted:
        typer.echo(
            f"{made.file} is whole, but the database could not note it: `wayhome doctor` goes by"
            " the backup before.",
            err=True,
        )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    drill: Annotated[
        bool, typer.Option("--drill", help="Into a database of its own, thrown away afterwards.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty database, all or nothing, and look whether it is right."""

    async def work() -> "Restored":
        from bot.archive.restoring import restore
        from bot.settings import read_settings

        return await restore(read_settings(), file, drill=drill)

    restored = carry_out(work())
    show(
        {
            "file": str(file),
            "drill": drill,
            "taken_at": iso(restored.heading.taken_at),
            "schema": restored.heading.schema,
            "rows": restored.rows,
            "opened": restored.opened,
            "unreadable": restored.unreadable,
            "recovered": asdict(restored.recovered),
            "measured": restored.measured,
            "rpo_seconds": _seconds(restored.lost),
            "rto_seconds": _seconds(restored.took),
        },
        as_json,
        lambda: "\n".join(_told_of_drill(restored) if drill else _told(restored)),
    )
    if not restored.measured:
        typer.echo(
            "Everything is there, but ANALYZE failed: until it is run, or PostgreSQL does it by"
            " itself, pages may be slow.",
            err=True,
        )
    if restored.unreadable:
        raise typer.Exit(1)


def _told(restored: "Restored") -> list[str]:
    return [
        *_came_back(restored),
        f"Lost (RPO): what happened in {_since(restored)}.",
        f"Time it took (RTO): {_span(restored.took)}.",
        "So that what is not known any more harms nobody:",
        *_recovered(restored),
        "What only people can make good: docs/deployment.md, After a restore.",
    ]


def _told_of_drill(restored: "Restored") -> list[str]:
    return [
        "This was a drill, in a database of its own that is gone again: nothing was changed.",
        *_came_back(restored),
        f"A restore would lose (RPO) what happened in {_since(restored)}.",
        f"Time it took (RTO): {_span(restored.took)}.",
        "So that what is not known any more harms nobody, a restore would see to:",
        *_recovered(restored),
    ]


def _came_back(restored: "Restored") -> list[str]:
    rows = sum(restored.rows.values())
    unreadable = f"{restored.unreadable:,} do NOT open" if restored.unreadable else "all of them"
    return [
        f"Restored {rows:,} rows of {len(restored.rows)} tables: as many as were backed up.",
        f"Opened {restored.opened:,} sealed values and look-up hashes: {unreadable}.",
    ]


def _since(restored: "Restored") -> str:
    return f"the {_span(restored.lost)} since {iso(restored.heading.taken_at)}"


def _recovered(restored: "Restored") -> list[str]:
    counted = asdict(restored.recovered).items()
    return [f"  {what.replace('_', ' ')}: {n:,}" for what, n in counted]


def _span(span: timedelta) -> str:
    """To the second, or below ten seconds to the tenth."""
    seconds = span.total_seconds()
    return f"{seconds:.1f} s" if seconds < 10 else str(timedelta(seconds=round(seconds)))


def _seconds(span: timedelta) -> float:
    return round(span.total_seconds(), 1)
