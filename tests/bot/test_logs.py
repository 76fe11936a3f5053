"""What the log may say."""

import ast
import json
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr
from errno import ENOSPC
from io import StringIO

import pytest
import structlog

from bot.logs import log_to
from tests.bot.log_lines import HOUSE, LogLine, actions, log_lines

# Codes and counts, each by what may stand there: a name more in here is one that was looked at. An
# error is a code, never its words; `error=error` would be them.
FACTS = {
    "action": r"'[a-z-]+\.[a-z-]+'",
    "error": r"code_of\(\w+\)|type\(\w+\)\.__name__|'\w+'",
    "tick": r"tick\.name",
    # What would have been said, by its name.
    "notice": r"notice",
    # A pattern of addresses, which names nobody.
    "page": r"route",
    "number": r"number|row\.number|ended|seconds|unopened|unread",
}
# There the caller names it.
_HELPER = "domain/one_by_one.py"


@pytest.mark.parametrize("line", log_lines(), ids=lambda line: line.where)
def test_p8_every_line_is_a_fixed_sentence_with_an_action_and_codes(line: LogLine) -> None:
    facts = {name: ast.unparse(value) for name, value in line.facts.items()}
    assert "action" in facts
    if line.where.startswith(_HELPER):
        assert facts.pop("action") == "action"
    assert {name: said for name, said in facts.items() if not may_stand(name, said)} == {}
    sentences = line.message, getattr(line.message, "body", line.message)
    assert any(isinstance(sentence, ast.Constant) for sentence in sentences)


def may_stand(name: str | None, said: str) -> bool:
    return name in FACTS and re.fullmatch(FACTS[name], said) is not None


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What is written into the log meanwhile."""
    before = structlog.get_config()
    with redirect_stderr(getattr(request, "param", None) or StringIO()) as stream:
        log_to(None)
        yield stream
    structlog.configure(**before)
    logging.disable(logging.NOTSET)


def test_p8_what_is_no_text_or_number_is_written_by_its_kind_alone(written: StringIO) -> None:
    error = ValueError("He locked me in")
    facts = {"error": error, "number": 3, "tick": None, "more": [error, {"one": error, "two": "x"}]}
    structlog.get_logger().error("a sentence", action="some.action", **facts)

    line = json.loads(written.getvalue())
    assert line["error"] == "ValueError"
    assert (line["number"], line["tick"]) == (3, None)
    assert line["more"] == ["ValueError", {"one": "ValueError", "two": "x"}]


def test_p8_a_librarys_warning_is_written_by_its_kind_alone(written: StringIO) -> None:
    warnings.simplefilter("always")
    warnings.warn("Update: He locked me in", RuntimeWarning, stacklevel=1)

    line = json.loads(written.getvalue())
    assert (line["action"], line["error"]) == ("library.warned", "RuntimeWarning")
    assert "locked" not in written.getvalue()


class Full(StringIO):
    def write(self, _: str) -> int:
        raise OSError(ENOSPC, "No space left on device")


@pytest.mark.parametrize("written", [Full()], indirect=True)
def test_p1_a_log_on_a_full_disk_ends_nothing(written: StringIO) -> None:
    structlog.get_logger().error("a sentence", action="some.action")

    assert written.getvalue() == ""


def test_the_operators_page_lists_every_action() -> None:
    page = (HOUSE / "docs/operations.md").read_text()
    listed = re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \|", page, re.MULTILINE)

    assert sorted(listed) == sorted(actions())
