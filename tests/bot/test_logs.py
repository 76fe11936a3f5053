"""What the log may say."""

import ast
import re

import pytest

from tests.bot.log_lines import HOUSE, LogLine, actions, log_lines

# Codes and counts. An error is a code, never its words.
FACTS = {"action", "error", "tick", "number"}


@pytest.mark.parametrize("line", log_lines(), ids=lambda line: line.where)
def test_p8_every_line_is_a_fixed_sentence_with_an_action_and_codes(line: LogLine) -> None:
    assert set(line.facts) <= FACTS
    action = line.facts["action"]
    assert isinstance(action, ast.Constant) or line.where.startswith("domain/one_by_one.py")
    sentences = line.message, getattr(line.message, "body", line.message)
    assert any(isinstance(sentence, ast.Constant) for sentence in sentences)
    error = line.facts.get("error")
    assert error is None or ast.unparse(error).startswith(("code_of(", "type(", "error"))


def test_the_operators_page_lists_every_action() -> None:
    page = (HOUSE / "docs/operations.md").read_text()
    listed = re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \|", page, re.MULTILINE)

    assert sorted(listed) == sorted(actions())
