"""An attacker who has every page and every file, and knows the numbers before they were rounded."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.figures.publication import (
    NOTHING,
    SKIPPED,
    Counts,
    Figures,
    Group,
    Trait,
    large_enough,
    publish,
)
from domain.figures.reach import Reach
from domain.figures.suppression import SMALLEST, SMALLEST_SENSITIVE
from domain.questionnaires.values import Choice, Question, Words
from tests.examples import examples

REGIONS = ("AL/Tirana", "AL/Vlorë", "AL/", "MA/", None)
LANGUAGES = ("sq", "ar")
CHOICES = ("house", "work", "papers")
# What somebody may have done, where they took part; and where they did not.
ANSWERS = (*CHOICES, SKIPPED, NOTHING)
SILENT = (Reach.NO_ANSWER, Reach.FAILED_BY_US)
ATOMS = list(product(REGIONS, LANGUAGES, (*ANSWERS, *SILENT)))

Atom = tuple[str | None, str, str]
People = dict[Atom, int]
Known = dict[frozenset[Atom], int]


@st.composite
def populations(draw: st.DrawFn) -> People:
    """Some things many did, some nearly nobody: there the danger lies."""
    people: People = {}
    for did in (*ANSWERS, *SILENT):
        most = draw(st.sampled_from((1, 3, 20)))
        for region, language in product(REGIONS, LANGUAGES):
            people[region, language, did] = draw(st.integers(0, most))
    return people


def question(sensitive: bool) -> Question:
    return Question(
        "need", Words(""), tuple(Choice(name, Words("")) for name in CHOICES), sensitive=sensitive
    )


def counts_of(people: People, trait: Trait) -> dict[str | None, Counts]:
    groups: dict[str | None, Counts] = {}
    for atom, count in people.items():
        did = atom[2]
        group = groups.setdefault(value(atom, trait), Counts())
        group.reach[did if isinstance(did, Reach) else Reach.ANSWERED] += count
        if did in CHOICES or did == SKIPPED:
            group.answers["need", None if did == SKIPPED else did] += count
    return groups


def value(atom: Atom, trait: Trait) -> str | None:
    region, language, _ = atom
    country = region.partition("/")[0] if region else None
    return {Trait.COUNTRY: country, Trait.REGION: region, Trait.LANGUAGE: language}.get(trait)


def seen(people: People, figures: Figures) -> Known:
    """Each sum that is shown: of whom it is, and its exact number."""
    known: Known = {}

    def learn(atoms: Iterable[Atom]) -> None:
        found = frozenset(atoms)
        known[found] = sum(people[atom] for atom in found)

    if figures.whole.people:
        learn(ATOMS)
        for each in figures.reach:
            learn(atom for atom in ATOMS if _step(atom[2]) in each.cells)
        for of_whom, group in _groups(figures):
            learn(of_whom)
            if group.apart:
                learn(atom for atom in of_whom if atom[2] in ANSWERS)
            for each in group.questions["need"]:
                others = SILENT if NOTHING in each.cells and not group.apart else ()
                learn(atom for atom in of_whom if atom[2] in (*each.cells, *others))
    return known


def _step(did: str) -> Reach:
    return did if isinstance(did, Reach) else Reach.ANSWERED


def _groups(figures: Figures) -> Iterator[tuple[list[Atom], Group]]:
    yield ATOMS, figures.whole
    for trait in (Trait.COUNTRY, Trait.REGION, Trait.LANGUAGE):
        groups = figures.groups.get(trait, ())
        names = {group.name for group in groups}
        for group in groups:
            yield [atom for atom in ATOMS if _shown_in(atom, trait, names) == group.name], group


def _shown_in(atom: Atom, trait: Trait, names: set[str | None]) -> str | None:
    """A region that is not shown is in what is left of its country, or else in all others."""
    own = value(atom, trait)
    country = value(atom, Trait.COUNTRY)
    wider = [own, f"{country}/", country] if trait is Trait.REGION else [own]
    return next((name for name in wider if name in names), None)


def taken_apart(known: Known) -> Known:
    """Whatever follows by taking one sum from another that holds it, again and again."""
    found = dict(known)
    fresh = set(known)
    while fresh and len(found) < 300:
        pairs = [(one, other) for one in fresh for other in list(found)]
        fresh = set()
        for one, other in pairs:
            large, small = (one, other) if other < one else (other, one)
            rest = large - small
            if small < large and rest not in found:
                found[rest] = found[large] - found[small]
                fresh.add(rest)
    return found


def bounds(known: Known) -> dict[Atom, tuple[int, int]]:
    """The least and the most that each kind of person may number, as far as sums tell."""
    low = dict.fromkeys(ATOMS, 0)
    high = dict.fromkeys(ATOMS, 10**6)
    for _ in range(6):
        for atoms, total in known.items():
            lows, highs = sum(low[a] for a in atoms), sum(high[a] for a in atoms)
            for atom in atoms:
                high[atom] = min(high[atom], total - (lows - low[atom]))
                low[atom] = max(low[atom], total - (highs - high[atom]))
            # Bounds moved under the sums: the next round takes them up.
    return {atom: (low[atom], high[atom]) for atom in ATOMS}


@given(populations(), st.booleans())
@settings(max_examples=examples(1.2))
def test_p14_whoever_sees_every_figure_can_work_out_no_small_number(
    people: People, sensitive: bool
) -> None:
    figures = publish({trait: counts_of(people, trait) for trait in Trait}, [question(sensitive)])
    known = seen(people, figures)

    assert [n for n in taken_apart(known).values() if 0 < n < SMALLEST] == []
    assert [
        atom for atom, (low, high) in bounds(known).items() if 1 <= low <= high < SMALLEST
    ] == []


def test_what_is_one_sum_for_all_is_one_sum_in_every_group() -> None:
    """Else the groups' papers would be shown with those who skipped, and the rest taken off."""
    people = dict.fromkeys(ATOMS, 0)
    albania = {"papers": 3, "work": 6, SKIPPED: 2, "house": 20, NOTHING: 10}
    morocco = {"papers": 0, "work": 6, SKIPPED: 12, "house": 20, NOTHING: 10}
    people |= {("AL/", "sq", did): count for did, count in albania.items()}
    people |= {("MA/", "ar", did): count for did, count in morocco.items()}
    figures = publish({trait: counts_of(people, trait) for trait in Trait}, [question(False)])

    assert 3 not in taken_apart(seen(people, figures)).values()


