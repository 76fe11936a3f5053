"""A questionnaire with what somebody has answered so far: what comes next, and what worries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from domain.questionnaires.expressions import REFERENCE, Sheet, can_be_judged, literals_in, names_in
from domain.questionnaires.values import (
    Answers,
    Band,
    Choice,
    Kind,
    Question,
    Questionnaire,
    Words,
)
from storage.kinds import Severity

#: Of an answer that another question names: a whole one may fill a message by itself.
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Worry:
    """Something about the answers that a human should hear of."""

    reason: str
    severity: Severity
    #: The answer or the scale that says it, which nobody is shown: another one is news, however
    #: much the two look alike.
    source: tuple[str, str] = field(repr=False)
    wants_human: bool = False

    def is_said_by(self, question: Question) -> bool:
        """Rather than by another answer, or by what is reckoned of several."""
        return self.source[0] == question.name


@dataclass(frozen=True, slots=True)
class Score:
    """Reckoned for the case that it may open, and shown only to whoever tries the form."""

    scale: str
    #: None where a question that counts was not answered.
    points: float | None
    band: Band | None


class Filling:
    """Questions that are not relevant count as not answered, whatever was said before, and so do
    those whose answer is not offered any more.
    """

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Answers,
        *,
        private: bool = True,
        today: date | None = None,
    ) -> None:
        self.questionnaire = questionnaire
        #: Whether what is about health and feelings is asked, too.
        self.private = private
        self._answers = dict(answers)
        blank = {question.name: "" for question in questionnaire.questions}
        self._today = today or datetime.now(UTC).date()
        self._sheet = Sheet(blank, today=self._today)
        self._values: dict[str, str] = {}
        self._covered = False
        #: With what is reckoned.
        self._filled_in = list(self._fill())
        self.relevant = [each for each in self._filled_in if each.kind is not Kind.CALCULATE]

    @property
    def next_question(self) -> Question | None:
        """The first that was neither answered nor skipped; None at the end."""
        for question in self.relevant:
            if not (self.is_answered(question) or self._is_skipped(question)):
                return question
        return None

    @property
    def standing(self) -> set[str]:
        """The questions whose answers count; that one was skipped is an answer, too."""
        return {each.name for each in self.relevant if each.name in self._answers}

    def is_answered(self, question: Question) -> bool:
        """Rather than skipped, or answered with what is not offered any more, or with ticks that
        the form does not allow: they are kept one by one, before anybody says that these are all.
        """
        answer = self._answers.get(question.name)
        if answer is None:
            return False
        return question.kind is not Kind.MANY or self.fits(question, answer)

    def question_before(self, name: str) -> Question:
        """The first has none before it, and is itself the answer. Raises Refused."""
        previous = self.questionnaire.question(name)
        for question in self.relevant:
            if question.name == name:
                break
            previous = question
        return previous

    def choices(self, question: Question) -> list[Choice]:
        """Those of its choices that are offered after these answers."""
        if question.choice_filter is None:
            return list(question.choices)
        return [
            choice
            for choice in question.choices
            if self._sheet.offers(question.choice_filter, {**choice.columns, "name": choice.name})
        ]

    def fits(self, question: Question, answer: str) -> bool:
        """Whether an answer is such as the form wants it. A form of an earlier release may hold
        what can't be judged any more: whatever is answered there is taken, since nothing that
        somebody tries would ever fit.
        """
        if question.constraint is None or not can_be_judged(question.constraint):
            return True
        before = self._values.get(question.name, "")
        self._sheet.put(question.name, answer)
        try:
            return self._sheet.holds(question.constraint, question.name)
        finally:
            self._sheet.put(question.name, before)

    def cover_answers(self) -> None:
        """From now on nothing that was answered is in what is filled: others may read it (P13)."""
        self._covered = True

    def filled(self, words: Words) -> Words:
        """With earlier answers in the place of ${their names}, which each language names its own
        way, or not at all.
        """
        return Words(
            self._filled(words.text, ""),
            {language: self._filled(text, language) for language, text in words.languages.items()},
        )

    def may_be_ticked_on(self, name: str | None) -> bool:
        """Whether its ticks may not be all yet: nothing behind it was answered."""
        asked = [question.name for question in self.relevant]
        if name not in asked or self.questionnaire.question(name).kind is not Kind.MANY:
            return False
        return self._answers.keys().isdisjoint(asked[asked.index(name) + 1 :])

    def in_whole(self) -> "Filling":
        """With what is private, whether they are asked it or not."""
        return Filling(self.questionnaire, self._answers, private=True, today=self._today)

    def worries(self, *, asks_private: bool = True, ticking: str | None = None) -> list[Worry]:
        """What is reckoned and worries already of somebody who answered nothing, such as that no
        place is safe, worries of this person only once they were asked: of what is private, only
        where they are asked that, and of what they are ticking, once they go on.
        """
        of_nobody = Filling(self.questionnaire, {}, private=self.private, today=self._today)
        unsaid = of_nobody._all_worries()
        return [
            worry
            for worry in self._all_worries()
            if worry not in unsaid or self._was_asked(worry.source[0], asks_private, ticking)
        ]

    def scores(self) -> list[Score]:
        """Of every scale that has bands, in their order."""
        scales = dict.fromkeys(band.scale for band in self.questionnaire.bands)
        return [self._score(scale) for scale in scales]

    def _is_skipped(self, question: Question) -> bool:
        return question.name in self._answers and self._answers[question.name] is None

    def _fill(self) -> Iterator[Question]:
        """Row by row, as each looks at what stands above it."""
        for question in self.questionnaire.questions:
            if question.private and not self.private:
                continue
            if question.relevant is not None and not self._sheet.holds(question.relevant):
                continue
            self._forget_what_is_not_offered(question)
            if question.calculation is not None:
                value = self._sheet.value(question.calculation)
            else:
                value = self._answers.get(question.name) or ""
            self._values[question.name] = value
            self._sheet.put(
                question.name,
                value,
                {choice.name: choice.label.text for choice in question.choices},
            )
            yield question

    def _forget_what_is_not_offered(self, question: Question) -> None:
        answer = self._answers.get(question.name)
        if question.choice_filter is None or answer is None:
            return
        offered = {choice.name for choice in self.choices(question)}
        left = [choice.name for choice in question.chosen(answer) if choice.name in offered]
        if left:
            self._answers[question.name] = " ".join(left)
        else:
            del self._answers[question.name]

    def _filled(self, text: str, language: str) -> str:
        return REFERENCE.sub(lambda found: self._shown(found[1], language), text)

    def _shown(self, name: str, language: str) -> str:
        if self._covered:
            return "…"
        value = self._values.get(name, "")
        # What was never asked, such as a group, has no value.
        chosen = self.questionnaire.question(name).chosen(value) if value else []
        labels = [choice.label.languages.get(language, choice.label.text) for choice in chosen]
        shown = ", ".join(labels) or value
        return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN].rstrip()} …"

    def _all_worries(self) -> list[Worry]:
        return [*self._of_answers(), *self._of_bands()]

    def _was_asked(self, name: str, asks_private: bool, ticking: str | None) -> bool:
        """Whether all was answered or skipped that this is reckoned of, as far as it is asked, and
        so was all that decides whether more of it is.
        """
        questions = self.questionnaire.questions
        asked = {
            each.name
            for each in self.relevant
            if asks_private or not each.private or each.name in self._answers
        }
        of = asked & looked_at(name, questions)
        waits_for = asked & looked_at(name, questions, with_gates=True)
        return bool(of) and self._answers.keys() - {ticking} >= waits_for

    def _of_answers(self) -> Iterator[Worry]:
        for question in self._filled_in:
            answer = self._answers.get(question.name)
            for choice in question.chosen(answer):
                if choice.wants_human or choice.alert is not Severity.NONE:
                    reason = self._reason(question, choice)
                    source = (question.name, choice.name)
                    yield Worry(reason, choice.alert, source, choice.wants_human)
            severity = self._alert(question)
            if severity is not Severity.NONE:
                # What is reckoned is no news with each answer that goes into it.
                yield Worry("check-in.answer", severity, (question.name, answer or ""))

    def _alert(self, question: Question) -> Severity:
        """What the question's own expression says of what was answered, or reckoned. One of an
        earlier release that can't be judged any more says the gravest that it names: rather once
        too often than never (P1).
        """
        if question.alert is None or not self._values[question.name]:
            return Severity.NONE
        if can_be_judged(question.alert):
            said = [self._sheet.value(question.alert, question.name)]
        else:
            said = literals_in(question.alert)
        named = [Severity(word) for word in map(str.lower, said) if word in set(Severity)]
        return max(named, key=lambda each: each.rank, default=Severity.NONE)

    def _of_bands(self) -> Iterator[Worry]:
        for score in self.scores():
            if score.band is not None and score.band.alert is not Severity.NONE:
                yield Worry("check-in.score", score.band.alert, (score.scale, ""))

    def _reason(self, question: Question, choice: Choice) -> str:
        """A code: what a form of others calls its questions is no code of ours."""
        ours = not self.questionnaire.languages
        return question.reason(choice) if ours else "check-in.answer"

    def _score(self, scale: str) -> Score:
        points = self._points(scale)
        bands = [band for band in self.questionnaire.bands if band.scale == scale]
        return Score(scale, points, _band_of(bands, points) if points is not None else None)

    def _points(self, scale: str) -> float | None:
        counted = [question for question in self.relevant if scale in question.scales]
        if not counted:
            try:
                return float(self._values.get(scale, ""))
            except ValueError:
                return None
        if any(self._answers.get(question.name) is None for question in counted):
            return None
        return sum(
            choice.score or 0
            for question in counted
            for choice in question.chosen(self._answers[question.name])
        )


def looked_at(name: str, questions: Sequence[Question], *, with_gates: bool = False) -> set[str]:
    """The questions that this is reckoned of, itself among them, however many rows that are
    reckoned lie between: each looks only at those above it. With those, if so wished, that decide
    whether the others are asked.
    """
    found = {name}
    for question in reversed(questions):
        if question.name not in found:
            continue
        if question.calculation is not None:
            found.update(names_in(question.calculation), names_in(question.alert or ""))
        if question.calculation is not None or with_gates:
            found.update(names_in(question.relevant or ""))
    return found


def _band_of(bands: Sequence[Band], points: float) -> Band | None:
    """Between two bands that follow each other as whole numbers do, the graver one."""
    below = [band for band in bands if points - 1 < band.highest < points]
    above = [band for band in bands if points < band.lowest < points + 1]
    around = [*below, *above] if below and above else []
    found = [band for band in bands if band.lowest <= points <= band.highest] or around
    return max(found, key=lambda band: band.alert.rank, default=None)
