"""What CI makes of pip-audit's report."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).parents[1]
SOUND = {"name": "jinja2", "version": "3.1.6", "vulns": []}
ILL = {
    "name": "jinja2",
    "version": "3.1.3",
    "vulns": [{"id": "PYSEC-2024-1", "fix_versions": ["3.1.4"]}],
}
UNKNOWN = {"name": "segno", "skip_reason": "Dependency not found on PyPI"}


def judged(report: str, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, HOUSE / ".ci/audit.py", *options],
        input=report,
        capture_output=True,
        text=True,
        check=False,
    )


def report(*found: dict[str, Any]) -> str:
    return json.dumps({"dependencies": found, "fixes": []})


def test_a_known_vulnerability_fails_the_build_and_is_named() -> None:
    result = judged(report(SOUND, ILL, UNKNOWN))

    assert result.returncode == 1
    assert "jinja2 3.1.3: PYSEC-2024-1 (mended in 3.1.4)" in result.stderr


def test_a_sound_list_passes_in_silence() -> None:
    result = judged(report(SOUND), "--strict")

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("said", ["", "no JSON", "[]", report(), report(UNKNOWN)])
def test_a_database_that_could_not_be_asked_is_said_and_never_looks_like_an_all_clear(
    said: str,
) -> None:
    assert "NOT AUDITED" in judged(said).stderr
    assert judged(said).returncode == 0
    assert judged(said, "--strict").returncode == 1
