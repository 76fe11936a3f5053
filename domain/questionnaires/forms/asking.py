"""The survey sheet of a form, row by row."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from domain.marks import N_
from domain.questionnaires.expressions import CHOICE_NAME, functions_in, literals_in, names_in
from domain.questionnaires.filling import LONGEST_SHOWN, looked_at
from domain.questionnaires.forms.choosing import MOST, WHICH_ALERT
from domain.questionnaires.forms.columns import UNKNOWN_COLUMN, Languages
from domain.questionnaires.forms.line import BEGIN_GROUP, END_GROUP, Asked, Line
from domain.questionnaires.forms.logic import EXPRESSIONS, UNKNOWN_FUNCTION, not_above, problems_in
from domain.questionnaires.forms.offering import Offering
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.workbook import SURVEY, Workbook
from domain.questionnaires.values import Choice, Kind, Question, Words
from domain.telegram_limits import is_whole, units
from storage.kinds import Severity

# A message of Telegram holds 4,096 letters, of which ours beside the form's are the rest.
_LONGEST_ASKED = 3500
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_CALLS = {each.value for each in Severity} - {Severity.NONE.value}
_TOO_LONG_TOGETHER = N_(
    "This question fits into no message together with its choices, of which {it} is the longest."
)
_OF_NO_ANSWER = N_(
    "This looks at no answer, so nobody would ever be called: name a question in it."
)
_IN_THE_TEXT_ITSELF = N_(
    "What is reckoned has only the main language's word for a choice: name the question in the "
    "text itself, which shows it in each language."
)

# On a group's own row these would be said of nothing, and nobody would see that.
_OF_QUESTIONS_ALONE = (
    *("hint", "constraint", "constraint_message", "calculation", "choice_filter"),
    *("wayhome_score", "wayhome_alert"),
)


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds for every question in it."""

    condition: str
    sensitive: bool


@dataclass(slots=True)
class Survey:
    """What was read so far."""

    languages: Languages
    lists: dict[str, list[Choice]]
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Those that are open, the outermost first.
    groups: list[_Group] = field(default_factory=list)
    offering: Offering = field(default_factory=Offering)

    @classmethod
    def of(cls, book: Workbook, languages: Languages, lists: dict[str, list[Choice]]) -> "Survey":
        survey = cls(languages, lists)
        for row in book.rows(SURVEY):
            survey.take(Line.of(row, languages))
        if not survey.questions and not survey.problems:
            survey.problems.append(Problem(SURVEY, None, None, N_("There is nothing to ask.")))
        return survey

    def take(self, line: Line) -> None:
        if line.asks_nothing:
            return
        if line.type == BEGIN_GROUP:
            self.groups.append(self._group(line))
        elif line.type == END_GROUP:
            # One that never began the library finds.
            del self.groups[-1:]
        elif line.asked is None:
            line.wrong("type", N_("Wayhome does not know the type {it}."), line.type)
        else:
            self._ask(line, line.asked)
        self.problems += line.problems

    def _group(self, line: Line) -> _Group:
        condition = line.says("relevant")
        if condition:
            line.problems += problems_in(line.row, "relevant", condition, self._names())
        for column in filter(line.says, _OF_QUESTIONS_ALONE):
            line.wrong(column, N_("A group can't say this: write it beside each of its questions."))
        return _Group(condition, line.says_yes("wayhome_sensitive"))

    def _ask(self, line: Line, asked: Asked) -> None:
        name = line.says("name")
        if not _NAME.fullmatch(name) or name in self._names():
            line.wrong("name", N_("This name is missing, used before or no name for a form."))
            return
        question = self._question(line, asked)
        self._ensure_room(line, question)
        if question.scales and not _is_scored(question):
            line.wrong("wayhome_score", N_("Every choice of this question needs a score."))
        line.problems += self._unclear(line, question)
        self.questions.append(question)

    def _ensure_room(self, line: Line, question: Question) -> None:
        """For all that one message says."""
        offered = [
            replace(question, choices=tuple(choices))
            for choices in self.offering.offers(question, self.questions)
        ]
        if any(len(each.choices) > MOST for each in offered):
            line.wrong("type", N_("A question can have {it} choices at most."), str(MOST))
        if too_long := next(filter(None, map(_too_long, offered)), None):
            line.wrong(*too_long)

    def _question(self, line: Line, asked: Asked) -> Question:
        kind, name = asked.kind, line.says("name")
        label = line.words("label", needed=kind is not Kind.CALCULATE)
        choices = self._choices(line, asked)
        # How a question looks is the phone's; whatever it says beside, this one takes its choices
        # from another file.
        if "search(" in line.says("appearance"):
            line.wrong("appearance", UNKNOWN_FUNCTION, "search")
        said_sensitive = line.says_yes("wayhome_sensitive")
        within = any(group.sensitive for group in self.groups)
        sensitive = kind is Kind.TEXT or said_sensitive or within
        if kind is not Kind.CALCULATE and line.says("calculation"):
            line.wrong("calculation", N_("Only a row of the type calculate is reckoned."))
        of_groups = [group.condition for group in self.groups]
        conditions = [each for each in [*of_groups, line.says("relevant")] if each]
        return Question(
            name,
            label or Words(name),
            tuple(choices) if kind in (Kind.ONE, Kind.MANY) else (),
            kind,
            hint=line.words("hint"),
            relevant=" and ".join(f"({each})" for each in conditions) or None,
            choice_filter=line.cells.get("choice_filter"),
            constraint=line.cells.get("constraint"),
            constraint_message=line.words("constraint_message"),
            calculation=line.cells.get("calculation") if kind is Kind.CALCULATE else None,
            alert=line.alert(),
            scales=tuple(line.says("wayhome_score").split()),
            sensitive=sensitive,
            private=sensitive,
        )

    def _choices(self, line: Line, asked: Asked) -> list[Choice]:
        choices = line.range() if asked.is_range else self.lists.get(asked.list_name, [])
        if not asked.is_range and line.says("parameters"):
            line.wrong("parameters", UNKNOWN_COLUMN)
        return choices

    def _unclear(self, line: Line, question: Question) -> Iterator[Problem]:
        """What names something that is not known by then, or can't be worked out."""
        for column in EXPRESSIONS:
            if line.says(column):
                yield from self._unclear_expression(line, column, question)
        if question.calculation and question.alert and not self._looks_at_answers(question):
            yield Problem(SURVEY, line.row.number, "wayhome_alert", _OF_NO_ANSWER)
        above = self._names()
        for column, said in (("label", question.label), ("hint", question.hint)):
            for name in _named(said) if said else ():
                if name not in above:
                    yield not_above(line.row, column, name)

    def _unclear_expression(self, line: Line, column: str, question: Question) -> Iterator[Problem]:
        expression, known = line.says(column), self._names()
        is_alert = column == "wayhome_alert"
        if is_alert and expression.isalpha():
            # A severity, or no word for one.
            return
        if is_alert or column == "constraint":
            # They look at the answer itself.
            known.add(question.name)
        of_choices = _columns(question) if column == "choice_filter" else ()
        yield from problems_in(line.row, column, expression, known, of_choices)
        if column == "calculation" and self._is_for_one_language(expression):
            yield Problem(SURVEY, line.row.number, column, _IN_THE_TEXT_ITSELF)
        if is_alert and not self._may_alert(expression):
            yield Problem(SURVEY, line.row.number, column, WHICH_ALERT)

    def _is_for_one_language(self, expression: str) -> bool:
        """Whether people of the others would read the main one."""
        return len(self.languages.codes) > 1 and CHOICE_NAME in functions_in(expression)

    def _may_alert(self, expression: str) -> bool:
        """Whether it names something that calls anybody, or leaves that to what was reckoned."""
        named = {each.lower() for each in literals_in(expression)}
        reckoned = {each.name for each in self.questions if each.kind is Kind.CALCULATE}
        return bool(named & _CALLS or reckoned & set(names_in(expression)))

    def _looks_at_answers(self, question: Question) -> bool:
        rows = [*self.questions, question]
        reckoned = {each.name for each in rows if each.kind is Kind.CALCULATE}
        return bool(looked_at(question.name, rows) - reckoned)

    def _names(self) -> set[str]:
        return {question.name for question in self.questions}


