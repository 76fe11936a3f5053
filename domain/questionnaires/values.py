"""What a questionnaire is, in the words of XLSForm."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from domain.errors import Refused
from storage.kinds import Severity

# The person's choice by the question's name; None for a question that they skipped.
Answers = Mapping[str, str | None]


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


@dataclass(frozen=True, slots=True)
class Unless:
    """XLSForm's `${question} != 'choice'`: holds for what is skipped or not yet answered, too."""

    question: str
    choice: str

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.question) != self.choice


@dataclass(frozen=True, slots=True)
class Question:
    """A select_one question. Any question can be skipped."""

    name: str
    label: Words
    choices: tuple[Choice, ...]
    hint: Words | None = None
    #: Asked only where it holds.
    relevant: Unless | None = None
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

    def reason(self, choice: Choice) -> str:
        """What a case gives as its reason when somebody chose this."""
        return f"check-in.{self.name}.{choice.name}"


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version, for ever as it is: a change to what is asked makes a new version."""

    key: str
    version: int
    title: Words
    questions: tuple[Question, ...]
    #: Made and tried for adults: no child is asked it.
    adults_only: bool = False

    @property
    def edition(self) -> str:
        """What a check-in keeps, so that its buttons go on meaning what they said."""
        return f"{self.key}@{self.version}"

    def question(self, name: str) -> Question:
        """Raises Refused."""
        for question in self.questions:
            if question.name == name:
                return question
        raise Refused("This check-in has no such question.")

    def asked(self, *, private: bool) -> list[Question]:
        """What is asked of somebody who agreed to private questions, or did not."""
        return [question for question in self.questions if private or not question.private]

    def next_question(self, answers: Answers, *, private: bool = True) -> Question | None:
        """The first relevant one that was neither answered nor skipped; None at the end."""
        for question in self._relevant(answers, private):
            if question.name not in answers:
                return question
        return None

    def previous_question(self, name: str, answers: Answers, *, private: bool = True) -> Question:
        """The relevant one before it; the first has none before it, and is itself the answer."""
        previous = self.question(name)
        for question in self._relevant(answers, private):
            if question.name == name:
                break
            previous = question
        return previous

    def _relevant(self, answers: Answers, private: bool) -> Iterator[Question]:
        for question in self.asked(private=private):
            if question.relevant is None or question.relevant.holds(answers):
                yield question
