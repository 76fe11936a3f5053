"""Askings laid side by side."""

from dataclasses import replace

from console.words.courses import Point, courses_of_question
from console.words.figures import Wording
from domain.figures.publication import Counts, Trait, publish
from domain.figures.reach import Reach
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Choice, Words

(NEED,) = [each for each in SAFETY_AND_NEEDS.counted_questions if each.name == "need"]
#: The same code, and something else behind it.
OTHER = replace(
    NEED,
    choices=tuple(
        replace(each, label=Words("A rest")) if each.name == "work" else each
        for each in NEED.choices
    ),
)


def test_an_asking_that_asked_something_else_says_nothing_beside_the_others() -> None:
    counts = Counts()
    counts.reach[Reach.ANSWERED], counts.reach[Reach.NO_ANSWER] = 30, 20
    counts.answers["need", "work"], counts.answers["need", "papers"] = 20, 10
    figures = publish({Trait.COUNTRY: {"AL": counts}}, [NEED])
    points = [
        Point(name, figures, (question,))
        for name, question in (("May", NEED), ("June", OTHER), ("July", NEED))
    ]
    (work,) = courses_of_question(Wording("en", str), points, NEED)

    assert [point.name for point, _ in work.lines] == ["May", "July"]


def test_what_is_not_known_is_no_answer_of_the_same_name() -> None:
    nothing = next(each for each in NEED.choices if each.name == "nothing")
    meal = Choice("skipped", Words("I skipped a meal"))
    question = replace(NEED, choices=(nothing, meal))
    counts = Counts()
    counts.reach[Reach.ANSWERED], counts.reach[Reach.NO_ANSWER] = 240, 20
    counts.answers["need", "nothing"], counts.answers["need", "skipped"] = 90, 70
    counts.answers["need", None] = 50
    figures = publish({Trait.COUNTRY: {"AL": counts}}, [question])
    wording = Wording("en", str)
    points = [Point(name, figures, (question,)) for name in ("May", "June")]
    courses = courses_of_question(wording, points, question)

    assert {each.label: [line.count for _, line in each.lines if line] for each in courses} == {
        "Nothing for now": [90, 90],
        "I skipped a meal": [70, 70],
    }
    in_file = {row[4]: row[6] for row in wording.rows([], figures, [question]) if row[2]}
    assert in_file == {"nothing": 90, "skipped": 70, "?skipped": 50, "?nothing": 30}
