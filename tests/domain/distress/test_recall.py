"""Floors and ceilings, not goals: a little worse than what docs/distress.md reports of a set.

Whatever a change to the watch costs more than that is seen here, in each of the eight figures. The
unseen set is none of them: a set that every change is tried on is not unseen.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from benchmarks.distress import HELD_OUT, Tally, files_in, tally, total
from domain.distress import Watch

SHARED = Path(__file__).parents[4] / "shared/data/distress"
CHOSEN_ON = Path(__file__).parent / "chosen_on"
ORDINARY = Path(__file__).parent / "ordinary"
LANGUAGES = ["ar", "ary", "de", "el", "en", "es", "fr", "it", "pl", "pt", "ru", "sq", "uk"]

# In the order of a tally: noticed, signalled, direct, emergency and concern at least; false
# urgent, false signal and false ask at most.
Bounds = tuple[float, float, float, float, float, float, float, float]
BOUNDS: dict[Path, Bounds] = {
    HELD_OUT: (0.99, 0.985, 0.985, 0.98, 0.97, 0.02, 0.025, 0.185),
    CHOSEN_ON: (0.985, 0.94, 0.975, 0.88, 0.8, 0.023, 0.042, 0.13),
    SHARED: (0.985, 0.975, 0.985, 0.95, 0.9, 0.015, 0.02, 0.08),
}
# Public news and household requests: of 5,250 the watch takes 18 for urgent or graver, 0.0034; the
# goal is 0.005, of which every fifth is tried.
EVERY = 5
FALSE_URGENT_OF_NEWS = 0.005

Reckon = Callable[[Path], dict[str, Tally]]


@pytest.fixture(scope="module")
def reckon(watch: Watch) -> Reckon:
    """The tallies of a set, by language: each set is read once."""

    @cache
    def of(place: Path) -> dict[str, Tally]:
        if not place.exists():
            pytest.skip(f"{place.name}: not on this machine, so nothing is held by it")
        # Of the large set every third message, which takes long enough.
        every = 3 if place == CHOSEN_ON else 1
        files = files_in([place])
        return tally(watch, (line for file in files for line in lines_of(file)[::every]))

    return of


def lines_of(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def share(outcomes: list[bool]) -> float:
    return sum(outcomes) / len(outcomes)


def worse(figures: Iterable[tuple[str, list[bool]]], bounds: Bounds) -> dict[str, float]:
    """Those that are beyond their bound."""
    return {
        name: share(outcomes)
        for (name, outcomes), bound in zip(figures, bounds, strict=True)
        if (share(outcomes) > bound if name.startswith("false_") else share(outcomes) < bound)
    }


@pytest.mark.parametrize("place", BOUNDS, ids=lambda place: place.stem)
def test_p1_the_watch_hears_and_leaves_in_peace_about_as_often_as_its_page_says(
    reckon: Reckon, place: Path
) -> None:
    everything = total(reckon(place).values())
    assert worse(vars(everything).items(), BOUNDS[place]) == {}


def test_p1_messages_of_ordinary_days_are_mostly_left_in_peace(reckon: Reckon) -> None:
    ordinary = total(reckon(ORDINARY).values())
    assert share(ordinary.false_urgent) <= 0.01
    assert share(ordinary.false_signal) <= 0.025
    assert share(ordinary.false_ask) <= 0.06


def test_p1_news_and_household_requests_call_nobody_within_the_hour(watch: Watch) -> None:
    if not (SHARED / "benign").exists():
        pytest.skip("the public sentences are not on this machine, so nothing is held by them")
    sample = [line for file in files_in([SHARED / "benign"]) for line in lines_of(file)[::EVERY]]
    everything = total(tally(watch, sample).values())
    assert len(everything.false_urgent) > 1000
    assert share(everything.false_urgent) <= FALSE_URGENT_OF_NEWS


@pytest.mark.parametrize("language", LANGUAGES)
def test_p1_held_out_cries_for_help_are_heard(reckon: Reckon, language: str) -> None:
    result = reckon(HELD_OUT)[language]
    assert share(result.noticed) >= 0.95
    assert share(result.direct) >= 0.95
    assert share(result.false_urgent) <= 0.12


@pytest.mark.parametrize("language", LANGUAGES)
def test_p1_cries_for_help_in_the_development_set_are_heard(reckon: Reckon, language: str) -> None:
    result = reckon(SHARED)[language]
    assert share(result.noticed) >= 0.9
    assert share(result.direct) >= 0.88
    assert share(result.false_urgent) <= 0.12
