"""The gravest things in the plainest words of every language: none of them may ever be missed."""

from pathlib import Path

import pytest

from domain.distress import Severity, Watch

CRIES = Path(__file__).with_name("plain_cries.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("line", CRIES)
def test_p1_the_plainest_cries_are_urgent_at_least(watch: Watch, line: str) -> None:
    text = line.partition("|")[2]
    assert watch.assess(text).severity.rank >= Severity.URGENT.rank
