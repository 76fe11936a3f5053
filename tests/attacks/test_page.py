"""docs/attacks.md names tests that exist, and every attack has one."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (DOCS / "attacks.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith(("| attack |", "| --- "))
]
_TESTS = re.compile(r"\[[\w/]+\]\((\.\./tests/[\w/]+\.py)\)|`(test_\w+)`")


def named(cell: str) -> list[tuple[str, str]]:
    """Each test of a cell, with the file that stands before it."""
    found, file = [], ""
    for path, test in _TESTS.findall(cell):
        file = path or file
        if test:
            found.append((file, test))
    return found


def test_every_attack_names_tests_that_exist_and_says_what_came_of_it() -> None:
    assert len(ROWS) > 30
    for row in ROWS:
        attack, tests, outcome = row
        assert named(tests), attack
        assert outcome, attack
        for file, test in named(tests):
            source = (DOCS / file).read_text()
            assert re.search(rf"^(async )?def {test}\(", source, re.MULTILINE), (file, test)


def test_no_test_of_an_attack_is_missing_on_the_page() -> None:
    tests = {test for _, cell, _ in ROWS for _, test in named(cell)}
    for path in (DOCS.parent / "tests/attacks").glob("test_*.py"):
        if path.name != "test_page.py":
            there = set(re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE))
            assert there <= tests, path.name
