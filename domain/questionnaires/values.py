"""What a questionnaire is, in the words of XLSForm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import Refused
from storage.kinds import Severity

# What the person answered by the question's name, as XLSForm writes it: a choice, several with
# spaces between them, a number, a date or words; None for a question that they skipped.
Answers = Mapping[str, str | None]

#: Of one that was typed in several messages: whoever sends more is not answering any more.
LONGEST_ANSWER = 10 * 4096
#: The group of all who answered in words or numbers of their own.
ANSWERED = ""


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "select_one"
    MANY = "select_multiple"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TEXT = "text"
    #: Read, and gone on from.
    NOTE = "note"
    #: Reckoned from other answers, and never shown.
    CALCULATE = "calculate"

    @property
    def is_typed(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody reads: ours, which the catalogues translate, or a form's own."""

    #: English and the catalogues' key; or what a form says in its main language.
    text: str
    #: Of a form: what it says in each of its languages. Nobody translates it for it.
    languages: Mapping[str, str] = field(default_factory=dict)

    def said(self, language: str, gettext: Callable[[str], str]) -> str:
        return self.languages.get(language, self.text) if self.languages else gettext(self.text)


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    label: Words
    #: How soon a human should hear of it.
    alert: Severity = Severity.NONE
    #: Whoever chooses it asks for a person.
    wants_human: bool = False
    #: What it adds to the scales of its question.
    score: float | None = None
    #: What a choice filter may look at.
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Any question can be skipped. Expressions are XLSForm's: see expressions.py."""

    name: str
    label: Words
    choices: tuple[Choice, ...] = ()
    kind: Kind = Kind.ONE
    hint: Words | None = None
    #: Asked only where it holds.
    relevant: str | None = None
    #: Which of the choices are offered.
    choice_filter: str | None = None
    #: What an answer must be, and what is said where it is not.
    constraint: str | None = None
    constraint_message: Words | None = None
    calculation: str | None = None
    #: Says a severity, once the question is answered.
    alert: str | None = None
    #: To which scales its choices' scores are added.
    scales: tuple[str, ...] = ()
    #: Its results show no group of fewer than ten, instead of five.
    sensitive: bool = False
    #: About health or feelings: asked, and its answer kept, only where the person agreed to that.
    private: bool = False

    def choice(self, name: str) -> Choice:
        """Raises Refused."""
        for choice in self.choices:
            if choice.name == name:
                return choice
        raise Refused("This question has no such answer.")

    def chosen(self, answer: str | None) -> list[Choice]:
        """The choices that an answer consists of. Raises Refused."""
        if answer is None or self.kind not in (Kind.ONE, Kind.MANY):
            return []
        names = answer.split() if self.kind is Kind.MANY else [answer]
        return [self.choice(name) for name in names]

    def counted(self, answer: str | None) -> list[str | None]:
        """The groups that an answer belongs to: its choices, or None for a skipped question. What
        was typed is somebody's own, and is counted as nothing but an answer.
        """
        if answer is None:
            return [None]
        if self.kind not in (Kind.ONE, Kind.MANY):
            return [ANSWERED]
        return [*(answer.split() if self.kind is Kind.MANY else [answer])]

    def means_the_same(self, other: "Question") -> bool:
        """Whether answers to both can be laid side by side, in whatever languages they were put."""
        return _meaning(self) == _meaning(other)

    def reason(self, choice: Choice) -> str:
        """What a case gives as its reason when somebody chose this."""
        return f"check-in.{self.name}.{choice.name}"


def _meaning(question: Question) -> tuple[str, str, dict[str, str]]:
    choices = {choice.name: choice.label.text for choice in question.choices}
    return question.name, question.label.text, choices


@dataclass(frozen=True, slots=True)
class Band:
    """What a scale's points mean, from the lowest to the highest that belong to it."""

    #: A scale, or a question whose answer is a number.
    scale: str
    lowest: float
    highest: float
    label: Words
    alert: Severity = Severity.NONE


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version, for ever as it is: a change to what is asked makes a new version."""

    key: str
    version: int
    title: Words
    questions: tuple[Question, ...]
    bands: tuple[Band, ...] = ()
    #: In which it can be asked, the main one first; none stands for all of ours.
    languages: tuple[str, ...] = ()
    #: Made and tried for adults: no child is asked it.
    adults_only: bool = False
    #: Measures health: used once a clinician looks after it.
    clinical: bool = False
    #: Who made it, and on what terms it may be used.
    source: str = ""

    @property
    def edition(self) -> str:
        """What a check-in keeps, so that its buttons go on meaning what they said."""
        return f"{self.key}@{self.version}"

    @property
    def counted_questions(self) -> tuple[Question, ...]:
        """Those whose results are shown: their choices part the people, each into one group."""
        return tuple(each for each in self.questions if each.kind is Kind.ONE and each.choices)

    def question(self, name: str) -> Question:
        """By its name, or by its place, which no name can be taken for. Raises Refused."""
        if name.isascii() and name.isdigit() and int(name) < len(self.questions):
            return self.questions[int(name)]
        for question in self.questions:
            if question.name == name:
                return question
        raise Refused("This check-in has no such question.")

    def place(self, question: Question) -> int:
        return self.questions.index(question)

    def counted(self, name: str, answer: str | None) -> list[str | None]:
        """As its question says; nothing of one that was never asked."""
        return [
            group
            for question in self.questions
            if question.name == name
            for group in question.counted(answer)
        ]

    def asked(self, *, private: bool) -> list[Question]:
        """What is shown to somebody who agreed to private questions, or did not."""
        return [
            question
            for question in self.questions
            if question.kind is not Kind.CALCULATE and (private or not question.private)
        ]

    def to_answer(self, *, private: bool) -> list[Question]:
        """The same, without what is only read."""
        return [each for each in self.asked(private=private) if each.kind is not Kind.NOTE]

    @property
    def is_information(self) -> bool:
        """Only to be read: nobody owes it an answer."""
        return not self.to_answer(private=True)

    def has_something_for(self, *, private: bool) -> bool:
        """Not so for those who keep to themselves all that there is to answer or, where nothing is
        asked, to read.
        """
        left = self.asked if self.is_information else self.to_answer
        return private or bool(left(private=False))

    def speaks(self, language: str) -> bool:
        """Whether it has a text for people of that language."""
        return not self.languages or language in self.languages
