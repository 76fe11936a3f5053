from pathlib import Path

import pytest

from benchmarks.dispatch import busiest_second
from benchmarks.effort import Effort
from benchmarks.frame import NAMES, PAGE, keep, run
from benchmarks.memory import Line
from benchmarks.results import Result
from benchmarks.telegram import Call


def result(
    figure: float,
    peer: float | None = None,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Result:
    return Result(
        name="speed",
        figure=figure,
        unit="sends/s",
        peer_figure=peer,
        at_least=at_least,
        at_most=at_most,
    )


@pytest.mark.parametrize(
    ("found", "reached"),
    [
        (result(50, 100, at_least=0.5), True),
        (result(49, 100, at_least=0.5), False),
        (result(120, 100, at_most=1.2), True),
        (result(121, 100, at_most=1.2), False),
        (result(-5, 100, at_most=0.02), True),
        (result(50, 100), None),
        (result(50, at_least=0.5), None),
    ],
)
def test_a_goal_is_for_the_ratio_to_the_peer(found: Result, reached: bool | None) -> None:
    assert found.reached is reached


def test_a_table_is_kept_between_its_markers_and_nothing_else_changes(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("Before\n<!-- one -->\nold\n<!-- end of one -->\nAfter\n")

    keep("one", [result(50, 100, at_least=0.5)], page)
    keep("one", [result(60, 100, at_least=0.5)], page)

    kept = page.read_text()
    assert kept.startswith("Before\n<!-- one -->\n| what |")
    assert kept.endswith("<!-- end of one -->\nAfter\n")
    assert "| speed | 60 sends/s |" in kept
    assert "old" not in kept
    assert "50 sends/s" not in kept


def test_the_page_has_a_place_for_every_benchmark() -> None:
    page = PAGE.read_text()

    assert all(f"<!-- {name} -->" in page and f"<!-- end of {name} -->" in page for name in NAMES)


def test_an_unknown_benchmark_is_refused_before_anything_is_measured() -> None:
    with pytest.raises(LookupError, match="There is no benchmark 'speed': choose of inbound,"):
        run(["inbound", "speed"], Effort(quick=True), as_json=True, write=False)


def test_the_busiest_second_may_begin_anywhere() -> None:
    calls = [Call(at, "sendmessage", 1) for at in (0.0, 0.875, 1.0, 1.5, 1.75, 1.875, 3.0)]

    assert busiest_second(calls) == 4


def test_a_steady_growth_is_found_with_no_margin_left() -> None:
    line = Line()
    for minute in range(60):
        line.add(minute * 60, (100 + minute) * 1024 * 1024)

    assert line.slope == pytest.approx(60)
    assert line.margin == pytest.approx(0, abs=1e-6)
