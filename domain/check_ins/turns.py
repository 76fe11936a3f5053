"""A question of a check-in is answered: what is said to it, and what that changes."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from domain.check_ins.answers import Parts, whole
from domain.questionnaires.filling import Filling
from domain.questionnaires.values import Answers, Kind, Questionnaire


@dataclass(frozen=True, slots=True)
class Said:
    #: By its name or place.
    question: str
    #: None where it is skipped.
    choice: str | None
    #: False while it is ticked: then it stays on the screen.
    goes_on: bool = True
    #: No tick was to be seen before this one.
    first: bool = False
    #: Of an answer that was typed.
    parts: Parts | None = None

    @classmethod
    def in_words(cls, question: str, parts: Parts) -> "Said":
        return cls(question, whole(parts), parts=parts)


class Turn:
    """What is filled in before something is said, and what then. Raises Refused for what is no
    answer to the question.
    """

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Answers,
        said: Said,
        *,
        asks_private: bool,
        today: date,
    ) -> None:
        self.said = said
        self.question = questionnaire.question(said.question)
        self.question.chosen(said.choice)
        self.asks_private = asks_private
        filled = partial(Filling, questionnaire, today=today)
        #: Before and after it with what is private, whether they are asked that or not.
        self.before = filled(answers, private=True)
        passes_by = said.choice is None and said.goes_on
        self._stays = passes_by and self.before.is_answered(self.question)
        self._answers = answers if self._stays else {**answers, self.question.name: said.choice}
        self.changes = self._answers != answers
        self.after = filled(self._answers, private=True)
        #: After it, with what they are asked.
        self.following = filled(self._answers, private=asks_private)

    @property
    def fits(self) -> bool:
        """What is still ticked is not judged yet."""
        choice = self.said.choice
        return choice is None or not self.said.goes_on or self.before.fits(self.question, choice)

    @property
    def repeats(self) -> bool:
        """Going on, or another tick, only repeats those that stand there."""
        return self._stays or (self.question.kind is Kind.MANY and not self.said.first)

    @property
    def may_be_kept(self) -> bool:
        return self.asks_private or not self.question.private

    @property
    def taken_back(self) -> set[str]:
        """The questions that count no more. What they say just now was not taken back by it, and
        may still be heard later (P1).
        """
        return self._answers.keys() - self.after.standing - {self.question.name}
