"""How often each answer was given, from one asking to the next, of a campaign or a pathway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.words.figures import TOOK_PART, Line, Wording
from domain.figures.publication import Figures
from domain.questionnaires.values import Question


@dataclass(frozen=True, slots=True)
class Point:
    """One asking: a check-in of a campaign, or a step of a pathway."""

    name: str
    figures: Figures
    questions: Sequence[Question]
    #: When it asked; None where it is no day, such as a month after each return.
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Of one answer; None where only a sum was shown."""

    label: str
    lines: list[tuple[Point, Line | None]]


def courses_of_question(
    wording: Wording, points: Sequence[Point], question: Question
) -> list[Course]:
    """Where some are of those who took part and others of everybody, the latter say nothing; nor
    does one that asked something else.
    """
    points = [point for point in points if any(map(question.means_the_same, point.questions))]
    apart = any(point.figures.whole.apart for point in points)
    each = [
        (point, wording.answers(question, whole) if whole.apart == apart else [])
        for point in points
        for whole in (point.figures.whole,)
    ]
    return _courses({choice.name: wording.said(choice.label) for choice in question.choices}, each)


def courses_of_reach(wording: Wording, points: Sequence[Point]) -> list[Course]:
    """First who took part, where it can be said."""
    cells = {TOOK_PART: wording.gettext("Took part")} | wording.steps
    lines = [
        [*wording.who_took_part(point.figures), *wording.reach(point.figures)] for point in points
    ]
    return _courses(cells, list(zip(points, lines, strict=True)))


def _courses(
    labels: Mapping[str, str], each: Sequence[tuple[Point, Sequence[Line]]]
) -> list[Course]:
    """Of whatever was shown by itself at least twice."""
    by_cells = [(point, {line.cells: line for line in lines}) for point, lines in each]
    courses = [
        Course(label, [(point, lines.get((cell,))) for point, lines in by_cells])
        for cell, label in labels.items()
    ]
    return [course for course in courses if sum(line is not None for _, line in course.lines) > 1]
