"""Where questionnaires are kept: every version there ever was, since old buttons still work."""

from domain.errors import Refused
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Questionnaire

# Oldest first.
_SHELF = (SAFETY_AND_NEEDS,)


def newest(key: str) -> Questionnaire:
    """The version that new check-ins ask. Raises Refused."""
    for questionnaire in reversed(_SHELF):
        if questionnaire.key == key:
            return questionnaire
    raise Refused("There is no questionnaire {name}.", name=key)


def edition(name: str) -> Questionnaire:
    """The version that a check-in keeps the name of. Raises Refused."""
    for questionnaire in _SHELF:
        if questionnaire.edition == name:
            return questionnaire
    raise Refused("There is no questionnaire {name}.", name=name)


def keys() -> list[str]:
    """What a campaign can choose from."""
    return list(dict.fromkeys(questionnaire.key for questionnaire in _SHELF))


def private_questions() -> set[str]:
    """The names of all questions about health and feelings that were ever asked."""
    return {
        question.name
        for questionnaire in _SHELF
        for question in questionnaire.questions
        if question.private
    }
