"""The share of the fault trials that is run, and the table of what they found.

`make faults` runs them all; `make test` runs a seeded twentieth of the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_TWENTIETH = 1 / 20


@dataclass
class Row:
    """What one trial found. `worst` is the longest that anything took, in seconds."""

    trial: str
    runs: int = 0
    processes: int = 0
    lost: int = 0
    repeated: int = 0
    late: int = 0
    worst: float = 0.0
    notes: list[str] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        counts = (self.runs, self.processes, self.lost, self.repeated, self.late)
        worst = f"{self.worst:.1f} s" if self.worst else ""
        return (self.trial, *map(str, counts), worst, "; ".join(self.notes))


HEADINGS = ("trial", "runs", "processes", "lost", "repeated", "late", "worst", "notes")


@dataclass(frozen=True)
class Share:
    """How much of the trials is run, and from which seed."""

    share: float
    seed: int
    rows: list[Row] = field(default_factory=list)

    @property
    def is_all(self) -> bool:
        return self.share >= 1

    def of(self, all_: int, least: int = 1) -> int:
        """So many of that many."""
        return max(least, round(all_ * self.share))

    def row(self, trial: str) -> Row:
        """A line of the table, to be filled in."""
        row = Row(trial)
        self.rows.append(row)
        return row


_SHARE = pytest.StashKey[Share]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults", "what Wayhome must survive")
    group.addoption("--faults-share", type=float, default=_TWENTIETH, help="how much, up to 1")
    group.addoption("--faults-seed", type=int, default=1, help="which seed they begin with")
    group.addoption("--faults-table", type=Path, help="a Markdown file for the table")


def pytest_configure(config: pytest.Config) -> None:
    options = config.option
    config.stash[_SHARE] = Share(options.faults_share, options.faults_seed)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    share = config.stash[_SHARE]
    if not share.rows:
        return
    terminalreporter.section(f"faults: share {share.share:g}, seed {share.seed}")
    table = [HEADINGS, *(row.cells() for row in share.rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEADINGS))]
    for cells in table:
        pairs = zip(cells, widths, strict=True)
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in pairs).rstrip())
    if config.option.faults_table is not None:
        config.option.faults_table.write_text(_markdown(table))


def _markdown(table: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in table]
    rule = f"| {' | '.join('---' for _ in HEADINGS)} |"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


@pytest.fixture(scope="session")
def share(pytestconfig: pytest.Config) -> Share:
    return pytestconfig.stash[_SHARE]