@given(populations())
@settings(max_examples=examples(0.6))
def test_of_a_question_about_safety_no_number_below_ten_is_shown(people: People) -> None:
    figures = publish({trait: counts_of(people, trait) for trait in Trait}, [question(True)])
    known = seen(people, figures)
    shown = [known[frozenset(each)] for each in _answers(figures)]

    assert len(shown) == 0 or min(shown) >= SMALLEST_SENSITIVE


def _answers(figures: Figures) -> Iterator[list[Atom]]:
    for of_whom, group in _groups(figures) if figures.whole.people else ():
        if len(group.questions["need"]) > 1:
            for each in group.questions["need"]:
                others = SILENT if NOTHING in each.cells and not group.apart else ()
                yield [atom for atom in of_whom if atom[2] in (*each.cells, *others)]


def test_groups_are_shown_from_twenty_on_and_all_others_as_one() -> None:
    groups = {
        name: Counts(Counter({Reach.ANSWERED: took, Reach.NO_ANSWER: 6}))
        for name, took in {"AL": 40, "MA": 25, "XK": 3, None: 1}.items()
    }

    assert {name: each.took_part for name, each in large_enough(groups).items()} == {
        "AL": 40,
        None: 29,
    }


def test_a_group_that_would_stand_alone_is_not_shown() -> None:
    groups: dict[str | None, Counts] = {
        "AL": Counts(Counter({Reach.ANSWERED: 40})),
        "MA": Counts(Counter({Reach.ANSWERED: 1})),
    }

    assert large_enough(groups) == {}


def test_what_is_kept_is_read_again() -> None:
    people = dict.fromkeys(ATOMS, 12)
    figures = publish({trait: counts_of(people, trait) for trait in Trait}, [question(False)])

    assert Figures.kept(json.loads(json.dumps(figures.to_keep()))) == figures
    assert set(figures.groups) == {Trait.COUNTRY, Trait.REGION, Trait.LANGUAGE}


def took_part(**groups: int) -> dict[str | None, Counts]:
    return {name: Counts(Counter({Reach.ANSWERED: took})) for name, took in groups.items()}


def test_a_region_is_shown_where_as_many_of_its_country_are_left() -> None:
    countries = took_part(AL=71, MA=40, XK=22)
    regions = took_part(
        **{"AL/Tirana": 30, "AL/Vlorë": 38, "AL/": 3, "MA/Fès": 18, "MA/": 22, "XK/Peja": 22}
    )
    figures = publish({Trait.COUNTRY: countries, Trait.REGION: regions}, [question(False)])

    # Three of Albania would be what its two regions leave; Morocco's are too few, Kosovo's are all.
    assert {group.name: group.people for group in figures.groups[Trait.REGION]} == {
        "AL/Vlorë": 35,
        "AL/": 30,
        "MA": 40,
        "XK": 20,
    }


def test_by_stage_or_by_the_time_since_the_return_and_never_by_both() -> None:
    """A month after the return, nearly everybody of the one is in the other: the rest are few."""
    since = took_part(month=30, quarter=32)
    stages = took_part(**{"usual/first-days": 31, "usual/month-1": 31})
    country = took_part(AL=62)
    by_trait = {Trait.COUNTRY: country, Trait.SINCE: since}
    without = publish(by_trait, [question(False)])
    beside = publish({**by_trait, Trait.STAGE: stages}, [question(False)])

    assert (set(without.groups), set(beside.groups)) == ({Trait.SINCE}, {Trait.STAGE})
