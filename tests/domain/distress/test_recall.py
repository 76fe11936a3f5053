"""Floors, not goals: docs/distress.md has the figures."""

from pathlib import Path

import pytest

from benchmarks.distress import HELD_OUT, tally
from domain.distress import Watch

SHARED = Path(__file__).parents[4] / "shared/data/distress"
LANGUAGES = ["ar", "ary", "de", "el", "en", "es", "fr", "it", "pl", "pt", "ru", "sq", "uk"]


def share(outcomes: list[bool]) -> float:
    return sum(outcomes) / len(outcomes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_p1_held_out_cries_for_help_are_heard(watch: Watch, language: str) -> None:
    result = tally(watch, HELD_OUT.read_text("utf-8").splitlines())[language]
    assert share(result.noticed) >= 0.95
    assert share(result.direct) >= 0.95
    assert share(result.false_urgent) <= 0.12


@pytest.mark.parametrize("language", ["ar", "ary", "en", "fr", "sq", "uk"])
def test_p1_cries_for_help_in_the_development_set_are_heard(watch: Watch, language: str) -> None:
    file = SHARED / f"{language}.jsonl"
    if not file.exists():
        pytest.skip("the development set is not on this machine")
    result = tally(watch, file.read_text("utf-8").splitlines())[language]
    assert share(result.noticed) >= 0.9
    assert share(result.direct) >= 0.88
    assert share(result.false_urgent) <= 0.12
