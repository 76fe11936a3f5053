"""A step or a stage of a pathway as its form holds it, right or wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time

from starlette.datastructures import FormData

from domain.errors import Refused
from domain.pathways.reading import USUAL
from domain.pathways.values import Anchor, Kind, Offset, Stage, Step, Unit
from domain.questionnaires.values import Words
from locales.catalogues import LANGUAGES

#: What somebody of a language reads.
Read = Callable[[Words, str], str]
Texts = Mapping[str, str]
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class StepWishes:
    kind: Kind
    #: The key of its stage.
    stage: str
    number: str = "0"
    unit: str = Unit.DAYS
    side: str = AFTER
    at: str = ""
    days_late: str = ""
    questionnaire: str = ""
    texts: Texts = field(default_factory=dict)

    @classmethod
    def new(cls, kind: Kind, stage: str) -> "StepWishes":
        usual, lateness = USUAL[kind]
        return cls(kind, stage, at=f"{usual:%H:%M}", days_late=str(lateness.number))

    @classmethod
    def of(cls, form: FormData, kind: Kind) -> "StepWishes":
        return cls(
            kind,
            _one(form, "stage"),
            _one(form, "number"),
            _one(form, "unit"),
            _one(form, "side"),
            _one(form, "at"),
            _one(form, "days_late"),
            _one(form, "questionnaire"),
            texts_of(form),
        )

    @classmethod
    def held_by(cls, stage: Stage, step: Step, read: Read) -> "StepWishes":
        return cls(
            step.kind,
            stage.key,
            str(abs(step.due.number)),
            step.due.unit,
            BEFORE if step.due.number < 0 else AFTER,
            f"{step.at:%H:%M}",
            str(step.hours_late // 24),
            step.questionnaire,
            texts_in(step.text, read),
        )

    def step(self, key: str, before: Words | None, read: Read) -> Step:
        """Raises Refused."""
        if self.unit not in set(Unit):
            raise Refused("Write how many as a number.")
        number = _number(self.number)
        due = Offset(-number if self.side == BEFORE else number, Unit(self.unit))
        usual, lateness = USUAL[self.kind]
        if self.kind is Kind.TASK:
            return Step(key, self.kind, due, usual, lateness.number * 24, self._text(before, read))
        return Step(
            key,
            self.kind,
            due,
            _time(self.at),
            _number(self.days_late) * 24,
            self._text(before, read) if self.kind is Kind.INFORMATION else None,
            self.questionnaire if self.kind is Kind.CHECK_IN else "",
        )

    def _text(self, before: Words | None, read: Read) -> Words:
        return words_of(self.texts, before, read)


@dataclass(frozen=True, slots=True)
class StageWishes:
    anchor: str = Anchor.ARRIVAL
    optional: str = ""
    texts: Texts = field(default_factory=dict)

    @classmethod
    def of(cls, form: FormData) -> "StageWishes":
        return cls(_one(form, "anchor"), _one(form, "optional"), texts_of(form))

    @classmethod
    def held_by(cls, stage: Stage, read: Read) -> "StageWishes":
        return cls(stage.anchor, "yes" if stage.optional else "", texts_in(stage.name, read))

    def stage(self, key: str, before: Stage | None, read: Read) -> Stage:
        """With the steps that it had. Raises Refused."""
        if self.anchor not in set(Anchor):
            raise Refused("Choose departure or arrival.")
        name = words_of(self.texts, before.name if before else None, read)
        steps = before.steps if before else ()
        return Stage(key, name, Anchor(self.anchor), steps, self.optional == "yes")


def texts_of(form: FormData) -> Texts:
    """What was typed for each language; a browser ends lines in its own way."""
    typed = {code: _one(form, f"text-{code}") for code in LANGUAGES}
    return {code: text for code, text in typed.items() if text}


def texts_in(words: Words | None, read: Read) -> Texts:
    if words is None:
        return {}
    codes = [code for code in LANGUAGES if not words.languages or code in words.languages]
    return {code: read(words, code) for code in codes}


def words_of(texts: Texts, before: Words | None, read: Read) -> Words:
    """What nobody changed stays what it was: ours goes on being translated with us.

    Raises Refused.
    """
    if before is not None and texts == texts_in(before, read):
        return before
    if not texts:
        raise Refused("Write it in one language at least.")
    return Words(texts.get("en") or next(iter(texts.values())), dict(texts))


def _one(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip()


def _number(written: str) -> int:
    if written.isascii() and written.isdigit() and len(written) < 5:
        return int(written)
    raise Refused("Write how many as a number.")


def _time(written: str) -> time:
    try:
        found = time.fromisoformat(written)
    except ValueError:
        raise Refused("Choose a time of day.") from None
    return found.replace(second=0, microsecond=0, tzinfo=None)
