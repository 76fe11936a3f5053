import pytest

from domain.errors import Refused
from domain.questionnaires.filling import Filling
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Answers
from storage.kinds import Severity


def asked(answers: Answers) -> list[str]:
    """The questions that come up for somebody who answers so, and skips the rest."""
    given: dict[str, str | None] = {}
    names = []
    while (question := Filling(SAFETY_AND_NEEDS, given).next_question) is not None:
        names.append(question.name)
        given[question.name] = answers.get(question.name)
    return names


def test_it_has_four_questions_and_each_can_be_skipped() -> None:
    assert asked({}) == ["safety", "threat", "need", "contact"]


def test_somebody_in_danger_now_is_asked_nothing_more() -> None:
    assert asked({"safety": "danger"}) == ["safety"]


def test_going_back_leads_to_the_question_before_and_stops_at_the_first() -> None:
    assert Filling(SAFETY_AND_NEEDS, {}).question_before("need").name == "threat"
    assert Filling(SAFETY_AND_NEEDS, {}).question_before("safety").name == "safety"


def test_the_answers_that_a_human_must_hear_of() -> None:
    alerts = {
        question.reason(choice): choice.alert
        for question in SAFETY_AND_NEEDS.questions
        for choice in question.choices
        if choice.alert is not Severity.NONE
    }

    assert alerts == {
        "check-in.safety.unsafe": Severity.URGENT,
        "check-in.safety.danger": Severity.EMERGENCY,
        "check-in.threat.yes": Severity.URGENT,
        "check-in.need.housing": Severity.CONCERN,
        "check-in.need.food": Severity.CONCERN,
        "check-in.need.health": Severity.CONCERN,
        "check-in.need.talk": Severity.CONCERN,
        "check-in.contact.yes": Severity.URGENT,
    }


def test_every_button_fits_into_telegrams_64_bytes_beside_an_id() -> None:
    longest = max(
        len(f"{question.name}:{choice.name}")
        for question in SAFETY_AND_NEEDS.questions
        for choice in question.choices
    )

    assert longest <= 24


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="no such question"):
        SAFETY_AND_NEEDS.question("weather")
    with pytest.raises(Refused, match="no such answer"):
        SAFETY_AND_NEEDS.question("safety").choice("rain")
