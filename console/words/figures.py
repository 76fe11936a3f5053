"""Figures of groups in words: the same for a page and for a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from console.words import texts
from domain.figures.publication import NOTHING, SKIPPED, Figures, Group, Sum, Trait
from domain.figures.reach import Reach
from domain.figures.suppression import SMALLEST, SMALLEST_SENSITIVE
from domain.figures.traits import Since
from domain.figures.uncertainty import Share, share_of
from domain.marks import N_
from domain.questionnaires.values import Question, Questionnaire, Words
from locales.catalogues import LANGUAGES, locale_of

# More of them in one sum are read by nobody; the file has them all.
_MOST_NAMED = 3
#: Of a whole group: answered, or began to.
TOOK_PART = "took-part"
_ELSEWHERE = N_("elsewhere, or not known where")
# In a file.
_NO_GROUP = _NOT_ASKED = ("", "")
_BESIDE = {SKIPPED: N_("Skipped"), NOTHING: N_("No answer that is kept")}


@dataclass(frozen=True, slots=True)
class Line:
    """How many of whom."""

    label: str
    #: As they were counted: a sign keeps what stands beside the choices of a question apart from
    #: them, since a choice may have the same name.
    cells: tuple[str, ...]
    #: 0 for nobody and for fewer than `smallest` alike.
    count: int
    base: int
    smallest: int

    @property
    def code(self) -> str:
        """For a file."""
        return "+".join(self.cells)

    @property
    def share(self) -> Share | None:
        return share_of(self.count, self.base) if self.count and self.base else None

    @property
    def note(self) -> str:
        """Of what is too few to be told, in a file."""
        return "" if self.count else f"< {self.smallest}"


@dataclass(frozen=True, slots=True)
class Table:
    """What a group answered to a question."""

    group: str
    base: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Wording:
    """In the reader's language."""

    language: str
    gettext: Callable[[str], str]
    #: What a pathway and its stage are called, by "pathway/stage".
    stages: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    #: How far it came, of what was asked; or, of what was only to be read.
    reaches: Mapping[Reach, str] = field(default_factory=lambda: texts.REACHES)

    def about(self, asked: Questionnaire) -> "Wording":
        return replace(self, reaches=texts.READ) if asked.is_information else self

    def said(self, words: Words) -> str:
        return words.said(self.language, self.gettext)

    @property
    def steps(self) -> dict[str, str]:
        """How far a check-in can come, once it is over."""
        return {
            step.value: self.gettext(words)
            for step, words in self.reaches.items()
            if step not in (Reach.TO_COME, Reach.ASKED)
        }

    def reach(self, figures: Figures) -> list[Line]:
        people = figures.whole.people
        return [self._line(each, people, SMALLEST, self.step) for each in figures.reach]

    def step(self, cell: str) -> str:
        """How far one came."""
        return self.gettext(self.reaches[Reach(cell)])

    def who_took_part(self, figures: Figures) -> list[Line]:
        """Of everybody; nothing where it can't be said how many did not."""
        whole = figures.whole
        if not whole.apart:
            return []
        label = self.gettext("Took part")
        return [Line(label, (TOOK_PART,), whole.base, whole.people, SMALLEST)]

    def took_part(self, figures: Figures) -> Iterator[tuple[Trait, list[Line]]]:
        """Of each group, where it can be said how many did not."""
        for trait in Trait:
            groups = figures.groups.get(trait, ())
            if groups and all(group.apart for group in groups):
                lines = [
                    Line(
                        self.group(trait, group.name),
                        (TOOK_PART,),
                        group.base,
                        group.people,
                        SMALLEST,
                    )
                    for group in groups
                ]
                yield trait, lines

    def answers(self, question: Question, group: Group) -> list[Line]:
        smallest = SMALLEST_SENSITIVE if question.sensitive else SMALLEST
        labels = {choice.name: self.said(choice.label) for choice in question.choices}
        labels |= {cell: self.gettext(label) for cell, label in _BESIDE.items()}
        return [
            # Counted before editions were noted, and dropped by the next one.
            self._line(each, group.base, smallest, lambda cell: labels.get(cell, cell))
            for each in group.questions.get(question.name, ())
        ]

    def by_groups(
        self, question: Question, figures: Figures
    ) -> Iterator[tuple[Trait, list[Table]]]:
        """Only where there is more to see than a single sum."""
        for trait in Trait:
            tables = [
                Table(self.group(trait, group.name), group.base, lines)
                for group in figures.groups.get(trait, ())
                if len(lines := self.answers(question, group)) > 1
            ]
            if tables:
                yield trait, tables

    def group(self, trait: Trait, name: str | None) -> str:
        if name is None:
            return self.gettext("All others")
        match trait:
            case Trait.COUNTRY:
                return self._country(name)
            case Trait.REGION:
                return self._region(name)
            case Trait.LANGUAGE:
                return LANGUAGES.get(name, name)
            case Trait.SINCE:
                return self.gettext(texts.SINCE[Since(name)])
            case Trait.STAGE:
                return " · ".join(map(self.said, self.stages.get(name, (Words(name),))))

    def rows(
        self, head: Sequence[object], figures: Figures, questions: Sequence[Question]
    ) -> Iterator[list[object]]:
        """For a file: everything that the page shows, a line for each sum behind its head."""
        for row in self._of_people(figures):
            yield [*head, *row]
        for question in questions:
            for row in self._of_answers(question, figures):
                yield [*head, *row]

    def _of_people(self, figures: Figures) -> Iterator[list[object]]:
        for line in (*self.who_took_part(figures), *self.reach(figures)):
            yield _row(_NO_GROUP, _NOT_ASKED, line)
        for trait, lines in self.took_part(figures):
            for line in lines:
                said = replace(line, label=self.gettext("Took part"))
                yield _row((trait.value, line.label), _NOT_ASKED, said)

    def _of_answers(self, question: Question, figures: Figures) -> Iterator[list[object]]:
        asked = (question.name, self.said(question.label))
        for line in self.answers(question, figures.whole):
            yield _row(_NO_GROUP, asked, line)
        for trait, table in self.tables(question, figures):
            for line in table.lines:
                yield _row((trait.value, table.group), asked, line)

    def tables(self, question: Question, figures: Figures) -> Iterator[tuple[Trait, Table]]:
        for trait, tables in self.by_groups(question, figures):
            for table in tables:
                yield trait, table

    def _line(self, each: Sum, base: int, smallest: int, named: Callable[[str], str]) -> Line:
        label = self.gettext(N_("Everything else"))
        if len(each.cells) <= _MOST_NAMED:
            label = " · ".join(dict.fromkeys(map(named, each.cells)))
        return Line(label, each.cells, each.count, base, smallest)

    def _country(self, code: str) -> str:
        country: str = locale_of(self.language).territories.get(code, code)
        return country

    def _region(self, name: str) -> str:
        """A country without a slash after it is shown whole."""
        code, slash, region = name.partition("/")
        country = self._country(code)
        if not slash:
            return country
        return f"{country}, {region or self.gettext(_ELSEWHERE)}"


def _row(group: tuple[str, str], asked: tuple[str, str], line: Line) -> list[object]:
    counts = [line.count or None, line.base or None]
    return [*group, *asked, line.code, line.label, *counts, *share_cells(line.share), line.note]


def share_cells(share: Share | None) -> list[float | None]:
    """For a file: the share, and between what it may lie."""
    if share is None:
        return [None, None, None]
    return [round(each, 3) for each in (share.share, share.low, share.high)]


def minutes(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(minutes=1), 1)


#: The heading of each of share_cells, and its tag (https://hxlstandard.org).
SHARE_COLUMNS = {
    "share": "#indicator+share+num",
    "share_from": "#indicator+share+num+min",
    "share_to": "#indicator+share+num+max",
}
#: The same of each column behind the head.
COLUMNS = {
    "grouped_by": "#group+type",
    "group": "#group+name",
    "question": "#indicator+question+code",
    "question_text": "#indicator+question+name",
    "answer": "#indicator+answer+code",
    "answer_text": "#indicator+answer+name",
    "people": "#indicator+people+num",
    "of_people": "#indicator+base+num",
    **SHARE_COLUMNS,
    "fewer_than": "#meta+note",
}
