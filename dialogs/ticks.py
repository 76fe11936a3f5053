"""What a press on a question says, in the few bytes that a button has.

Where several choices fit, each button names all that will be ticked once it is pressed: pressed
twice, or on two phones, it does the same, and no earlier answer comes back to a screen (P13).
"""

from domain.errors import Refused
from domain.questionnaires.values import Choice, Question

TICK = "="
#: Where nothing is ticked on the screen, whatever was once. Read as a number, the sign is none.
FIRST = f"{TICK}+"
DONE = "!"


def one(question: Question, choice: Choice) -> str:
    return str(question.choices.index(choice))


def ticks(question: Question, ticked: int, choice: Choice) -> str:
    """Ticks the choice, or takes its tick away."""
    sign = TICK if ticked else FIRST
    return f"{sign}{ticked ^ 1 << question.choices.index(choice):x}"


def done(ticked: int) -> str:
    return f"{DONE}{ticked:x}"


def is_ticked(question: Question, ticked: int, choice: Choice) -> bool:
    return bool(ticked >> question.choices.index(choice) & 1)


def mask(code: str) -> int:
    """Raises Refused."""
    try:
        return int(code[1:] or "0", 16)
    except ValueError:
        raise Refused("This question has no such answer.") from None


def ticked_names(question: Question, ticked: int) -> str | None:
    """None for no tick, as for a question that was skipped. Raises Refused."""
    if ticked < 0 or ticked >> len(question.choices):
        raise Refused("This question has no such answer.")
    names = [each.name for each in question.choices if is_ticked(question, ticked, each)]
    return " ".join(names) or None


def chosen_name(question: Question, code: str) -> str:
    """By its place, or by its name on an older button."""
    if code.isascii() and code.isdigit() and int(code) < len(question.choices):
        return question.choices[int(code)].name
    return code
