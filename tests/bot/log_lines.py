"""Every line of the log that the code can write, read from the code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).parents[2]
_NAMED_BY_THE_CALLER = ("each_by_itself", "each_due", "if_possible", "together_or_each")
PACKAGES = ("bot", "console", "dialogs", "domain", "handlers", "locales", "storage")


class LogLine(NamedTuple):
    where: str
    message: ast.expr
    facts: dict[str | None, ast.expr]


def log_lines() -> list[LogLine]:
    """One for each call; a helper's line stands for all who name their action to the helper."""
    return [
        LogLine(
            f"{where}:{node.lineno}", node.args[0], {fact.arg: fact.value for fact in node.keywords}
        )
        for where, node in calls(*PACKAGES)
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log"
    ]


def actions() -> set[str]:
    written = (line.facts["action"] for line in log_lines())
    named = (
        fact
        for _, node in calls(*PACKAGES)
        if ast.unparse(node.func) in _NAMED_BY_THE_CALLER
        for fact in node.args
    )
    return {str(value.value) for value in (*written, *named) if isinstance(value, ast.Constant)}


def calls(*packages: str) -> Iterator[tuple[str, ast.Call]]:
    for package in packages:
        for path in sorted((HOUSE / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield str(path.relative_to(HOUSE)), node
