import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from domain.distress import Watch
from domain.distress.versions import lexicons_in, version_of

HERE = files("domain.distress")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The watch as it is, to be changed."""
    for file in HERE.iterdir():
        if file.is_file():
            shutil.copy(str(file), tmp_path)
    return tmp_path


def test_a_signal_tells_by_which_watch_it_was_decided() -> None:
    assert Watch.load().version == version_of(HERE)


def test_a_bar_that_was_moved_is_another_version_of_the_same_lexicons(copy: Path) -> None:
    watch = copy / "watch.py"
    watch.write_text(re.sub(r"concern=[\d.]+", "concern=99", watch.read_text("utf-8")), "utf-8")
    moved = version_of(copy)

    assert moved != Watch.load().version
    assert lexicons_in(moved) == lexicons_in(Watch.load().version)


def test_a_model_that_learned_anew_is_another_version_of_the_same_lexicons(copy: Path) -> None:
    (copy / "sentences.hash").write_text("0123456789abcdef\n", "ascii")
    learned = version_of(copy)

    assert learned != Watch.load().version
    assert lexicons_in(learned) == lexicons_in(Watch.load().version)


def test_another_lexicon_is_another_version_of_the_lexicons(copy: Path) -> None:
    (copy / "likeness.made-of").write_text("0123456789abcdef\n", "ascii")
    changed = version_of(copy)

    assert lexicons_in(changed) == "01234567"
    assert lexicons_in(changed) != lexicons_in(Watch.load().version)


def test_a_version_of_before_there_was_a_dash_tells_its_lexicons() -> None:
    assert lexicons_in("01234567") == "01234567"
