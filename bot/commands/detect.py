import json
import sys
from typing import Annotated

import typer

from bot.commands.shell import say


def detect(
    as_json: Annotated[
        bool, typer.Option("--json", help="It prints nothing else in any case.")
    ] = False,
) -> None:
    """Judge messages: JSON Lines {id, text, lang?} in, {id, severity, ask, reasons} out."""
    from concurrent.futures.process import BrokenProcessPool

    from bot.watch.side_by_side import judge_side_by_side

    bad = False
    try:
        # As bytes: what the terminal takes text to be must neither end the stream nor change a
        # message.
        for verdict in judge_side_by_side(sys.stdin.buffer):
            bad = bad or "error" in verdict
            say(json.dumps(verdict))
    except BrokenProcessPool:
        typer.echo("A process that read was killed: what comes next was not judged.", err=True)
        raise typer.Exit(1) from None
    if bad:
        raise typer.Exit(1)
