from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shell import AsJson


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all without a name.")] = None,
    write: Annotated[bool, typer.Option(help="Keep the tables in docs/performance.md.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Tiny sizes: shows that it works, measures nothing.")
    ] = False,
    minutes: Annotated[float, typer.Option(help="How long a lasting load lasts.")] = 60,
    profile: Annotated[
        Path | None, typer.Option(help="Leave a profile (cProfile) there, where there is one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure this machine, each figure beside a peer's or a limit."""
    try:
        from benchmarks.effort import Effort
        from benchmarks.frame import run

        run(names or [], Effort(quick, minutes, profile), as_json=as_json, write=write)
    except ModuleNotFoundError as missing:
        typer.echo(f"{missing.name} is missing: 'make bench' in a checkout brings it.", err=True)
        raise typer.Exit(1) from None
    except LookupError as unknown:
        typer.echo(unknown.args[0], err=True)
        raise typer.Exit(2) from None