def _is_scored(question: Question) -> bool:
    """Whether whatever is answered has points."""
    return bool(question.choices) and all(choice.score is not None for choice in question.choices)


def _named(said: Words) -> list[str]:
    """The questions that a text names in any of its languages."""
    return list(dict.fromkeys(name for text in _texts(said).values() for name in names_in(text)))


def _texts(said: Words) -> Mapping[str, str]:
    """By language; what is reckoned has none."""
    return said.languages or {"": said.text}


def _too_long(question: Question) -> tuple[str, str, str] | None:
    """Where something stands that fits into no message in one of its languages, and what."""
    asked = _lengths(question)
    if max(asked.values()) > _LONGEST_ASKED:
        return "label", N_("A cell holds too much text."), ""
    for language, length in (asked + _below(question)).items():
        if length > _LONGEST_ASKED:
            return "type", _TOO_LONG_TOGETHER, _longest(question, language).name
    return None


def _longest(question: Question, language: str) -> Choice:
    return max(question.choices, key=lambda each: units(_texts(each.label).get(language, "")))


def _lengths(question: Question) -> Counter[str]:
    """By language, at most, of all that is said when it is asked."""
    said = [each for each in (question.label, question.hint, question.constraint_message) if each]
    lengths = Counter[str]()
    for text_of in said:
        for language, text in _texts(text_of).items():
            lengths[language] += units(text) + len(names_in(text)) * LONGEST_SHOWN
    return lengths


def _below(question: Question) -> Counter[str]:
    """By language, of its choices, where they stand below the question: a button shows the
    beginning of a long one.
    """
    labels: dict[str, list[str]] = {}
    for choice in question.choices:
        for language, text in _texts(choice.label).items():
            labels.setdefault(language, []).append(text)
    return Counter(
        {
            language: sum(units(f"{number}. {text}\n") for number, text in enumerate(texts, 1))
            for language, texts in labels.items()
            if not all(map(is_whole, texts))
        }
    )


def _columns(question: Question) -> set[str]:
    return {"name"}.union(*(choice.columns for choice in question.choices))
