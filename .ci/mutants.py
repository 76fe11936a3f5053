"""Breaks the code that decides, a mutant at a time, and says which share the tests notice.

`[tool.mutmut]` in pyproject.toml names the code and the tests. All mutants would take hours, so of
each module a sample is drawn by a seed. Fails where less than 85 % of a module's are noticed.
"""

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

from mutmut.__main__ import create_mutants
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

ENOUGH = 0.85
MUTANTS = Path("mutants")
# A test failed, or the whole run of tests, or they came to no end and were ended.
NOTICED = {1, 3, 24, 152, -24}
NO_TEST = 33
Outcomes = dict[str, int | None]


def outcomes(meta: Path) -> Outcomes:
    """By mutant; None where it was not tried yet."""
    found: Outcomes = json.loads(meta.read_text())["exit_code_by_key"]
    return found


def make() -> dict[str, Outcomes]:
    """The mutants of each module; those that were tried and have not changed keep their outcome."""
    MUTANTS.mkdir(exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(1)
    return all_outcomes()


def all_outcomes() -> dict[str, Outcomes]:
    metas = sorted(MUTANTS.rglob("*.py.meta"))
    found = {str(meta.relative_to(MUTANTS))[: -len(".meta")]: outcomes(meta) for meta in metas}
    return {module: each for module, each in found.items() if each}


def sample(mutants: dict[str, Outcomes], most: int, seed: int) -> dict[str, list[str]]:
    return {
        module: sorted(Random(f"{seed}/{module}").sample(sorted(each), min(most, len(each))))  # noqa: S311
        for module, each in mutants.items()
    }


def report(chosen: dict[str, list[str]], found: dict[str, Outcomes]) -> int:
    """The table, and how many modules fall short."""
    short = 0
    for module, names in chosen.items():
        missed = [name for name in names if found[module][name] not in NOTICED]
        share = 1 - len(missed) / len(names)
        short += share < ENOUGH
        print(
            f"{module}: {len(names) - len(missed)} of {len(names)}"
            f" (of {len(found[module])} there are) noticed, {share:.0%}"
        )
        for name in missed:
            print(f"    {name}: {'no test' if found[module][name] == NO_TEST else 'unnoticed'}")
    return short


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=25, help="so many of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("modules", nargs="*", help="part of a module's path; all without")
    options = parser.parse_args()
    mutants = make()
    if options.modules:
        parts: list[str] = options.modules
        mutants = {
            name: each for name, each in mutants.items() if any(part in name for part in parts)
        }
    chosen = sample(mutants, options.most, options.seed)
    left = [
        name
        for module, names in chosen.items()
        for name in names
        if mutants[module][name] not in NOTICED
    ]
    mutmut = [sys.executable, "-c", "from mutmut.__main__ import cli; cli()"]
    # The same examples for every mutant.
    environment = os.environ | {"CI": "1"}
    if left:
        command = [*mutmut, "run", "--max-children", "1", *left]
        subprocess.run(command, env=environment, check=True)  # noqa: S603 - mutmut
    return 1 if report(chosen, all_outcomes()) else 0


if __name__ == "__main__":
    sys.exit(main())
