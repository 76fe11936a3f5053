"""Scales that others validated, word for word. In English alone: nobody translates them on the way.

They measure, and diagnose nothing. An organisation uses them once it has named a clinician who
looks after their results.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.questionnaires.values import Band, Choice, Question, Questionnaire, Words
from storage.kinds import Severity

# Somebody should look at it soon; nobody is in danger because of points.
_HIGH = Severity.CONCERN


def _words(text: str) -> Words:
    return Words(text, {"en": text})


def _scale(
    key: str,
    title: str,
    stem: str,
    items: Sequence[tuple[str, str]],
    answers: Sequence[tuple[str, str, int]],
    bands: Sequence[tuple[int, int, str, Severity]],
    source: str,
) -> Questionnaire:
    choices = tuple(Choice(name, _words(label), score=points) for name, label, points in answers)
    questions = tuple(
        Question(
            name,
            _words(f"{stem} {item}"),
            choices,
            scales=(key,),
            sensitive=True,
            private=True,
        )
        for name, item in items
    )
    return Questionnaire(
        key,
        1,
        _words(title),
        questions,
        tuple(Band(key, low, high, _words(label), alert) for low, high, label, alert in bands),
        languages=("en",),
        adults_only=True,
        clinical=True,
        source=source,
    )


_BOTHERED = "Over the last 2 weeks, how often have you been bothered by"
#: Asked until its first line stood there in full, and kept for those buttons.
PHQ_4_FIRST = _scale(
    "phq-4",
    "PHQ-4 (anxiety and low mood)",
    f"{_BOTHERED}:",
    (
        ("nervous", "Feeling nervous, anxious or on edge"),
        ("worrying", "Not being able to stop or control worrying"),
        ("interest", "Little interest or pleasure in doing things"),
        ("down", "Feeling down, depressed, or hopeless"),
    ),
    (
        ("not-at-all", "Not at all", 0),
        ("several-days", "Several days", 1),
        ("more-than-half", "More than half the days", 2),
        ("nearly-every-day", "Nearly every day", 3),
    ),
    (
        (0, 2, "Normal", Severity.NONE),
        (3, 5, "Mild", Severity.NONE),
        (6, 8, "Moderate", Severity.NONE),
        (9, 12, "Severe", _HIGH),
    ),
    "Kroenke, Spitzer, Williams, Löwe (2009), Psychosomatics 50(6), 613-621. From the PHQ family"
    " of instruments by Pfizer: no permission required to reproduce, translate, display or"
    " distribute.",
)
PHQ_4 = replace(
    PHQ_4_FIRST,
    version=2,
    questions=tuple(
        replace(
            question,
            label=_words(
                question.label.text.replace(
                    f"{_BOTHERED}: ", f"{_BOTHERED} the following problems?\n"
                )
            ),
        )
        for question in PHQ_4_FIRST.questions
    ),
)
K6 = _scale(
    "k6",
    "K6 (psychological distress)",
    "During the past 30 days, about how often did you feel",
    (
        ("nervous", "nervous?"),
        ("hopeless", "hopeless?"),
        ("restless", "restless or fidgety?"),
        ("depressed", "so depressed that nothing could cheer you up?"),
        ("effort", "that everything was an effort?"),
        ("worthless", "worthless?"),
    ),
    (
        ("all", "All of the time", 4),
        ("most", "Most of the time", 3),
        ("some", "Some of the time", 2),
        ("little", "A little of the time", 1),
        ("none", "None of the time", 0),
    ),
    (
        (0, 4, "Low", Severity.NONE),
        (5, 12, "Moderate", Severity.NONE),
        (13, 24, "Serious", _HIGH),
    ),
    "Kessler and others (2002), Psychological Medicine 32(6), 959-976; from 13 on: Kessler and"
    " others (2003), Archives of General Psychiatry 60(2), 184-189; from 5 on: Prochaska and others"
    " (2012). Published by its makers at hcp.med.harvard.edu/ncs/k6_scales.php: read their terms"
    " there before you use it.",
)
