"""docs/promises.md says of each promise how far it is kept, and by which tests."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
PAGE = (HOUSE / "docs/promises.md").read_text()
PROMISES = range(1, 15)


def _tests() -> dict[int, set[str]]:
    """The files with tests whose name carries a promise's number."""
    files: dict[int, set[str]] = defaultdict(set)
    for path in (HOUSE / "tests").rglob("test_*.py"):
        for numbers in re.findall(r"def test_((?:p\d+_)+)", path.read_text()):
            for number in re.findall(r"\d+", numbers):
                files[int(number)].add(str(path.relative_to(HOUSE)))
    return files


def _links() -> dict[int, list[str]]:
    """The tests that each promise's section lists."""
    sections = re.split(r"^## P(\d+) ", PAGE, flags=re.MULTILINE)[1:]
    return {
        int(number): re.findall(r"^- \[[^]]+\]\(\.\./(tests/[^)]+)\)$", section, re.MULTILINE)
        for number, section in zip(sections[::2], sections[1::2], strict=True)
    }


TESTS, LINKS = _tests(), _links()


@pytest.mark.parametrize("number", PROMISES)
def test_every_promise_has_a_test_and_lists_each_file_that_holds_one_in_order(number: int) -> None:
    assert TESTS[number]
    assert LINKS[number] == sorted(TESTS[number])


def test_there_are_fourteen_promises_and_each_says_how_far_it_is_kept() -> None:
    assert list(LINKS) == list(PROMISES)
    assert len(re.findall(r"^\*\*(?:Kept|Kept in part)\.\*\* ", PAGE, re.MULTILINE)) == 14
    assert set(TESTS) <= set(PROMISES)
