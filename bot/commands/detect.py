import json
import sys

import typer


def detect() -> None:
    """Judge messages: JSON Lines {id, text, lang?} in, {id, severity, ask, reasons} out."""
    from domain.distress import Watch
    from domain.distress.stream import judge_lines

    bad = False
    for verdict in judge_lines(sys.stdin, Watch.load()):
        bad = bad or "error" in verdict
        sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if bad:
        raise typer.Exit(1)
