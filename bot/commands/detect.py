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
    from domain.distress import Watch
    from domain.distress.stream import judge_lines

    bad = False
    # As bytes: what the terminal takes text to be must neither end the stream nor change a message.
    for verdict in judge_lines(sys.stdin.buffer, Watch.load()):
        bad = bad or "error" in verdict
        say(json.dumps(verdict))
    if bad:
        raise typer.Exit(1)
