"""What may be shown of the answers that were counted: safe to be read by anybody.

Everybody who was to be asked is counted, those who said nothing as well.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from domain.figures.reach import Reach
from domain.figures.suppression import (
    SMALLEST,
    SMALLEST_GROUP,
    SMALLEST_SENSITIVE,
    classes,
    rounded,
)
from domain.questionnaires.values import Question

#: Besides the choices of a question: they skipped it.
SKIPPED = "?skipped"
#: They were not asked it, kept it from the team, or (where all people are the base) took no part.
NOTHING = "?nothing"


class Trait(StrEnum):
    """By what people are grouped: these and no others, whoever asks."""

    COUNTRY = "country"
    #: Each as "country/region"; nothing after the slash where the region is not known.
    REGION = "region"
    LANGUAGE = "language"
    SINCE = "since"
    #: Each as "pathway/stage", by their keys.
    STAGE = "stage"


_TOOK_PART = (Reach.ANSWERED, Reach.STARTED)
_TOOK_NONE = (Reach.DECLINED, Reach.NO_ANSWER, Reach.FAILED_BY_US, Reach.NOT_ASKED)


@dataclass(slots=True)
class Counts:
    """What was counted of some people, before anything is hidden. Never shown, never kept."""

    reach: Counter[Reach] = field(default_factory=Counter)
    #: By question and choice; None for a question that was skipped.
    answers: Counter[tuple[str, str | None]] = field(default_factory=Counter)

    @property
    def people(self) -> int:
        return self.reach.total()

    @property
    def took_part(self) -> int:
        return sum(self.reach[step] for step in _TOOK_PART)

    @classmethod
    def of(cls, parts: "Iterable[Counts]") -> "Counts":
        whole = cls()
        for part in parts:
            whole.reach.update(part.reach)
            whole.answers.update(part.answers)
        return whole


@dataclass(frozen=True, slots=True)
class Sum:
    """How many, rounded down, are in one of these cells."""

    cells: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    #: What they have in common, by the trait: "AL/" for people of Albania who are in no region that
    #: is shown. None for all others together.
    name: str | None
    people: int
    #: How many people the answers are of.
    base: int
    #: Whether `base` counts those who took part; else it counts everybody, since those who did not
    #: take part are too few to be told apart.
    apart: bool
    questions: dict[str, tuple[Sum, ...]]


@dataclass(frozen=True, slots=True)
class Figures:
    whole: Group
    reach: tuple[Sum, ...]
    #: By trait, if there are groups large enough.
    groups: dict[str, tuple[Group, ...]]
    #: Of the questionnaire, by which they were counted; None for what was counted before it was
    #: noted.
    edition: str | None = None

    def to_keep(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def kept(cls, kept: dict[str, Any]) -> Self:
        return cls(
            _group(kept["whole"]),
            _sums(kept["reach"]),
            {trait: tuple(map(_group, groups)) for trait, groups in kept["groups"].items()},
            kept.get("edition"),
        )


def publish(
    by_trait: Mapping[Trait, Mapping[str | None, Counts]],
    questions: Sequence[Question],
    edition: str | None = None,
) -> Figures:
    """Each trait parts the same people, all of them; None is for those of whom it is not known."""
    whole = Counts.of(next(iter(by_trait.values())).values())
    if whole.people < SMALLEST:
        return Figures(Group(None, 0, 0, False, {}), (), {}, edition)
    apart = _stand_apart([whole])
    shown = _shown({None: whole}, questions, apart, {})[0]
    groups: dict[str, tuple[Group, ...]] = {}
    for trait, parts in _groups(by_trait).items():
        # A region's sums may say no more of a country than the country's own.
        within = groups.get(Trait.COUNTRY, ()) if trait is Trait.REGION else ()
        together = _together(next(iter(within), shown))
        apart_here = apart and _stand_apart(parts.values())
        groups[trait.value] = tuple(_shown(parts, questions, apart_here, together))
    return Figures(shown, _reach_of(whole, apart), groups, edition)


def _groups(
    by_trait: Mapping[Trait, Mapping[str | None, Counts]],
) -> dict[Trait, dict[str | None, Counts]]:
    """Those of each trait that can be shown, if there are."""
    groups = {each: large_enough(by_trait[each]) for each in Trait if each in by_trait}
    if Trait.REGION in groups:
        groups[Trait.REGION] = _regions(by_trait[Trait.REGION], groups[Trait.COUNTRY])
    if groups.get(Trait.STAGE):
        # Both cut by time, a little apart: whoever is between the two cuts may be alone there.
        groups.pop(Trait.SINCE, None)
    return {trait: parts for trait, parts in groups.items() if parts}


def _regions(
    regions: Mapping[str | None, Counts], countries: Collection[str | None]
) -> dict[str | None, Counts]:
    """Each country that is shown is parted by itself, so that whatever its regions leave of it is
    as large as a group.
    """
    groups: dict[str | None, Counts] = {}
    within = _by_country(regions, countries)
    for country in sorted(within, key=lambda name: (name is None, name)):
        split = large_enough(within[country]) if country or not countries else {}
        elsewhere = f"{country}/" if split and country else country
        for name, counts in (split or {None: Counts.of(within[country].values())}).items():
            groups[name or elsewhere] = counts
    return groups if any(map(_region_of, groups)) else {}


def _by_country(
    regions: Mapping[str | None, Counts], countries: Collection[str | None]
) -> dict[str | None, dict[str | None, Counts]]:
    """None is for all countries that are not shown, and in each for all of whom no region is
    known.
    """
    within: dict[str | None, dict[str | None, Counts]] = {}
    for name, counts in regions.items():
        country = (name or "").partition("/")[0]
        parts = within.setdefault(country if country in countries else None, {})
        region = name if _region_of(name) else None
        parts[region] = Counts.of([counts, *filter(None, [parts.get(region)])])
    return within


def _region_of(name: str | None) -> str:
    return (name or "").partition("/")[2]


def large_enough(groups: Mapping[str | None, Counts]) -> dict[str | None, Counts]:
    """Those groups in which enough people took part, and all others as one; none, where that would
    be a single one.
    """
    large = {
        name: counts
        for name, counts in sorted(groups.items(), key=lambda item: item[1].took_part)
        if name is not None and counts.took_part >= SMALLEST_GROUP
    }
    others = Counts.of(counts for name, counts in groups.items() if name not in large)
    while large and others.people > 0 and others.took_part < SMALLEST_GROUP:
        others = Counts.of((others, large.pop(next(iter(large)))))
    parts: dict[str | None, Counts] = {name: large[name] for name in sorted(large, key=str)}
    if others.people:
        parts[None] = others
    return parts if len(parts) > 1 else {}


def _stand_apart(groups: Iterable[Counts]) -> bool:
    """Whether it can be shown how many took part and how many did not."""
    return all(
        min(counts.took_part, counts.people - counts.took_part) >= SMALLEST for counts in groups
    )


def _reach_of(whole: Counts, apart: bool) -> tuple[Sum, ...]:
    parts = (_TOOK_PART, _TOOK_NONE) if apart else (_TOOK_PART + _TOOK_NONE,)
    return tuple(
        Sum(tuple(cells), rounded(sum(whole.reach[cell] for cell in cells), SMALLEST))
        for part in parts
        for cells in classes({step: (whole.reach[step],) for step in part}, SMALLEST)
    )


def _shown(
    groups: Mapping[str | None, Counts],
    questions: Sequence[Question],
    apart: bool,
    together: Mapping[str, tuple[str, ...]],
) -> list[Group]:
    bases = [counts.took_part if apart else counts.people for counts in groups.values()]
    sums: list[dict[str, tuple[Sum, ...]]] = [{} for _ in bases]
    for question in questions:
        smallest = SMALLEST_SENSITIVE if question.sensitive else SMALLEST
        cells = _cells(question, list(groups.values()), bases)
        shown = classes(cells, smallest, together.get(question.name, ()))
        for number, of_group in enumerate(sums):
            of_group[question.name] = tuple(
                Sum(each, rounded(sum(cells[cell][number] for cell in each), smallest))
                for each in shown
            )
    return [
        Group(name, rounded(counts.people, SMALLEST), rounded(base, SMALLEST), apart, of_group)
        for (name, counts), base, of_group in zip(groups.items(), bases, sums, strict=True)
    ]


def _cells(question: Question, groups: list[Counts], bases: list[int]) -> dict[str, list[int]]:
    """How many of each group chose what. Together they are the group's base."""
    cells = {
        choice.name: [counts.answers[question.name, choice.name] for counts in groups]
        for choice in question.choices
    }
    cells[SKIPPED] = [counts.answers[question.name, None] for counts in groups]
    answered = [sum(row) for row in zip(*cells.values(), strict=True)]
    cells[NOTHING] = [max(0, base - some) for base, some in zip(bases, answered, strict=True)]
    return cells


def _together(group: Group) -> dict[str, tuple[str, ...]]:
    """Of each question, the cells that are together, if there are such."""
    return {
        question: next((each.cells for each in sums if len(each.cells) > 1), ())
        for question, sums in group.questions.items()
    }


def _sums(kept: list[dict[str, Any]]) -> tuple[Sum, ...]:
    return tuple(Sum(tuple(each["cells"]), each["count"]) for each in kept)


def _group(kept: dict[str, Any]) -> Group:
    questions = {name: _sums(sums) for name, sums in kept["questions"].items()}
    return Group(kept["name"], kept["people"], kept["base"], kept["apart"], questions)
