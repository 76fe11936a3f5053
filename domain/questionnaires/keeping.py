"""An imported questionnaire, as a row keeps it."""

from typing import Any

from pydantic import TypeAdapter

from domain.questionnaires.values import Questionnaire
from storage.tables.questionnaires import ImportedQuestionnaire

_DOCUMENTS = TypeAdapter(Questionnaire)


def to_document(questionnaire: Questionnaire) -> dict[str, Any]:
    document: dict[str, Any] = _DOCUMENTS.dump_python(
        questionnaire, mode="json", exclude_defaults=True
    )
    return document


def from_document(row: ImportedQuestionnaire) -> Questionnaire:
    return _DOCUMENTS.validate_python(row.document)
