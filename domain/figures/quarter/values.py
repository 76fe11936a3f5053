"""What the check-ins of pathways came to in a quarter, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from domain.figures.publication import Figures


@dataclass(frozen=True, slots=True)
class StepFigures:
    """What came of one step's check-ins in a quarter, of those by one questionnaire."""

    #: The key of the pathway.
    pathway: str
    #: The newest version of the pathway that asked.
    version: int
    #: The key of the step.
    step: str
    #: The key of the questionnaire.
    questionnaire: str
    figures: Figures


def to_keep(steps: Sequence[StepFigures]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = _KEPT.dump_python(list(steps), mode="json")
    return kept


def kept(figures: list[dict[str, Any]]) -> list[StepFigures]:
    return _KEPT.validate_python(figures)


_KEPT = TypeAdapter(list[StepFigures])
