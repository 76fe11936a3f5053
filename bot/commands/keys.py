"""New keys in place of old ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.backup import warn_if_unnoted
from bot.commands.shell import AsJson, carry_out, iso, show

if TYPE_CHECKING:
    from bot.keys.looking import KeyStatus
    from bot.keys.rotating import Rotated

keys = typer.Typer(help="The keys that everything is sealed with.", no_args_is_help=True)


@keys.command("rotate")
def rotate(
    backup: Annotated[
        Path | None,
        typer.Option(help="Where the new backup goes; into the data folder without it."),
    ] = None,
    key_to: Annotated[
        Path | None,
        typer.Option(help="Where a key file goes that can't be written in its place."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new key, bring everything over to it, back that up, and destroy the old key.

    Beside whatever runs; what was broken off is finished by the next call.
    """

    async def work() -> "Rotated":
        from bot.keys.rotating import rotate
        from bot.settings import read_settings

        return await rotate(read_settings(), backup=backup, key_to=key_to)

    done = carry_out(work())
    show(
        {
            "epoch": done.epoch,
            "resealed": done.resealed,
            "unreadable": done.unreadable,
            "backup": str(done.backup.file),
            "taken_at": iso(done.backup.taken_at),
            "key_file": str(done.key_file),
            "in_place": done.in_place,
        },
        as_json,
        lambda: "\n".join(_told(done)),
    )
    warn_if_unnoted(done.backup)


@keys.command("status")
def status(as_json: AsJson = False) -> None:
    """Say which key is in use, and whether a rotation waits to be finished."""

    async def work() -> "KeyStatus":
        from bot.keys.looking import look
        from bot.settings import read_settings

        return await look(read_settings())

    found = carry_out(work())
    show(
        {
            "epoch": found.epoch,
            "settled": found.problem is None,
            "problem": found.problem,
            "in_file": found.in_file,
            "replicas": found.replicas,
            "replicas_with_newest": found.replicas_with_newest,
        },
        as_json,
        lambda: (
            f"Epoch {found.epoch} is in use: {found.problem or 'no older key is left'}.\n"
            f"{found.replicas_with_newest} of {found.replicas} running replicas have the newest"
            " key of the key file."
        ),
    )
    if found.problem is not None:
        raise typer.Exit(1)


def _told(done: "Rotated") -> list[str]:
    told = [f"Everything is under the key of epoch {done.epoch}."]
    if done.resealed:
        told.append(f"{done.resealed:,} values were brought over.")
    if done.unreadable:
        told.append(f"{done.unreadable:,} were noise before: no key opened them.")
    told.append(f"{done.backup.file} was taken and read back with the new key alone.")
    if done.in_place:
        told.append(f"{done.key_file} holds the new key, and the old one no more.")
    else:
        told.append(f"{done.key_file} holds the new key alone: put it in the key file's place.")
    told.append(
        f"Today, in this order: copy {done.backup.file.resolve()} away from this machine, where it"
        " is the only backup that opens; bring the new key file to both custodians, and destroy"
        " their old ones; destroy all backups from before, which nothing opens any more."
    )
    return told
