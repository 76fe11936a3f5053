"""Rules of the house that no linter holds."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
PACKAGES = (
    "bot",
    "benchmarks",
    "console",
    "dialogs",
    "domain",
    "handlers",
    "locales",
    "simulator",
    "storage",
)
# Floors whose rooms the map names; those of dialogs/ are its features.
ROOMY = ("bot", "console", "domain", "handlers", "simulator", "storage")
LONGEST = 400
LISTS = ("install", "run", "dev", "sentences", "audit", "fuzz", "mutants", "scan")


def dependencies(list_: str) -> set[str]:
    """What a list of ours asks for, by normalised name."""
    lines = (HOUSE / f"requirements/{list_}.in").read_text().splitlines()
    found = (re.match(r"[\w.-]+", line) for line in lines if not line.startswith(("#", "-")))
    return {normalised(match[0]) for match in found if match}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(list_: str) -> dict[str, str]:
    """What stands in a lock file of each package: its markers and hashes."""
    text = (HOUSE / f"requirements/{list_}.txt").read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    return {
        normalised(entry.partition("==")[0].split("[")[0]): entry
        for entry in entries
        if "==" in entry
    }


@pytest.mark.parametrize("list_", LISTS)
def test_a_lock_file_holds_names_versions_and_hashes_but_no_addresses(list_: str) -> None:
    assert "://" not in (HOUSE / f"requirements/{list_}.txt").read_text()
    assert all("--hash=sha256:" in entry for entry in locked(list_).values())


@pytest.mark.parametrize("list_", LISTS)
def test_every_dependency_is_locked_and_its_reason_written_down(list_: str) -> None:
    page = (HOUSE / "docs/decisions/dependencies.md").read_text()
    reasons = {normalised(name) for name in re.findall(r"^\| (\w[\w.-]+) \|", page, re.MULTILINE)}

    assert dependencies(list_) <= set(locked(list_))
    assert dependencies(list_) <= reasons


def test_no_reason_is_kept_for_a_dependency_that_has_gone() -> None:
    page = (HOUSE / "docs/decisions/dependencies.md").read_text()
    reasons = {normalised(name) for name in re.findall(r"^\| (\w[\w.-]+) \|", page, re.MULTILINE)}

    assert reasons - {"package"} == set().union(*map(dependencies, LISTS))


def test_nothing_reaches_up_a_floor() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    linted = subprocess.run(
        [lint, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, check=False
    )

    assert linted.returncode == 0, linted.stdout


def test_no_module_of_ours_is_longer_than_can_be_read_at_once() -> None:
    long = {
        str(path.relative_to(HOUSE)): lines
        for package in (*PACKAGES, "tests")
        for path in (HOUSE / package).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > LONGEST
    }

    assert long == {}


def test_every_link_between_our_pages_leads_somewhere() -> None:
    pages = [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")]
    lost = {
        f"{page.relative_to(HOUSE)}: {link}"
        for page in pages
        for link in re.findall(r"(?<!!)\[[^\]]*\]\((?!\w+:)([^)]+)\)", page.read_text())
        if not _is_there(page, *link.partition("#")[::2])
    }

    assert lost == set()


def _is_there(page: Path, address: str, heading: str) -> bool:
    target = page.parent / address if address else page
    if not heading or not target.is_file():
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
    return heading in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def test_the_index_of_decisions_has_each_of_them_once_and_by_its_title() -> None:
    folder = HOUSE / "docs/decisions"
    index = (folder / "README.md").read_text()
    listed = re.findall(r"^- \[(.+)\]\((\d.+)\)$", index, re.MULTILINE)
    decisions = [
        (page.read_text().partition("\n")[0].removeprefix("# "), page.name)
        for page in folder.glob("0*.md")
    ]

    assert sorted(listed) == sorted(decisions)
    assert all(page.startswith(title.split()[0]) for title, page in decisions)


def test_the_map_of_the_house_names_every_floor_and_room_and_nothing_that_is_not_there() -> None:
    places = set(re.findall(r"`([a-z_]+/[\w./]*)`", (HOUSE / "docs/house.md").read_text()))

    assert {f"{package}/" for package in PACKAGES} <= places
    assert {f"{room}/" for floor in ROOMY for room in _rooms(floor)} <= places
    assert {place for place in places if not (HOUSE / place).exists()} == set()


def _rooms(floor: str) -> list[str]:
    return [str(each.parent.relative_to(HOUSE)) for each in (HOUSE / floor).glob("*/__init__.py")]


@pytest.mark.parametrize("floor", ROOMY)
def test_a_room_knows_only_those_that_come_before_it_on_the_map(floor: str) -> None:
    order, rooms = _order(floor), {Path(room).name for room in _rooms(floor)}
    reaching = {
        f"{room} -> {other}"
        for place, room in enumerate(order)
        for other in _known_to(floor, room)
        if other in order[place + 1 :]
    }

    assert rooms <= set(order)
    assert all((HOUSE / floor / room).is_dir() for room in order)
    assert reaching == set()


def _order(floor: str) -> list[str]:
    """Of the rows; those of the domain are sorted by what they are for, and have a list."""
    page = (HOUSE / "docs/house.md").read_text()
    if floor == "domain":
        lines, name = re.findall(r"^\d\. .*", page, re.MULTILINE), r"`(\w+)`"
    else:
        lines, name = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE), rf"`{floor}/(\w+)/`"
    return [room for line in lines for room in re.findall(name, line)]


def _known_to(floor: str, room: str) -> set[str]:
    """Within functions, too: a command of the shell imports what it needs when it is called."""
    code = "\n".join(path.read_text() for path in (HOUSE / floor / room).rglob("*.py"))
    named = re.findall(rf"^ *from {floor}(?:\.(\w+)| import (.+))", code, re.MULTILINE)
    return {other for room, several in named for other in re.findall(r"\w+", room or several)}


def test_what_several_tests_need_stands_in_no_module_of_tests() -> None:
    """Whoever looks for it finds it by the name of its module."""
    borrowed = re.compile(
        r"^\s*(?:from tests[\w.]* import .*\btest_"
        r"|from tests\.[\w.]*\btest_\w+ import"
        r"|import tests\.[\w.]*\btest_)",
        re.MULTILINE,
    )
    modules = [path for floor in ("tests", "benchmarks") for path in (HOUSE / floor).rglob("*.py")]
    assert [path for path in modules if borrowed.search(path.read_text())] == []


def test_git_keeps_no_data_key_or_secret() -> None:
    ignored = (HOUSE / ".gitignore").read_text().splitlines()

    assert {".venv/", ".wayhome/", "/secrets/", ".env"} <= set(ignored)


def test_without_a_new_enough_python_make_says_so_in_one_sentence(tmp_path: Path) -> None:
    shutil.copy(HOUSE / "Makefile", tmp_path)
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    shutil.copytree(HOUSE / "requirements", tmp_path / "requirements")

    made = subprocess.run(
        ["make", "--silent", "demo", "PYTHON=/bin/false"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode != 0
    assert made.stderr.startswith("Wayhome needs Python 3.11 or newer: ")
    assert not (tmp_path / ".venv").exists()
